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

import { retryDelay, socketUrl } from "./socket.js";

const FINAL = [4403, 4404];
/** How long a channel outlives its last listener, so that a page that is redrawn can continue to use it. */
const LINGER_MS = 2000;

export class RoomChannel {
  /** @param {string} url @param {(url: string) => WebSocket} [open] */
  constructor(url, open = (address) => new WebSocket(address)) {
    this.url = url;
    this.open = open;
    /** @type {Known} */
    this.known = { state: null, runs: {}, connection: "connecting", message: "" };
    /** @type {Set<(known: Known) => void>} */
    this.listeners = new Set();
    this.attempt = 0;
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    const socket = this.open(this.url);
    socket.onmessage = ({ data }) => socket === this.socket && this.receive(JSON.parse(data));
    socket.onclose = ({ code }) => socket === this.socket && this.lost(code);
    this.socket = socket;
  }

  /** @param {any} message */
  receive(message) {
    this.attempt = 0;
    if (message.type === "room") this.tell({ state: message, connection: "open" });
    else if (message.type === "wall") this.tell({ runs: { ...this.known.runs, ...message.runs } });
    else if (message.type === "over") this.tell({ connection: "over", message: message.message });
  }

  /** @param {number} code why the socket closed */
  lost(code) {
    const isOver = FINAL.includes(code) || this.known.connection === "over";
    this.tell({ connection: isOver ? "over" : "reconnecting" });
    if (!isOver) this.timer = setTimeout(() => this.connect(), retryDelay(this.attempt++, Math.random()));
  }

  /** Connects again although the room was over: the page shows it still. */
  revive() {
    if (this.known.connection !== "over") return;
    this.known = { ...this.known, connection: "connecting", message: "" };
    this.connect();
  }

  /** Reconnects at once, whatever the state of the old socket: the network is back. */
  reconnect() {
    if (this.known.connection === "over") return;
    this.attempt = 0;
    const old = this.socket;
    this.socket = null;
    old?.close();
    this.connect();
  }

  /** @param {Partial<Known>} news */
  tell(news) {
    this.known = { ...this.known, ...news };
    for (const listener of [...this.listeners]) listener(this.known);
  }

  close() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

/** @type {Map<string, RoomChannel>} */
const channels = new Map();

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
  let channel = channels.get(path);
  if (!channel) {
    channel = new RoomChannel(socketUrl(path));
    channels.set(path, channel);
  }
  channel.listeners.add(listener);
  listener(channel.known);
  return () => {
    channel.listeners.delete(listener);
    setTimeout(() => {
      if (channel.listeners.size || channels.get(path) !== channel) return;
      channels.delete(path);
      channel.close();
    }, LINGER_MS);
  };
}

globalThis.window?.addEventListener("online", () => channels.forEach((channel) => channel.reconnect()));
