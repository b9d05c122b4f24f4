/** A WebSocket that is opened again, with increasing delays, after an interruption. */

const FIRST_RETRY_MS = 250;
const LAST_RETRY_MS = 8000;
/** Close codes after which the server need not be asked again: it refuses, or does not have what the address names. */
const FINAL = [4403, 4404];
const OPEN = 1;
/** While more bytes than this wait to be sent, newer messages wait too. */
const MOST_WAITING_BYTES = 100_000;
const BUSY_MS = 100;

/** @param {number} attempt from 0 @param {number} chance in [0, 1): spreads out the reconnecting browsers after a restart of the server */
export const retryDelay = (attempt, chance) => Math.min(FIRST_RETRY_MS * 2 ** attempt, LAST_RETRY_MS) * (0.75 + 0.5 * chance);

/** The WebSocket address of a route of this server; modules are two folders below its root. @param {string} path */
export function socketUrl(path) {
  const url = new URL(`../../${path}`, import.meta.url);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/** Subclasses call `connect` at the end of their constructors, and say what happens when the socket is `opened`, `receive`s data and is `lost`. */
export class ReconnectingSocket {
  /** @param {string} url @param {(url: string) => WebSocket} [open] */
  constructor(url, open = (address) => new WebSocket(address)) {
    this.url = url;
    this.open = open;
    /** How often it was opened since the last message. */
    this.attempt = 0;
    /** Whether it is not opened again. */
    this.isOver = false;
  }

  opened() {}

  /** @param {any} _data text, or an ArrayBuffer */
  receive(_data) {}

  /** `isOver` says whether for good. */
  lost() {}

  connect() {
    clearTimeout(this.timer);
    const socket = this.open(this.url);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => socket === this.socket && this.opened();
    socket.onmessage = ({ data }) => {
      if (socket !== this.socket) return;
      this.attempt = 0;
      this.receive(data);
    };
    socket.onclose = ({ code }) => {
      if (socket !== this.socket) return;
      clearTimeout(this.timer);
      this.isOver ||= FINAL.includes(code);
      if (!this.isOver) this.timer = setTimeout(() => this.connect(), retryDelay(this.attempt++, Math.random()));
      this.lost();
    };
    this.socket = socket;
  }

  /** Whether something can be sent now. If too much waits to be sent, `again` is called in a moment. @param {() => void} again */
  canSend(again) {
    if (this.socket?.readyState !== OPEN) return false;
    if (this.socket.bufferedAmount <= MOST_WAITING_BYTES) return true;
    clearTimeout(this.timer);
    this.timer = setTimeout(again, BUSY_MS);
    return false;
  }

  /** Reconnects at once, whatever the state of the old socket: the network is back. */
  reconnect() {
    if (this.isOver) return;
    this.attempt = 0;
    this.close();
    this.connect();
  }

  close() {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null;
    socket?.close();
  }
}
