/**
 * The input on the Attention page: text to type, a canvas to draw on, or an example of the test set to pick.
 *
 * @typedef {"text"|"drawing"|"example"} Way
 */

import { element, say } from "./component.js";
import { Paper } from "./draw_canvas.js";
import { tool } from "./paper_tools.js";
import { Pace, base64 } from "./predict_protocol.js";

const TITLES = { text: "Type", drawing: "Draw", example: "Test example" };
const PAUSE_MS = 60;
/** Lines of text to type. */
const ROWS = { least: 2, most: 8 };
const MOST_CHARACTERS = 20_000;
const KEYS = "Arrow keys move the pen (hold Shift for small steps), Space lowers and lifts it, E selects the eraser, B the brush, Ctrl+Z undoes, Delete clears.";
/** Inputs created on this page: each has its own group of radio buttons. */
let created = 0;

export class InputArea {
  /** @type {Way[]} */ #ways = [];
  /** @type {Way} */ #way = "example";
  #examples = 0;
  /** @type {Paper|null} */ #paper = null;

  /** @param {(given: import("./attention_session.js").Given, time: number) => void} give  time: of the event, on the page's clock */
  constructor(give) {
    this.give = give;
    this.group = `pg-attention-way-${++created}`;
    this.pace = new Pace(PAUSE_MS, () => this.#giveInk(performance.now()));
    this.tabs = element("fieldset", {}, element("legend", { class: "pg-visually-hidden" }, "Input"));
    this.tabs.onchange = (event) => this.#choose(/** @type {Way} */ (/** @type {HTMLInputElement} */ (event.target).value));
    this.text = /** @type {HTMLTextAreaElement} */ (element("textarea", { class: "pg-attention-text", rows: ROWS.least, maxlength: MOST_CHARACTERS, spellcheck: "false", autocomplete: "off", autocapitalize: "off", "aria-label": "Input of the network" }));
    this.text.oninput = (event) => this.give({ text: this.text.value }, event.timeStamp);
    this.text.onkeydown = (event) => event.stopPropagation(); // Streamlit's own keys (r, c) are not meant here
    this.number = /** @type {HTMLInputElement} */ (element("input", { type: "number", class: "pg-input", min: 0, value: 0, "aria-label": "Number of the test example" }));
    this.number.onchange = (event) => this.#pick(Number(this.number.value) || 0, event.timeStamp);
    this.number.onkeydown = (event) => event.stopPropagation();
    this.count = element("span", {});
    const button = (label, text, act) => {
      const made = element("button", { type: "button", class: "pg-button", "aria-label": label, title: label }, text);
      made.onclick = act;
      return made;
    };
    this.example = element(
      "div", { class: "pg-attention-example" },
      button("Previous test example", "‹", (event) => this.#pick(Number(this.number.value) - 1, event.timeStamp)),
      this.number,
      button("Next test example", "›", (event) => this.#pick(Number(this.number.value) + 1, event.timeStamp)),
      button("A random test example", "Random", (event) => this.#pick(Math.floor(Math.random() * this.#examples), event.timeStamp)),
      this.count,
    );
    this.drawing = element("div", { class: "pg-attention-drawing" });
    this.notes = element("div", { class: "pg-attention-notes", role: "status" });
    this.bar = element("div", { class: "pg-bar" }, this.tabs);
    this.root = element("section", { class: "pg-attention-input", "aria-label": "Input" }, this.bar, this.text, this.drawing, this.example, this.notes);
  }

  /**
   * Another network. input: what is given at first, null for the first test example.
   *
   * @param {{ways: Way[], hint: string}} data @param {import("./attention_session.js").Given|null} input
   */
  start({ ways, hint }, input) {
    this.#ways = ways;
    this.text.placeholder = hint;
    this.text.value = input && "text" in input ? input.text : "";
    const drawn = ways.includes("drawing") && !input && !this.#drawnPaper().isEmpty;
    this.#way = input && "text" in input && ways.includes("text") ? "text" : drawn ? "drawing" : input || ways[0] !== "text" ? "example" : "text";
    const tab = (way) => element("label", {}, element("input", { type: "radio", name: this.group, value: way, checked: way === this.#way }), TITLES[way]);
    this.tabs.replaceChildren(/** @type {Node} */ (this.tabs.firstChild), ...ways.map(tab));
    this.#show();
    if (this.#way === "drawing") this.#giveInk(performance.now());
    else this.give(input ?? { example: 0 }, performance.now());
  }

  /** Shows what the network was given. @param {import("./attention_protocol.js").Input} input */
  answered({ example, examples, text, notes }) {
    if (examples !== undefined) this.#examples = examples;
    if (example !== undefined) {
      if (document.activeElement !== this.number) this.number.value = String(example);
      this.number.max = String(this.#examples - 1);
      say(this.count, `of ${this.#examples.toLocaleString("en")}`);
      if (text) {
        this.text.value = text;
        this.text.rows = Math.min(ROWS.most, Math.max(ROWS.least, text.split("\n").length));
      }
    }
    this.say(notes, false);
  }

  /** @param {string[]} notes @param {boolean} isProblem */
  say(notes, isProblem) {
    this.notes.classList.toggle("pg-problem", isProblem);
    if (notes.join("\n") !== [...this.notes.children].map((each) => each.textContent).join("\n")) this.notes.replaceChildren(...notes.map((note) => element("p", {}, note)));
  }

  /** The theme may have changed: ink has the text color. */
  repaint() {
    this.#paper?.repaint();
  }

  destroy() {
    this.pace.stop();
    this.#paper?.destroy();
  }

  /** @param {Way} way */
  #choose(way) {
    this.#way = way;
    this.#show();
    const now = performance.now();
    if (way === "text") {
      this.text.focus();
      if (this.text.value) this.give({ text: this.text.value }, now);
    } else if (way === "drawing") this.#giveInk(now);
    else this.#pick(Number(this.number.value) || 0, now);
  }

  #show() {
    this.bar.hidden = this.#ways.length < 2;
    this.text.hidden = this.#way !== "text";
    this.drawing.hidden = this.#way !== "drawing";
    this.example.hidden = this.#way !== "example";
    if (this.#way === "drawing") this.#drawnPaper();
  }

  /** @param {number} number @param {number} time */
  #pick(number, time) {
    const held = Math.max(0, this.#examples ? Math.min(this.#examples - 1, number) : number);
    this.number.value = String(held);
    this.give({ example: held }, time);
  }

  /** @param {number} time */
  #giveInk(time) {
    const paper = this.#drawnPaper();
    this.give({ ink: paper.isEmpty ? "" : base64(paper.ink()) }, time);
  }

  /** The canvas, made when it is first needed; it shows the drawing of the Draw page. */
  #drawnPaper() {
    if (this.#paper) return this.#paper;
    const canvas = element("canvas", { tabindex: 0, role: "application", "aria-roledescription": "drawing canvas", "aria-label": `Draw a digit. ${KEYS}` });
    const stage = element("div", { class: "pg-paper pg-attention-stage" }, canvas, element("div", { class: "pg-paper-ring", hidden: true }));
    const spoken = element("p", { class: "pg-visually-hidden", role: "status" });
    const undo = tool("undo", "Undo last stroke", "Undo (Ctrl+Z)", (time) => this.#paper.undo(time));
    const clear = tool("clear", "Clear", "Clear (Delete)", (time) => this.#paper.clear(time));
    const keys = element("details", { class: "pg-paper-keys" }, element("summary", {}, "Keyboard controls"), element("p", {}, `First focus the canvas with Tab or a click. ${KEYS}`));
    this.drawing.append(stage, element("div", { class: "pg-attention-tools" }, undo, clear), keys, spoken);
    const tools = () => {
      undo.disabled = !this.#paper?.canUndo;
      clear.disabled = !this.#paper || this.#paper.isEmpty;
    };
    this.#paper = new Paper(stage, {
      onInk: (isEnd, time) => {
        if (this.#way !== "drawing") return;
        if (!isEnd) return this.pace.soon();
        this.pace.stop();
        this.#giveInk(time);
      },
      onTools: tools,
      onSay: (text) => say(spoken, text),
    });
    tools();
    return this.#paper;
  }
}
