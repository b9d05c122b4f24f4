/** WebSockets that all components of a page share, closed when nobody has listened for a while. */

import { ReconnectingSocket } from "./reconnecting_socket.js";

/** How long a socket outlives its last listener, so that a page that is redrawn can continue to use it. */
const LINGER_MS = 2000;

/**
 * The base of what keeps what a socket has received.
 *
 * @template {(...news: any[]) => void} Listener
 */
export class SharedSocket extends ReconnectingSocket {
  /** @type {Set<Listener>} */
  listeners = new Set();

  /** @param {Parameters<Listener>} news */
  tell(...news) {
    for (const listener of [...this.listeners]) listener(...news);
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
