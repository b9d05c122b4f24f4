/**
 * One WebSocket per run and page, shared by all components that follow the run.
 *
 * A channel keeps what it has received, so that components that start later have it at once. A lost connection is reopened with increasing
 * delays, and the run's history, which is sent again, fills the gap.
 *
 * @typedef {{name: string, step: number, shape: number[], classes: string[], bounds?: [number, number], values: Float32Array}} View
 * @typedef {"connecting"|"open"|"reconnecting"|"refused"} Connection  refused: there is no such run; the channel does not try again
 * @typedef {{metrics: import("./metrics.js").Metric[], views: import("./live_view.js").Declared[]}} Declarations
 * @typedef {"series"|"status"|"view"|"connection"|"declared"} News
 * @typedef {(channel: Channel, news: News) => void} Listener
 */

import { append, empty } from "./timeline.js";

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8000;
/** How long a channel outlives its last listener, so that a page that is redrawn can continue to use it. */
const LINGER_MS = 2000;
const NOT_FOUND = 4404;

/** @param {number} attempt from 0 @param {number} chance in [0, 1): spreads out the reconnecting browsers after a restart of the server */
export const retryDelay = (attempt, chance) => Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS) * (0.75 + 0.5 * chance);

/** A view from its binary frame: header length (uint32), JSON header, float32 values. @param {ArrayBuffer} buffer @returns {View} */
export function readView(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { ...header, values: new Float32Array(buffer.slice(4 + length)) };
}

export class Channel {
  /** @param {string} url @param {(url: string) => WebSocket} [open] */
  constructor(url, open = (address) => new WebSocket(address)) {
    this.url = url;
    this.series = empty();
    /** @type {Record<string, any>|null} */
    this.status = null;
    /** What the run declares; null until its history has come. @type {Declarations|null} */
    this.declared = null;
    /** @type {Map<string, View>} */
    this.views = new Map();
    /** @type {Connection} */
    this.connection = "connecting";
    this.error = "";
    /** @type {Set<Listener>} */
    this.listeners = new Set();
    this.open = open;
    this.attempt = 0;
    this.connect();
  }

  connect() {
    clearTimeout(this.timer);
    const socket = this.open(this.url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = (event) => socket === this.socket && this.receive(event.data);
    socket.onclose = (event) => socket === this.socket && this.lost(event.code);
    this.socket = socket;
  }

  /** @param {string|ArrayBuffer} data */
  receive(data) {
    if (typeof data !== "string") {
      const view = readView(data);
      this.views.set(view.name, view);
      this.notify("view");
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "error") {
      this.error = message.message;
      return;
    }
    this.attempt = 0;
    if (message.type === "history") {
      this.series = empty();
      this.declared = message.declared ?? null;
      this.notify("declared");
    }
    append(this.series, message.series);
    this.status = message.status;
    if (this.connection !== "open") {
      this.connection = "open";
      this.notify("connection");
    }
    this.notify("status");
    this.notify("series");
  }

  /** @param {number} code why the socket closed */
  lost(code) {
    this.connection = code === NOT_FOUND ? "refused" : "reconnecting";
    this.notify("connection");
    if (this.connection === "reconnecting") {
      this.timer = setTimeout(() => this.connect(), retryDelay(this.attempt++, Math.random()));
    }
  }

  /** Reconnects at once, whatever the state of the old socket: the network is back. */
  reconnect() {
    if (this.connection === "refused") return;
    this.attempt = 0;
    const old = this.socket;
    this.socket = null;
    old?.close();
    this.connect();
  }

  /** @param {News} news */
  notify(news) {
    for (const listener of [...this.listeners]) listener(this, news);
  }

  close() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

/** @type {Map<string, Channel>} */
const channels = new Map();

/** The WebSocket address of a route of this server; modules are two folders below its root. @param {string} path */
export function socketUrl(path) {
  const url = new URL(`../../${path}`, import.meta.url);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/**
 * Follows a run. The listener is called at once with what is known, then for everything received later.
 *
 * @param {string} run  its address, for watching or for control
 * @param {Listener} listener
 * @returns {() => void} stops following
 */
export function follow(run, listener) {
  let channel = channels.get(run);
  if (!channel) {
    channel = new Channel(socketUrl(`live/${encodeURIComponent(run)}`));
    channels.set(run, channel);
  }
  channel.listeners.add(listener);
  for (const news of ["connection", "declared", "status", "series", "view"]) listener(channel, news);
  return () => {
    channel.listeners.delete(listener);
    setTimeout(() => {
      if (channel.listeners.size || channels.get(run) !== channel) return;
      channels.delete(run);
      channel.close();
    }, LINGER_MS);
  };
}

if (typeof window !== "undefined") window.addEventListener("online", () => channels.forEach((channel) => channel.reconnect()));
