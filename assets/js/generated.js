/**
 * Text that the network of a run writes while it trains. Root: `.pg-generated`, with data-run, data-step and data-characters (how many
 * characters follow the prompt).
 *
 * data: run (its address or null), unit (what the text consists of), longest (of a text), reads (how many of them the network sees at once).
 */

import { component, element, remember, remembered, say, seldom } from "./component.js";
import { afterSteps, count, percent, plural } from "./numbers.js";
import { QuestionSocket } from "./question_socket.js";

const PAUSE_MILLISECONDS = 300;
const SPEAK_MILLISECONDS = 10_000;
const STANDARD = { prompt: "", length: 200, temperature: 1, top_k: null, seed: 0 };
const LARGEST_SEED = 2 ** 31 - 1;

/**
 * The question of the fields' texts; an error in words if one of them is out of range.
 *
 * @param {{prompt: string, length: string, temperature: string, top_k: string, seed: string}} texts @param {number} longest
 * @returns {{question: typeof STANDARD}|{error: string}}
 */
export function questionOf(texts, longest) {
  const whole = (/** @type {string} */ text, /** @type {number} */ least, /** @type {number} */ most) => (/^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most ? Number(text) : null);
  const length = whole(texts.length, 1, longest);
  const seed = whole(texts.seed, 0, LARGEST_SEED);
  const top_k = texts.top_k.trim() === "" ? null : whole(texts.top_k, 1, 1_000_000);
  const temperature = Number(texts.temperature);
  if (length === null) return { error: `Length must be a whole number from 1 to ${longest}.` };
  if (seed === null) return { error: `Seed must be a whole number from 0 to ${LARGEST_SEED.toLocaleString("en")}.` };
  if (top_k === null && texts.top_k.trim() !== "") return { error: "Top-k must be a whole number from 1 on, or empty for all." };
  if (!(temperature >= 0 && temperature <= 5)) return { error: "Temperature must be a number from 0 to 5." };
  return { question: { prompt: texts.prompt, length, temperature, top_k, seed } };
}

/** What a temperature does, in a few words. @param {number} temperature */
export function temperatureWords(temperature) {
  if (temperature === 0) return "always the likeliest";
  if (temperature < 1) return "more predictable";
  return temperature > 1 ? "more surprising" : "the network's own probabilities";
}

class Generated {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {string|null|undefined} */
    this.run = undefined;
    /** @type {QuestionSocket|null} */
    this.socket = null;
    this.build();
    root.append(this.root);
    this.announce = seldom((text) => say(this.spoken, text), SPEAK_MILLISECONDS);
  }

  /** @param {any} data @param {unknown} _streamlit @param {boolean} changed */
  update(data, _streamlit, changed) {
    if (!changed) return;
    this.data = data;
    this.fields.length.max = String(data.longest);
    say(this.unit, data.unit);
    this.fields.prompt.placeholder = `The network continues this; it sees the last ${count(data.reads)} ${data.unit}`;
    if (data.run === this.run) return;
    this.run = data.run;
    this.root.dataset.run = data.run ?? "";
    this.socket?.close();
    this.socket = null;
    this.empty(data.run ? "Waiting for the first weights …" : "Press Train: the network writes here while it learns.");
    if (!data.run) return;
    this.socket = new QuestionSocket(`generate/${encodeURIComponent(data.run)}`, {
      onAnswer: (message) => this.show(message),
      onState: (state) => say(this.connection, state === "lost" ? "Connection lost. Reconnecting …" : ""),
    });
    this.ask();
  }

  destroy() {
    clearTimeout(this.timer);
    this.announce.cancel();
    this.socket?.close();
  }

  /** Asks for the text that the fields describe. */
  ask() {
    clearTimeout(this.timer);
    const texts = Object.fromEntries(Object.entries(this.fields).map(([name, field]) => [name, field.value]));
    const read = questionOf(/** @type {any} */ (texts), this.data.longest);
    const error = "error" in read ? read.error : "";
    say(this.error, error);
    this.error.hidden = error === "";
    say(this.warmth, temperatureWords(Number(this.fields.temperature.value)));
    if (!("question" in read)) return;
    remember("generated", read.question);
    this.socket?.ask(read.question);
  }

  /** @param {any} message */
  show(message) {
    if (message.error !== undefined) {
      this.empty(message.error);
      return;
    }
    const { read, text, notes, step, done, characters, next } = message;
    this.root.dataset.step = String(step);
    this.root.dataset.characters = String(characters);
    this.root.dataset.done = String(done);
    this.hint.hidden = true;
    this.paper.hidden = false;
    say(this.prompt, read);
    say(this.text, text);
    say(this.after, afterSteps(step));
    say(this.notes, notes.join(" "));
    this.showNext(next);
    if (done) this.announce(`The network wrote ${plural(characters, "character")} ${afterSteps(step)}.`);
  }

  /** The likeliest symbols after the prompt. @param {[string, number][]} next */
  showNext(next) {
    this.chances.hidden = next.length === 0;
    while (this.bars.children.length < next.length) {
      this.bars.append(element("li", {}, element("code"), element("span", { class: "pg-generated-bar" }, element("i")), element("span", { class: "pg-generated-share" })));
    }
    [...this.bars.children].forEach((row, index) => {
      /** @type {HTMLElement} */ (row).hidden = index >= next.length;
      if (index >= next.length) return;
      const [symbol, probability] = next[index];
      say(row.children[0], symbol);
      /** @type {HTMLElement} */ (row.children[1].firstElementChild).style.width = percent(probability).replace(" ", "");
      say(row.children[2], percent(probability));
    });
  }

  /** Shows no text, and why. @param {string} reason */
  empty(reason) {
    for (const name of ["characters", "step", "done"]) delete this.root.dataset[name];
    say(this.hint, reason);
    this.hint.hidden = false;
    this.paper.hidden = this.chances.hidden = true;
    say(this.after, "");
    say(this.notes, "");
  }

  build() {
    const kept = remembered("generated", STANDARD);
    const number = (/** @type {string} */ name, /** @type {Record<string, string|number>} */ more) => element("input", { type: "number", inputmode: "numeric", value: kept[name] ?? "", ...more });
    this.fields = {
      prompt: /** @type {HTMLTextAreaElement} */ (element("textarea", { rows: 2, spellcheck: "false" })),
      temperature: /** @type {HTMLInputElement} */ (element("input", { type: "range", min: 0, max: 2, step: 0.1, value: kept.temperature })),
      top_k: /** @type {HTMLInputElement} */ (number("top_k", { min: 1, placeholder: "all" })),
      length: /** @type {HTMLInputElement} */ (number("length", { min: 1 })),
      seed: /** @type {HTMLInputElement} */ (number("seed", { min: 0, max: LARGEST_SEED })),
    };
    this.fields.prompt.value = kept.prompt;
    for (const field of Object.values(this.fields)) {
      field.addEventListener("input", () => {
        clearTimeout(this.timer);
        this.timer = setTimeout(() => this.ask(), PAUSE_MILLISECONDS);
      });
    }
    const another = element("button", { type: "button", class: "pg-generated-again" }, "New seed");
    another.addEventListener("click", () => {
      this.fields.seed.value = String(Math.floor(Math.random() * 1_000_000));
      this.ask();
    });
    const level = element("output", {}, "");
    const showLevel = () => say(level, Number(this.fields.temperature.value).toFixed(1));
    this.fields.temperature.addEventListener("input", showLevel);
    showLevel();
    this.warmth = element("small", {}, temperatureWords(kept.temperature));
    this.unit = element("small");
    this.after = element("small");
    this.connection = element("span", { role: "status" });
    this.error = element("p", { class: "pg-generated-error", role: "alert", hidden: true });
    this.hint = element("p", { class: "pg-generated-hint" });
    this.prompt = element("span", { class: "pg-generated-prompt" });
    this.text = element("span");
    this.paper = element("p", { class: "pg-generated-text", tabindex: 0, role: "group", "aria-label": "Prompt and generated text", hidden: true }, this.prompt, this.text);
    this.notes = element("p", { class: "pg-note" });
    this.bars = element("ol");
    this.chances = element("div", { class: "pg-generated-next", hidden: true }, element("h5", {}, "Likeliest after the prompt"), this.bars);
    this.spoken = element("p", { class: "pg-visually-hidden", role: "status" });
    this.root = element(
      "section", { class: "pg-generated", "aria-label": "Generated text" },
      element("header", {}, element("strong", {}, "Generated text"), this.after, this.connection),
      element("label", { class: "pg-generated-ask" }, "Prompt", this.fields.prompt),
      element(
        "div", { class: "pg-generated-settings" },
        element("label", { class: "pg-generated-heat" }, "Temperature", this.fields.temperature, level, this.warmth),
        element("label", {}, "Top-k", this.fields.top_k),
        element("label", {}, "Length", this.fields.length, this.unit),
        element("label", {}, "Seed", this.fields.seed),
        another,
      ),
      this.error, this.hint, this.paper, this.notes, this.chances, this.spoken,
    );
  }
}

export default component((root) => new Generated(root), ["generated.css"]);
