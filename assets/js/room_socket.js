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

import { socketUrl } from "./reconnecting_socket.js";
import { SharedSocket, SharedSockets } from "./shared_socket.js";

/** @extends {SharedSocket<(known: Known) => void>} */
export class RoomChannel extends SharedSocket {
  /** @param {string} url @param {(url: string) => WebSocket} [open] */
  constructor(url, open) {
    super(url, open);
    /** @type {Known} */
    this.known = { state: null, runs: {}, connection: "connecting", message: "" };
    this.connect();
  }

  /** @param {string} data */
  receive(data) {
    const message = JSON.parse(data);
    if (message.type === "room") this.update({ state: message, connection: "open" });
    else if (message.type === "wall") this.update({ runs: { ...this.known.runs, ...message.runs } });
    else if (message.type === "over") {
      this.isOver = true;
      this.update({ connection: "over", message: message.message });
    }
  }

  lost() {
    this.update({ connection: this.isOver ? "over" : "reconnecting" });
  }

  /** Connects again although the room was over: the page shows it still. */
  revive() {
    if (!this.isOver) return;
    this.isOver = false;
    this.known = { ...this.known, connection: "connecting", message: "" };
    this.connect();
  }

  /** @param {Partial<Known>} news */
  update(news) {
    this.known = { ...this.known, ...news };
    this.tell(this.known);
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
