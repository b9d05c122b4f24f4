/**
 * A measurement that the server makes in the background: started, followed until it is done, stopped.
 *
 * @typedef {import("./attention_heads_model.js").Head} Head
 * @typedef {import("./attention_heads_model.js").Effects} Effects
 */

const POLL_MS = 400;

/** Who asks: for each of them, the server goes on with the newest measurement only. */
const PAGE = Math.random().toString(36).slice(2);

export class Measurement {
  /** "idle", "running", "done" or "failed". */ state = "idle";
  /** The share that is done. */ share = 0;
  /** @type {Effects|null} */ effects = null;
  /** The steps that had trained the network that is measured. */ step = 0;
  error = "";
  /** Heads that are cut together; null to cut each one alone. @type {Head[]|null} */ heads = null;
  /** @type {string|null} */ #key = null;
  #poll = 0;
  #first = 0;
  #timer = 0;

  /** @param {string} name  of the ask @param {import("./attention_panel.js").Ask} ask */
  constructor(name, ask) {
    this.name = name;
    this.ask = ask;
  }

  /** @param {Head[]|null} heads */
  start(heads) {
    Object.assign(this, { state: "running", share: 0, effects: null, error: "", heads });
    this.#first = this.#poll + 1;
    this.#send(null);
  }

  stop() {
    clearTimeout(this.#timer);
    if (this.state === "running") this.#send(false);
    this.state = "idle";
  }

  /** Begins anew, with another network. */
  forget() {
    clearTimeout(this.#timer);
    Object.assign(this, { state: "idle", share: 0, effects: null, error: "", heads: null });
    this.#key = null;
  }

  /** Takes what the server said. @param {import("./attention_session.js").Session} session */
  receive(session) {
    const error = session.errors.get(this.name);
    const header = session.answers.get(this.name)?.header;
    if (this.state !== "running") return;
    if (error?.empty || error?.waiting) {
      this.#later(); // it goes on meanwhile
    } else if (error) {
      Object.assign(this, { state: "failed", error: error.error });
    } else if (header && header.poll >= this.#first) {
      if (!header.key) this.start(this.heads); // the server was restarted, or had given up
      else this.#follow(header);
    }
  }

  #follow(header) {
    if (this.#key !== header.key) this.step = header.step;
    this.#key = header.key;
    if (header.cuts) {
      Object.assign(this, { state: "done", share: 1, effects: header });
      return;
    }
    this.share = header.share;
    this.#later();
  }

  #later() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.state === "running" && this.#send(this.#key), POLL_MS);
  }

  #send(key) {
    if (key === null) this.#key = null;
    this.ask(this.name, { who: `${PAGE} ${this.name}`, heads: this.heads, key, poll: ++this.#poll });
  }
}
