/** Maps of one sequence, steps × rows: states, gates, answers or attributions. One cursor for all of them, moved by pointer, arrow keys or
 *  slider; the numbers under it stand above. Root: `.pg-step-maps`, with data-step and data-row.
 *
 * data: label, noun (what a linked row is), steps: names, maps: see `StepMap` with base64 values and ends: [low word, high word], units: of one
 * direction, explain: whether to show how states follow from gates. */

import { fresh, write } from "./canvas.js";
import { component, element, onceAFrame, say } from "./component.js";
import { bytes } from "./predict_protocol.js";
import { css, diverging, mix, rgb } from "./scales.js";
import { arithmetic, cellAt, column, geometry, largest, moved, number, signed, valueAt } from "./step_maps_model.js";

const TOP = 3;
const ROW_LETTERS = 14;
const STEP_LETTERS = 8;

const cut = (name, letters) => (name.length > letters ? `${name.slice(0, letters - 1)}…` : name);

class StepMaps {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.cursor = { step: 0, row: 0 };
    this.maps = [];
    this.steps = [];
    this.draw = onceAFrame(() => this.paint());
    this.slider = element("input", { type: "range", min: 0, step: 1, "aria-label": "Step" });
    this.slider.oninput = () => this.go({ ...this.cursor, step: Number(this.slider.value) });
    this.where = element("b");
    this.bar = element("div", { class: "pg-bar pg-step-bar" }, element("label", {}, "Step", this.slider), this.where);
    this.grid = element("div", { class: "pg-step-grid" });
    this.numbers = element("dl", { class: "pg-step-numbers", "aria-live": "polite" });
    this.sums = element("p", { class: "pg-note" });
    this.head = element("div", { class: "pg-step-head" }, this.bar, this.numbers, this.sums);
    this.root = element("div", { class: "pg-step-maps", role: "group" }, this.head, this.grid);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.grid);
    root.append(this.root);
  }

  /** @param {any} data @param {unknown} _streamlit @param {boolean} changed */
  update(data, _streamlit, changed) {
    if (!changed) return;
    const same = JSON.stringify(data.steps) === JSON.stringify(this.steps) && this.maps.length > 0;
    this.data = data;
    this.steps = data.steps;
    this.maps = data.maps.map((map) => ({ ...map, values: new Float32Array(bytes(map.values).buffer) }));
    this.cursor = same ? { ...this.cursor, row: Math.min(this.cursor.row, this.rows() - 1) } : { step: this.steps.length - 1, row: 0 };
    this.slider.max = String(this.steps.length - 1);
    this.bar.hidden = this.steps.length < 2 || this.maps.length < 2; // arrow keys and pointer are enough for a single map
    this.head.classList.toggle("pg-step-follows", this.maps.length > 2);
    this.root.setAttribute("aria-label", data.label);
    this.grid.replaceChildren(...this.maps.map((map, index) => this.frame(map, index)));
    this.draw();
  }

  /** How many rows the cursor can be on. */
  rows() {
    const linked = this.maps.filter((map) => map.linked);
    return Math.max(1, ...(linked.length ? linked : this.maps).map((map) => map.rows.length));
  }

  frame(map, index) {
    const canvas = element("canvas", { tabindex: 0, role: "img", "aria-label": `${map.title}, ${map.rows.length} × ${this.steps.length}. Arrow keys move the cursor.` });
    const at = (event) => this.point(index, event.offsetX, event.offsetY);
    canvas.addEventListener("pointermove", at);
    canvas.addEventListener("pointerdown", at);
    canvas.addEventListener("keydown", (event) => this.walk(event, map));
    const ramp = element("i", { class: map.low < 0 ? "pg-ramp-signed" : "pg-ramp-plain" });
    const [low, high] = map.ends ?? ["", ""];
    const legend = element("span", { class: "pg-step-legend" }, `${low} ${number(map.low)}`.trim(), ramp, `${number(map.high)} ${high}`.trim());
    return element("figure", {}, element("figcaption", {}, element("b", {}, map.title), legend), canvas);
  }

  /** @param {number} index of the map @param {number} x @param {number} y */
  point(index, x, y) {
    const map = this.maps[index];
    const cell = this.geometries?.[index] && cellAt(this.geometries[index], map, this.steps.length, x, y);
    if (cell) this.go(this.moves(map) ? cell : { ...this.cursor, step: cell.step });
  }

  /** Whether the cursor is on a row of this map. */
  moves(map) {
    return map.linked || !this.maps.some((each) => each.linked);
  }

  walk(event, map) {
    const rows = this.moves(map) ? map.rows.length : 1;
    const to = moved(event.key, { ...this.cursor, row: Math.min(this.cursor.row, rows - 1) }, this.steps.length, rows);
    if (!to) return;
    event.preventDefault();
    this.go(this.moves(map) ? to : { ...this.cursor, step: to.step });
  }

  go(cursor) {
    if (cursor.step === this.cursor.step && cursor.row === this.cursor.row) return;
    this.cursor = cursor;
    this.draw();
  }

  colors() {
    const styles = getComputedStyle(this.root);
    const value = (name) => styles.getPropertyValue(name).trim();
    return {
      text: value("--st-text-color"), muted: value("--pg-muted"), grid: value("--pg-grid"), font: value("--st-font"),
      surface: rgb(value("--st-background-color")), positive: rgb(value("--pg-positive")), negative: rgb(value("--pg-negative")), magnitude: rgb(value("--pg-magnitude")),
    };
  }

  paint() {
    const width = this.grid.firstElementChild?.clientWidth;
    if (!width) return;
    const colors = this.colors();
    const canvases = [...this.grid.querySelectorAll("canvas")];
    this.geometries = this.maps.map((map, index) => this.paintMap(canvases[index], map, width, colors));
    this.tell();
  }

  paintMap(canvas, map, width, colors) {
    const place = geometry(map, this.steps, width);
    const { left, top, across, cell, labels, height, every } = place;
    const pen = fresh(canvas, width, height);
    const scale = diverging(colors.negative, colors.surface, colors.positive);
    const end = Math.max(Math.abs(map.low), Math.abs(map.high)) || 1;
    const color = (value) => css(map.low < 0 ? scale(value / end) : mix(colors.surface, colors.magnitude, value / end));
    const count = this.steps.length;
    map.rows.forEach((_, row) => {
      for (let step = 0; step < count; step++) {
        const value = map.values[row * count + step];
        pen.fillStyle = Number.isFinite(value) ? color(value) : colors.grid;
        pen.fillRect(left + step * across, top + row * cell, across + 0.5, cell + 0.5);
      }
    });
    pen.strokeStyle = colors.grid;
    pen.strokeRect(left - 0.5, top - 0.5, across * count + 1, cell * map.rows.length + 1);
    pen.font = `11px ${colors.font}`;
    const { step: at, row: on } = this.cursor;
    map.rows.forEach((name, row) => {
      const here = this.moves(map) && row === on;
      if (row % every !== 0 && !here) return;
      if (!here && this.moves(map) && Math.abs(row - on) < every) return;
      pen.fillStyle = here ? colors.text : colors.muted;
      write(pen, cut(name, ROW_LETTERS), left - 5, top + (row + 0.5) * cell, "right");
    });
    this.steps.forEach((name, step) => {
      if (labels === "none" && step !== at) return;
      pen.fillStyle = step === at ? colors.text : colors.muted;
      const middle = left + (step + 0.5) * across;
      if (labels === "turned") {
        pen.save();
        pen.translate(middle, top - 4);
        pen.rotate(-Math.PI / 2);
        write(pen, cut(name, STEP_LETTERS), 0, 0, "left");
        pen.restore();
      } else {
        const half = pen.measureText(name).width / 2;
        write(pen, name, Math.min(width - half - 1, Math.max(half, middle)), top - 8);
      }
    });
    pen.strokeStyle = colors.text;
    pen.lineWidth = 1.5;
    pen.strokeRect(left + at * across, top - 1, across, cell * map.rows.length + 2);
    if (this.moves(map)) pen.strokeRect(left + at * across - 1, top + on * cell - 1, across + 2, cell + 2);
    return place;
  }

  /** The numbers under the cursor. */
  tell() {
    const { step, row } = this.cursor;
    const name = this.steps[step];
    const named = name === String(step + 1) ? "" : ` “${name}”`;
    const lead = this.maps.find((map) => this.moves(map));
    say(this.where, `${step + 1} of ${this.steps.length}${named}`);
    this.slider.value = String(step);
    this.slider.setAttribute("aria-valuetext", `step ${step + 1}${named}`);
    Object.assign(this.root.dataset, { step, row });
    const items = this.maps.map((map) => {
      const value = this.moves(map)
        ? (map.low < 0 ? signed : number)(valueAt(map, this.steps.length, this.cursor))
        : (map.low < 0 ? column : largest)(map, this.steps.length, step, TOP).map((each) => (map.rows.length > 1 ? `${each.name} ${number(each.value)}` : number(each.value))).join(", ") || "–";
      return element("div", {}, element("dt", {}, map.title), element("dd", {}, value));
    });
    const where = element("div", {}, element("dt", {}, "At"), element("dd", {}, `step ${step + 1}${named}${lead ? `, ${this.data.noun ? `${this.data.noun} ` : ""}${lead.rows[Math.min(row, lead.rows.length - 1)]}` : ""}`));
    this.numbers.replaceChildren(where, ...items);
    this.sums.replaceChildren(...(this.data.explain ? arithmetic(this.maps, this.steps.length, this.cursor, this.data.units) : []).flatMap((line) => [line, element("br")]));
    this.sums.hidden = !this.sums.childNodes.length;
  }

  destroy() {
    this.draw.cancel();
    this.sizes.disconnect();
  }
}

export default component((root) => new StepMaps(root), ["step_maps.css"]);
