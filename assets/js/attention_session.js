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
import { socketUrl } from "./reconnecting_socket.js";
import { SharedSocket, SharedSockets } from "./shared_socket.js";

const STORE = "pg-attention";
const KEPT = 12;

/** @extends {SharedSocket<Listener>} */
export class Session extends SharedSocket {
  /** @type {Given|null} */ input = null;
  /** A step of the history; null for the newest weights. @type {number|null} */ step = null;
  /** @type {Selection} */ selection = { layer: "", head: 0, token: null };
  /** The newest answer to each ask that is not an error. @type {Map<string, Answer>} */ answers = new Map();
  /** The newest error of each ask; none after an answer. @type {Map<string, import("./attention_protocol.js").Header>} */ errors = new Map();
  /** @type {Connection} */ connection = "connecting";
  error = "";
  seq = 0;
  /** @type {Map<string, Record<string, unknown>>} What is asked, with what it needs besides the input. */ #asks = new Map();
  /** @type {Set<string>} */ #unsent = new Set();

  /** @param {string} address @param {(url: string) => WebSocket} [open] @param {Pick<Storage, "getItem"|"setItem">} [store] */
  constructor(address, open, store = globalThis.sessionStorage) {
    super(socketUrl(`attention/${encodeURIComponent(address)}`), open);
    this.address = address;
    this.store = store;
    Object.assign(this, this.#kept()[address]);
    this.connect();
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
    this.tell(this, news);
  }

  opened() {
    this.#state("open");
    this.#askAll();
  }

  /** @param {string|ArrayBuffer} data */
  receive(data) {
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

  lost() {
    this.#state(this.isOver ? "gone" : "lost");
  }

  #askAll() {
    this.seq += 1;
    for (const name of this.#asks.keys()) this.#unsent.add(name);
    this.#flush();
  }

  #flush() {
    if (!this.input || !this.canSend(() => this.#flush())) return;
    for (const name of this.#unsent) this.socket.send(question(name, this.seq, this.input, this.step, this.#asks.get(name)));
    this.#unsent.clear();
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

/** @type {SharedSockets<Session>} */
const sessions = new SharedSockets((address) => new Session(address));

/**
 * The session of a network on this page. The listener is called on every change.
 *
 * @param {string} address @param {Listener} listener
 * @returns {[Session, () => void]} the session, and how to leave it
 */
export const join = (address, listener) => sessions.listen(address, listener);
