/**
 * What the visitor looks at on the Attention page: one socket and one state per network, shared by all components of the page.
 *
 * A session keeps the input, the step of the history, and what is chosen (layer, head, token). Each component says what it wants to know
 * with `ask`; the question is asked again whenever the input or the step changes, and the server answers again when the weights do.
 *
 * @typedef {{text: string}|{example: number}|{ink: string}} Given
 * @typedef {{layer: string, head: number, token: number|null}} Selection  layer: a path, or ROLLOUT; token: index of a step of that layer
 * @typedef {import("./attention_protocol.js").Answer} Answer
 * @typedef {"connecting"|"open"|"lost"|"gone"} Connection
 * @typedef {"input"|"selection"|"connection"|string} News  or the name of an ask that was answered
 * @typedef {(session: Session, news: News) => void} Listener
 */

import { answer, question } from "./attention_protocol.js";
import { backoff } from "./predict_protocol.js";
import { socketUrl } from "./shared_socket.js";

const GONE = 4404;
const FORBIDDEN = 4403;
/** While more bytes than this wait to be sent, newer questions wait too. */
const MAX_WAITING_BYTES = 100_000;
const RETRY_MS = 100;
/** How long a session outlives its last listener, so that a page that is redrawn can continue to use it. */
const LINGER_MS = 2000;
const STORE = "pg-attention";
const KEPT = 12;

export class Session {
  /** @type {Given|null} */ input = null;
  /** A step of the history; null for the newest weights. @type {number|null} */ step = null;
  /** @type {Selection} */ selection = { layer: "", head: 0, token: null };
  /** The newest answer to each ask that is not an error. @type {Map<string, Answer>} */ answers = new Map();
  /** The newest error of each ask; none after an answer. @type {Map<string, import("./attention_protocol.js").Header>} */ errors = new Map();
  /** @type {Connection} */ connection = "connecting";
  error = "";
  seq = 0;
  /** @type {Set<Listener>} */ listeners = new Set();
  /** @type {Map<string, Record<string, unknown>>} What is asked, with what it needs besides the input. */ #asks = new Map();
  /** @type {Set<string>} */ #unsent = new Set();
  #attempt = 0;
  #timer = 0;
  #closed = false;

  /** @param {string} address @param {(url: string) => WebSocket} [open] @param {Pick<Storage, "getItem"|"setItem">} [store] */
  constructor(address, open = (url) => new WebSocket(url), store = globalThis.sessionStorage) {
    this.address = address;
    this.open = open;
    this.store = store;
    Object.assign(this, this.#kept()[address]);
    this.#connect();
  }

  /** Asks about another input. @param {Given} input @returns {number} the number of the question */
  give(input) {
    this.input = input;
    this.#keep();
    this.#askAll();
    this.notify("input");
    return this.seq;
  }

  /** Looks at the weights of a step, or at the newest ones. @param {number|null} step */
  look(step) {
    if (step === this.step) return;
    this.step = step;
    this.#askAll();
    this.notify("input");
  }

  /** Chooses a layer, a head or a token. @param {Partial<Selection>} change */
  select(change) {
    const next = { ...this.selection, ...change };
    if (JSON.stringify(next) === JSON.stringify(this.selection)) return;
    this.selection = next;
    this.#keep();
    this.notify("selection");
  }

  /**
   * Asks something about every input from now on, and at once if there is one. Asking again replaces what it needs besides.
   *
   * @param {string} name  as in playground/web/routes/attention.py
   * @param {Record<string, unknown>} [more]
   */
  ask(name, more = {}) {
    this.#asks.set(name, more);
    if (!this.input) return;
    this.seq += 1;
    this.#unsent.add(name);
    this.#flush();
  }

  /** Stops asking it. @param {string} name */
  stop(name) {
    this.#asks.delete(name);
    this.#unsent.delete(name);
    this.answers.delete(name);
    this.errors.delete(name);
  }

  /** @param {News} news */
  notify(news) {
    for (const listener of [...this.listeners]) listener(this, news);
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.socket?.close();
  }

  #askAll() {
    this.seq += 1;
    for (const name of this.#asks.keys()) this.#unsent.add(name);
    this.#flush();
  }

  #flush() {
    if (!this.input || this.socket.readyState !== 1 /* open */) return;
    if (this.socket.bufferedAmount > MAX_WAITING_BYTES) {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#flush(), RETRY_MS);
      return;
    }
    for (const name of this.#unsent) this.socket.send(question(name, this.seq, this.input, this.step, this.#asks.get(name)));
    this.#unsent.clear();
  }

  #connect() {
    const socket = this.open(socketUrl(`attention/${encodeURIComponent(this.address)}`));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.#attempt = 0;
      this.#state("open");
      this.#askAll();
    };
    socket.onmessage = ({ data }) => this.#closed || this.#receive(data);
    socket.onclose = ({ code }) => {
      if (this.#closed) return;
      const isFinal = code === GONE || code === FORBIDDEN;
      if (!isFinal) this.#timer = setTimeout(() => this.#connect(), backoff(this.#attempt++));
      this.#state(isFinal ? "gone" : "lost");
    };
    this.socket = socket;
  }

  /** @param {string|ArrayBuffer} data */
  #receive(data) {
    if (typeof data === "string") {
      this.error = JSON.parse(data).error ?? "";
      return;
    }
    const got = answer(data);
    const { ask, error } = got.header;
    if (!this.#asks.has(ask)) return;
    if (error === undefined) {
      this.answers.set(ask, got);
      this.errors.delete(ask);
    } else {
      this.errors.set(ask, got.header);
    }
    this.notify(ask);
  }

  /** @param {Connection} connection */
  #state(connection) {
    this.connection = connection;
    this.notify("connection");
  }

  /** @returns {Record<string, {input: Given|null, selection: Selection}>} by address, the last one used last */
  #kept() {
    try {
      return JSON.parse(this.store?.getItem(STORE) ?? "{}");
    } catch {
      return {};
    }
  }

  /** Keeps input and selection in this browser tab, without drawings, which their canvas keeps. */
  #keep() {
    const { [this.address]: _, ...others } = this.#kept();
    const input = this.input && "ink" in this.input ? null : this.input;
    const entries = [...Object.entries(others).slice(1 - KEPT), [this.address, { input, selection: this.selection }]];
    try {
      this.store?.setItem(STORE, JSON.stringify(Object.fromEntries(entries)));
    } catch {
      // Storage is full: the state lasts as long as the page.
    }
  }
}

/** @type {Map<string, Session>} */
const sessions = new Map();

/**
 * The session of a network on this page. The listener is called on every change.
 *
 * @param {string} address @param {Listener} listener
 * @returns {[Session, () => void]} the session, and how to leave it
 */
export function join(address, listener) {
  let session = sessions.get(address);
  if (!session) sessions.set(address, (session = new Session(address)));
  session.listeners.add(listener);
  const joined = session;
  return [joined, () => {
    joined.listeners.delete(listener);
    setTimeout(() => {
      if (joined.listeners.size || sessions.get(address) !== joined) return;
      sessions.delete(address);
      joined.close();
    }, LINGER_MS);
  }];
}
