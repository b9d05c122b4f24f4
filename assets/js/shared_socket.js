/** WebSockets that all components of a page share: opened again with increasing delays after an interruption, and closed when nobody has listened for a while. */

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8000;
/** How long a socket outlives its last listener, so that a page that is redrawn can continue to use it. */
const LINGER_MS = 2000;

/** @param {number} attempt from 0 @param {number} chance in [0, 1): spreads out the reconnecting browsers after a restart of the server */
export const retryDelay = (attempt, chance) => Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS) * (0.75 + 0.5 * chance);

/** The WebSocket address of a route of this server; modules are two folders below its root. @param {string} path */
export function socketUrl(path) {
  const url = new URL(`../../${path}`, import.meta.url);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/**
 * The base of what keeps what a socket has received. Subclasses call `connect` at the end of their constructors; they say what happens with
 * data (`receive`) and with a lost connection (`lost`), and whether it is not to be opened again (`isOver`).
 *
 * @template {(...news: any[]) => void} Listener
 */
export class SharedSocket {
  /** @param {string} url @param {(url: string) => WebSocket} open */
  constructor(url, open) {
    this.url = url;
    this.open = open;
    /** @type {Set<Listener>} */
    this.listeners = new Set();
    /** Since the last message; subclasses set it to 0 when they receive one. */
    this.attempt = 0;
  }

  /** @param {any} _data */
  receive(_data) {}

  /** @param {number} _code why the socket closed */
  lost(_code) {}

  get isOver() {
    return false;
  }

  connect() {
    clearTimeout(this.timer);
    const socket = this.open(this.url);
    socket.binaryType = "arraybuffer";
    socket.onmessage = ({ data }) => socket === this.socket && this.receive(data);
    socket.onclose = ({ code }) => socket === this.socket && this.lost(code);
    this.socket = socket;
  }

  connectLater() {
    this.timer = setTimeout(() => this.connect(), retryDelay(this.attempt++, Math.random()));
  }

  /** Reconnects at once, whatever the state of the old socket: the network is back. */
  reconnect() {
    if (this.isOver) return;
    this.attempt = 0;
    const old = this.socket;
    this.socket = null;
    old?.close();
    this.connect();
  }

  close() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}

/**
 * The sockets of a page by a key.
 *
 * @template {SharedSocket<any>} S
 */
export class SharedSockets {
  /** @param {(key: string) => S} create */
  constructor(create) {
    this.create = create;
    /** @type {Map<string, S>} */
    this.sockets = new Map();
    globalThis.window?.addEventListener("online", () => this.sockets.forEach((socket) => socket.reconnect()));
  }

  /** @param {string} key */
  get(key) {
    return this.sockets.get(key);
  }

  /**
   * The socket of this key, with one more listener, and the function by which it stops listening.
   *
   * @param {string} key @param {(...news: any[]) => void} listener
   * @returns {[S, () => void]}
   */
  listen(key, listener) {
    const socket = this.sockets.get(key) ?? this.create(key);
    this.sockets.set(key, socket);
    socket.listeners.add(listener);
    const stop = () => {
      socket.listeners.delete(listener);
      setTimeout(() => {
        if (socket.listeners.size || this.sockets.get(key) !== socket) return;
        this.sockets.delete(key);
        socket.close();
      }, LINGER_MS);
    };
    return [socket, stop];
  }
}
