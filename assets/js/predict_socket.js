/** The connection to one network: sends drawings, passes on predictions, reconnects after an interruption. */

import { backoff, request, response } from "./predict_protocol.js";

const GONE = 4404;
const FORBIDDEN = 4403;
const MAX_WAITING_BYTES = 100_000;
const RETRY_MILLISECONDS = 100;

export class PredictSocket {
  #socket = null;
  #seq = 0;
  #oldestWanted = 0;
  #attempt = 0;
  #timer = null;
  #closed = false;
  /** @type {{width: number, height: number, ink: Uint8Array} | null} */ #unsent = null;
  /** @type {{width: number, height: number, ink: Uint8Array} | null} */ #newest = null;

  /** @param {string} address of a run, or "digits"
   *  @param {{onResponse: (response: object) => void, onState: (state: "open" | "lost" | "gone") => void}} listener */
  constructor(address, listener) {
    this.address = address;
    this.listener = listener;
    this.#connect();
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

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#socket?.close();
  }

  #connect() {
    const url = new URL(`predict/${encodeURIComponent(this.address)}`, document.baseURI);
    url.protocol = url.protocol.replace("http", "ws");
    const socket = (this.#socket = new WebSocket(url));
    socket.onopen = () => {
      this.#attempt = 0;
      this.#unsent = this.#newest;
      this.listener.onState("open");
      this.#flush();
    };
    socket.onmessage = ({ data }) => {
      const message = response(data);
      if (message && !this.#closed && !(message.seq < this.#oldestWanted)) this.listener.onResponse(message);
    };
    socket.onclose = ({ code }) => {
      if (this.#closed) return;
      const isFinal = code === GONE || code === FORBIDDEN;
      this.listener.onState(isFinal ? "gone" : "lost");
      if (!isFinal) this.#timer = setTimeout(() => this.#connect(), backoff(this.#attempt++));
    };
  }

  #flush() {
    if (!this.#unsent || this.#socket.readyState !== WebSocket.OPEN) return;
    if (this.#socket.bufferedAmount > MAX_WAITING_BYTES) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#flush(), RETRY_MILLISECONDS);
      return;
    }
    const { width, height, ink } = this.#unsent;
    this.#unsent = null;
    this.#socket.send(request(this.#seq, width, height, ink));
  }
}
