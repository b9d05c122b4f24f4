/** The connection to one network: sends drawings, passes on predictions. */

import { request, response } from "./predict_protocol.js";
import { ReconnectingSocket, socketUrl } from "./reconnecting_socket.js";

/** @typedef {{width: number, height: number, ink: Uint8Array}} Drawing */

export class PredictSocket extends ReconnectingSocket {
  #seq = 0;
  #oldestWanted = 0;
  /** @type {Drawing|null} */ #unsent = null;
  /** @type {Drawing|null} */ #newest = null;

  /** @param {string} address of a run, or "digits"
   *  @param {{onResponse: (response: object) => void, onState: (state: "open" | "lost" | "gone") => void}} listener
   *  @param {(url: string) => WebSocket} [open] */
  constructor(address, listener, open) {
    super(socketUrl(`predict/${encodeURIComponent(address)}`), open);
    this.listener = listener;
    this.connect();
  }

  /** Sends a drawing; while the connection is down or busy, only the newest one is kept and sent later. @returns {number} its sequence number */
  send(/** @type {number} */ width, /** @type {number} */ height, /** @type {Uint8Array} */ ink) {
    this.#seq += 1;
    this.#newest = this.#unsent = { width, height, ink };
    this.#flush();
    return this.#seq;
  }

  /** Ignores pending responses, since the canvas was cleared. */
  forget() {
    this.#newest = this.#unsent = null;
    this.#oldestWanted = this.#seq + 1;
  }

  opened() {
    this.#unsent = this.#newest;
    this.listener.onState("open");
    this.#flush();
  }

  /** @param {string} data */
  receive(data) {
    const message = response(data);
    if (message && !(message.seq < this.#oldestWanted)) this.listener.onResponse(message);
  }

  lost() {
    this.listener.onState(this.isOver ? "gone" : "lost");
  }

  #flush() {
    if (!this.#unsent || !this.canSend(() => this.#flush())) return;
    const { width, height, ink } = this.#unsent;
    this.#unsent = null;
    this.socket.send(request(this.#seq, width, height, ink));
  }
}
