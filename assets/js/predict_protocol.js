/** The messages of the socket /predict/{address}, and their timing. Opens no socket.
 *
 * @typedef {{label: string, pixels: Uint8Array, side: [number, number], similarity: number}} Similar
 * @typedef {{seq: number, label: string, probabilities: number[], classes: string[], seen: Uint8Array, side: [number, number],
 *   similar: Similar[], model: string, step: number, milliseconds: number}} Prediction
 * @typedef {{seq: number | null, error: string, empty: boolean, waiting: boolean}} Refusal
 */

const VERSION = 1;
const HEADER_BYTES = 9;

/** One drawing as a frame: version (1 byte), sequence number (u32), width and height (u16 each), all little-endian, then the ink. */
export function request(/** @type {number} */ seq, /** @type {number} */ width, /** @type {number} */ height, /** @type {Uint8Array} */ ink) {
  const frame = new Uint8Array(HEADER_BYTES + ink.length);
  const view = new DataView(frame.buffer);
  view.setUint8(0, VERSION);
  view.setUint32(1, seq, true);
  view.setUint16(5, width, true);
  view.setUint16(7, height, true);
  frame.set(ink, HEADER_BYTES);
  return frame;
}

/** The server's response; null if it is invalid. @returns {Prediction | Refusal | null} */
export function response(/** @type {string} */ text) {
  let message;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof message?.error === "string") {
    return { seq: message.seq ?? null, error: message.error, empty: message.empty === true, waiting: message.waiting === true };
  }
  if (!Array.isArray(message?.probabilities)) return null;
  const similar = message.similar.map((each) => ({ ...each, pixels: bytes(each.pixels), side: message.side }));
  return { ...message, seen: bytes(message.seen), similar };
}

/** Base64 of bytes → the bytes. */
export function bytes(/** @type {string} */ base64) {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Bytes → base64, to send to Python. */
export function base64(/** @type {Uint8Array} */ array) {
  let text = "";
  for (let i = 0; i < array.length; i += 4096) text += String.fromCharCode(...array.subarray(i, i + 4096));
  return btoa(text);
}

/** Limits how often drawings are sent: at once if none was sent for `pause` milliseconds, otherwise when these are over. At most one waits. */
export class Pace {
  #last = -Infinity;
  #timer = null;

  constructor(/** @type {number} */ pause, /** @type {() => void} */ send, clock = globalThis) {
    this.pause = pause;
    this.send = send;
    this.clock = clock;
  }

  /** Sends the drawing soon, after it changed. */
  soon() {
    const rest = this.#last + this.pause - this.clock.performance.now();
    if (rest <= 0) this.now();
    else this.#timer ??= this.clock.setTimeout(() => this.now(), rest);
  }

  /** Sends it at once. */
  now() {
    this.stop();
    this.#last = this.clock.performance.now();
    this.send();
  }

  /** Cancels a waiting drawing. */
  stop() {
    this.clock.clearTimeout(this.#timer);
    this.#timer = null;
  }
}
