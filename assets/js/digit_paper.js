/** A canvas for digits that become examples: draw one, choose its label, add it. Root: `.pg-digits`.
 *
 * data: label (initially selected), done (nonces of the drawings that Python has received).
 * Trigger for Python: `added`, [{nonce, label, ink}], all that were not confirmed yet; ink is base64 of INK_SIDE × INK_SIDE bytes. */

import { component, element, say } from "./component.js";
import { Paper } from "./draw_canvas.js";
import { tool } from "./paper_tools.js";
import { base64 } from "./predict_protocol.js";

const STORE = "pg-digits";
const KEYS = "Arrow keys move the pen (hold Shift for small steps), Space lowers and lifts it, E selects the eraser, B the brush, Ctrl+Z undoes, Delete clears, 0 to 9 choose the digit, Enter adds it.";

class DigitPaper {
  #waiting = [];
  #label = null;

  constructor(/** @type {HTMLElement} */ root) {
    const canvas = element("canvas", { tabindex: 0, role: "application", "aria-roledescription": "drawing canvas", "aria-label": `Draw a digit. ${KEYS}` });
    this.stage = element("div", { class: "pg-paper pg-digits-stage" }, canvas, element("div", { class: "pg-paper-ring", hidden: true }));
    this.labels = element("div", { class: "pg-digits-labels", role: "radiogroup", "aria-label": "Label of the digit" }, ...Array.from({ length: 10 }, (_, label) => this.#chip(label)));
    const button = (name, label, act) => tool(name, label, label, act);
    this.undo = button("undo", "Undo last stroke", (time) => this.paper.undo(time));
    this.clear = button("clear", "Clear", (time) => this.paper.clear(time));
    this.add = button("add", "Add example", () => this.#add());
    this.add.append("Add example");
    this.add.classList.add("pg-digits-add");
    this.spoken = element("p", { class: "pg-visually-hidden", role: "status" });
    const keys = element("details", { class: "pg-paper-keys" }, element("summary", {}, "Keyboard controls"), element("p", {}, `First focus the canvas with Tab or a click. ${KEYS}`));
    root.append(element("div", { class: "pg-digits" }, this.stage, this.labels, element("div", { class: "pg-digits-tools" }, this.undo, this.clear, this.add), keys, this.spoken));
    this.paper = new Paper(this.stage, { onInk: () => this.#show(), onTools: () => this.#show(), onSay: (text) => say(this.spoken, text) }, STORE);
    canvas.addEventListener("keydown", (event) => this.#key(event));
  }

  update({ label, done }, { setTriggerValue }) {
    this.send = () => setTriggerValue("added", this.#waiting);
    this.#label ??= label;
    const before = this.#waiting.length;
    this.#waiting = this.#waiting.filter((each) => !done.includes(each.nonce));
    if (this.#waiting.length && this.#waiting.length < before) this.send();
    this.paper.repaint(); // The theme may have changed: ink has the text color.
    this.#show();
  }

  destroy() {
    this.paper.destroy();
  }

  #chip(label) {
    const chip = element("button", { type: "button", class: "pg-button", role: "radio" }, String(label));
    chip.addEventListener("click", () => this.#use(label));
    chip.addEventListener("keydown", (event) => {
      const to = { ArrowRight: label + 1, ArrowDown: label + 1, ArrowLeft: label - 1, ArrowUp: label - 1 }[event.key] ?? (/^\d$/.test(event.key) ? Number(event.key) : undefined);
      if (to === undefined) return;
      event.preventDefault();
      this.#use((to + 10) % 10);
      /** @type {HTMLElement} */ (this.labels.children[this.#label]).focus();
    });
    return chip;
  }

  #use(label) {
    this.#label = label;
    this.#show();
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (/^\d$/.test(event.key)) this.#use(Number(event.key));
    else if (event.key === "Enter") this.#add();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Sends the drawing to Python and clears the canvas for the next one. */
  #add() {
    if (this.paper.isEmpty) return;
    const nonce = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    this.#waiting.push({ nonce, label: this.#label, ink: base64(this.paper.ink()) });
    this.send();
    this.paper.clear();
    say(this.spoken, `Added digit ${this.#label}`);
  }

  #show() {
    if (!this.paper) return;
    [...this.labels.children].forEach((chip, label) => {
      chip.setAttribute("aria-checked", String(label === this.#label));
      chip.tabIndex = label === (this.#label ?? 0) ? 0 : -1;
    });
    this.undo.disabled = !this.paper.canUndo;
    this.clear.disabled = this.add.disabled = this.paper.isEmpty;
  }
}

export default component((root) => new DigitPaper(root), ["paper.css", "digit_paper.css"]);
