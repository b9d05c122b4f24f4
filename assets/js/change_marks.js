/** The changes of a run: thin lines in the chart, each with a label when it is pointed at or focused, and a list below it. */

import { inShort, marks, told } from "./change_marks_model.js";
import { element, say } from "./component.js";
import { placed } from "./earlier_curves.js";

export class ChangeMarks {
  constructor() {
    this.box = element("div", { class: "pg-marks" });
    this.summary = element("summary");
    this.items = element("ul");
    this.list = element("details", { class: "pg-changes", hidden: true }, this.summary, this.items);
    this.labels = "[]";
    this.listed = "";
  }

  /**
   * @param {import("./change_marks_model.js").Change[]} changes @param {import("./timeline.js").Columns} batch @param {import("./timeline.js").Axis} axis
   * @param {any} figure  Plotly's layout after it was drawn, with its width; null to draw no lines
   * @param {number} end  the last step of a run that is over, otherwise infinite
   */
  draw(changes, batch, axis, figure, end) {
    this.tell(changes, end);
    const drawn = figure && changes.length ? this.lines(changes, batch, axis, figure) : [];
    const labels = JSON.stringify(drawn.map(({ label }) => label));
    if (labels !== this.labels) { // otherwise they only move: what is pointed at, or has the focus, stays the same node
      this.labels = labels;
      const focused = this.focused();
      this.box.replaceChildren(...drawn.map(({ label }) => button(label)));
      if (focused >= 0) /** @type {HTMLElement} */ (this.box.children[Math.min(focused, drawn.length - 1)])?.focus();
    }
    drawn.forEach((mark, index) => place(/** @type {HTMLElement} */ (this.box.children[index]), mark));
  }

  /** @param {import("./change_marks_model.js").Change[]} changes @param {import("./timeline.js").Columns} batch @param {import("./timeline.js").Axis} axis @param {any} figure */
  lines(changes, batch, axis, figure) {
    const charts = Object.keys(figure).filter((name) => name.startsWith("yaxis")).map((name) => placed(figure, name));
    const [top, bottom] = [Math.min(...charts.map(({ y }) => y)), Math.max(...charts.map(({ y, height }) => y + height))];
    const { x: left, width } = charts[0];
    const range = figure.xaxis.range.map(Number);
    return marks(changes, batch, axis, { left, width, range }).map((mark) => ({
      ...mark, x: Math.round(mark.x), top: Math.round(top), height: Math.round(bottom - top), after: mark.x < left + width / 2,
    }));
  }

  /** The index of the mark that has the focus, −1 if none has. */
  focused() {
    const root = /** @type {Document|ShadowRoot} */ (this.box.getRootNode());
    return [...this.box.children].indexOf(root.activeElement);
  }

  /** @param {import("./change_marks_model.js").Change[]} changes @param {number} end */
  tell(changes, end) {
    const listed = `${changes.length} ${end}`;
    if (listed === this.listed) return;
    this.listed = listed;
    this.list.hidden = !changes.length;
    this.items.replaceChildren(...changes.map((change) => element("li", {}, told(change, end))));
    if (changes.length) say(this.summary, inShort(changes, end));
  }
}

/** @param {string} label */
function button(label) {
  return element("button", { type: "button", class: "pg-mark", "aria-label": label }, element("span", { class: "pg-mark-label", "aria-hidden": "true" }, label));
}

/** @param {HTMLElement} mark @param {{x: number, top: number, height: number, after: boolean}} where */
function place(mark, { x, top, height, after }) {
  Object.assign(mark.style, { left: `${x}px`, top: `${top}px`, height: `${height}px` });
  mark.firstElementChild.toggleAttribute("data-after", after);
}
