/**
 * One WebSocket per room and page, shared by all components that show the room.
 *
 * A "room" message is the whole state, "wall" messages bring the runs that moved, and after a lost connection both are sent again. A room
 * that is over for this visitor is not asked for again.
 *
 * @typedef {"connecting"|"open"|"reconnecting"|"over"} Connection
 * @typedef {{state: any, runs: Record<string, any>, connection: Connection, message: string}} Known  state: the last "room" message, null
 *   before the first; runs: of the seats, by their number; message: why it is over
 */

import { SharedSocket, SharedSockets, socketUrl } from "./shared_socket.js";

const FINAL = [4403, 4404];

/** @extends {SharedSocket<(known: Known) => void>} */
export class RoomChannel extends SharedSocket {
  /** @param {string} url @param {(url: string) => WebSocket} [open] */
  constructor(url, open = (address) => new WebSocket(address)) {
    super(url, open);
    /** @type {Known} */
    this.known = { state: null, runs: {}, connection: "connecting", message: "" };
    this.connect();
  }

  get isOver() {
    return this.known.connection === "over";
  }

  /** @param {string} data */
  receive(data) {
    const message = JSON.parse(data);
    this.attempt = 0;
    if (message.type === "room") this.tell({ state: message, connection: "open" });
    else if (message.type === "wall") this.tell({ runs: { ...this.known.runs, ...message.runs } });
    else if (message.type === "over") this.tell({ connection: "over", message: message.message });
  }

  /** @param {number} code why the socket closed */
  lost(code) {
    const isFinal = FINAL.includes(code) || this.isOver;
    this.tell({ connection: isFinal ? "over" : "reconnecting" });
    if (!isFinal) this.connectLater();
  }

  /** Connects again although the room was over: the page shows it still. */
  revive() {
    if (!this.isOver) return;
    this.known = { ...this.known, connection: "connecting", message: "" };
    this.connect();
  }

  /** @param {Partial<Known>} news */
  tell(news) {
    this.known = { ...this.known, ...news };
    for (const listener of [...this.listeners]) listener(this.known);
  }
}

/** @type {SharedSockets<RoomChannel>} */
const channels = new SharedSockets((path) => new RoomChannel(socketUrl(path)));

/** Connects again to a room that was over. @param {string} path */
export const revive = (path) => channels.get(path)?.revive();

/**
 * Follows a room. The listener is called at once with what is known, then for everything received later.
 *
 * @param {string} path of the socket, from the app's root
 * @param {(known: Known) => void} listener
 * @returns {() => void} stops following
 */
export function followRoom(path, listener) {
  const [channel, stop] = channels.listen(path, listener);
  listener(channel.known);
  return stop;
}
