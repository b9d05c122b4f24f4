/** A sheet of thumbnails to pick from by click or arrow keys. Root: `.pg-sheet`.
 *
 * data: label, picked (a number or null), pictures: [{number, side: [height, width], pixels (base64), mark, wrong, title}].
 * State for Python: `picked`. */

import { component, element } from "./component.js";
import { pixels } from "./marks.js";
import { bytes } from "./predict_protocol.js";

/** The index that a key moves to from index `at` of `count`, in rows of `columns`; null if the key has no meaning here. */
export function next(/** @type {string} */ key, /** @type {number} */ at, /** @type {number} */ count, /** @type {number} */ columns) {
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: 0, End: count - 1 }[key];
  if (to === undefined) return null;
  return to < 0 || to >= count ? at : to;
}

class Thumbnails {
  /** @type {HTMLButtonElement[]} */ buttons = [];
  shown = "";

  constructor(/** @type {HTMLElement} */ root) {
    this.sheet = element("div", { class: "pg-sheet", role: "radiogroup" });
    this.sheet.addEventListener("keydown", (event) => this.key(event));
    root.append(this.sheet);
  }

  update({ label, picked, pictures }, { setStateValue }) {
    this.tell = (number) => setStateValue("picked", number);
    this.numbers = pictures.map((each) => each.number);
    this.sheet.setAttribute("aria-label", label);
    const shown = JSON.stringify(pictures);
    if (shown !== this.shown) {
      this.shown = shown;
      this.buttons = pictures.map((each, i) => this.button(each, i));
      this.sheet.replaceChildren(...this.buttons);
    }
    this.mark(this.numbers.indexOf(picked));
  }

  button({ side: [height, width], pixels: packed, mark, wrong, title }, i) {
    const canvas = element("canvas", { class: "pg-pixels", "aria-hidden": "true" });
    pixels(canvas, bytes(packed), height, width);
    const attributes = { type: "button", role: "radio", title, "aria-label": title, class: wrong ? "pg-wrong" : "" };
    const button = element("button", attributes, canvas, element("span", { "aria-hidden": "true" }, mark));
    button.addEventListener("click", () => this.pick(i));
    return button;
  }

  key(event) {
    const at = this.buttons.indexOf(event.target);
    const columns = getComputedStyle(this.sheet).gridTemplateColumns.split(" ").length;
    const to = at < 0 ? null : next(event.key, at, this.buttons.length, columns);
    if (to === null) return;
    event.preventDefault();
    this.buttons[to].focus();
    this.pick(to);
  }

  pick(i) {
    this.mark(i);
    this.tell(this.numbers[i]);
  }

  /** Marks the picked one. The Tab key reaches only one item of a radio group: the picked one, or the first. */
  mark(picked) {
    this.buttons.forEach((button, i) => {
      button.setAttribute("aria-checked", String(i === picked));
      button.tabIndex = i === Math.max(0, picked) ? 0 : -1;
    });
  }

  destroy() {}
}

export default component((root) => new Thumbnails(root), ["thumbnails.css"]);
