/** One training step taken apart: forward, loss, backward, update. Root: `.pg-one-step`, with data-phase, data-step, data-path and data-unit.
 *
 * data: see `step_data` in playground/web/one_step_data.py; notes: sentences; points: training points to choose from, if they are of a plane.
 * State for Python: `picked`, {path, unit, weight} or {example}. */

import { fresh, write } from "./canvas.js";
import { component, element, onceAFrame, remember, remembered, say } from "./component.js";
import { loss as short } from "./numbers.js";
import {
  ABOUT, MOST_WRITTEN, PHASES, TITLES, cellAt, cellOf, cornerOf, drawn, geometry, indexOf, later, moved, nearest, phaseAfter, shared, shares, unitAt,
} from "./one_step_model.js";
import { bytes } from "./predict_protocol.js";
import { css, diverging, ink, rgb } from "./scales.js";

const SIDE = 140;
const DOT = 3;

class OneStep {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.phase = PHASES.includes(remembered("one-step", {}).phase) ? remembered("one-step", {}).phase : "forward";
    this.draw = onceAFrame(() => this.paint());
    this.notes = element("div", { class: "pg-one-step-notes" });
    this.points = element("canvas", { class: "pg-one-step-points", role: "img" });
    this.points.addEventListener("click", (event) => this.pickPoint(event));
    this.phases = element("div", { class: "pg-one-step-phases", role: "radiogroup", "aria-label": "Phase" }, ...PHASES.map((phase) => this.phaseButton(phase)));
    this.back = this.turn("Previous phase", -1, "‹");
    this.on = this.turn("Next phase", 1, "›");
    this.about = element("p", { class: "pg-note", "aria-live": "polite" });
    this.flow = element("ol", { class: "pg-one-step-flow" });
    const bar = element("div", { class: "pg-one-step-bar" }, this.back, this.phases, this.on);
    this.root = element("div", { class: "pg-one-step" }, this.notes, bar, this.about, this.flow);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.flow);
    root.append(this.root);
  }

  phaseButton(phase) {
    const button = element("button", { type: "button", role: "radio", "data-phase": phase }, TITLES[phase]);
    button.addEventListener("click", () => this.go(phase));
    button.addEventListener("keydown", (event) => {
      const to = phaseAfter(event.key, this.phase);
      if (to === null) return;
      event.preventDefault();
      this.go(to);
      /** @type {HTMLElement} */ (this.phases.querySelector(`[data-phase=${to}]`)).focus();
    });
    return button;
  }

  turn(title, by, text) {
    const button = element("button", { type: "button", class: "pg-button", "aria-label": title, title }, text);
    button.addEventListener("click", () => this.go(later(this.phase, by)));
    return button;
  }

  /** @param {any} data @param {any} streamlit @param {boolean} changed */
  update(data, { setStateValue }, changed) {
    this.pick = (picked) => setStateValue("picked", { ...picked, at: Date.now() }); // a state that is set again must differ to be noticed
    if (!changed) return;
    const focused = this.focused();
    this.data = data;
    this.numbers = new Map();
    this.rebuild();
    this.refocus(focused);
  }

  /** @param {import("./one_step_model.js").Phase} phase */
  go(phase) {
    if (phase === this.phase) return;
    this.phase = phase;
    remember("one-step", { phase });
    this.rebuild();
  }

  /** What has the focus inside the flow, to be found again after it was built anew. */
  focused() {
    const at = /** @type {HTMLElement|null} */ (this.flow.querySelector(":focus"));
    return at && { path: at.closest("[data-layer]")?.getAttribute("data-layer"), weight: at.getAttribute("data-weight") };
  }

  refocus(focused) {
    if (!focused?.path) return;
    const layer = this.flow.querySelector(`[data-layer="${CSS.escape(focused.path)}"]`);
    const at = focused.weight ? layer?.querySelector(`[data-weight="${CSS.escape(focused.weight)}"]`) : layer?.querySelector("canvas");
    /** @type {HTMLElement|null|undefined} */ (at)?.focus({ preventScroll: true });
  }

  rebuild() {
    const { data, phase } = this;
    const { picked } = data;
    Object.assign(this.root.dataset, { phase, step: data.step, path: picked.path, unit: picked.unit });
    for (const button of this.phases.children) {
      const is = button.getAttribute("data-phase") === phase;
      button.setAttribute("aria-checked", String(is));
      button.setAttribute("tabindex", is ? "0" : "-1");
    }
    this.back.disabled = phase === PHASES[0];
    this.on.disabled = phase === PHASES[PHASES.length - 1];
    say(this.about, ABOUT[phase]);
    this.notes.replaceChildren(...data.notes.map((note) => element("p", { class: "pg-note" }, note)));
    const layers = phase === "loss" ? data.layers.slice(-1) : data.layers;
    const rows = [...(phase === "forward" || phase === "backward" ? [this.input()] : []), ...layers.map((layer) => this.layer(layer)), this.loss()];
    const order = phase === "backward" ? [...rows].reverse() : rows;
    order.forEach((row, index) => row.style.setProperty("--pg-turn", String(index / order.length)));
    this.flow.replaceChildren(...rows);
    this.draw();
  }

  input() {
    const { input } = this.data;
    const head = element("div", { class: "pg-one-step-head" }, element("b", {}, "Input"), element("span", {}, input.shape));
    const names = element("p", { class: "pg-one-step-names" }, input.names.join(input.layout ? ", " : " "));
    const strip = input.layout ? [this.strip("input", input.layout, input.values, "Input")] : [];
    const plane = this.data.points ? [this.points] : [];
    const body = element("div", { class: "pg-one-step-input" }, ...plane, element("div", {}, ...strip, ...(input.names.length ? [names] : [])));
    return element("li", { class: "pg-one-step-row" }, head, body);
  }

  layer(layer) {
    const { phase, data } = this;
    const is = layer.path === data.picked.path;
    const head = element(
      "div", { class: "pg-one-step-head" },
      element("b", {}, `${layer.number} ${layer.title}`), element("span", {}, layer.shape), element("span", { class: "pg-one-step-formula" }, layer.formula),
    );
    const body = element("div", {});
    if (phase === "update") body.append(this.weights(layer));
    else if (phase === "backward" && !layer.gradient) body.append(element("p", { class: "pg-note" }, "No gradient is computed here: nothing before it learns."));
    else body.append(this.strip(layer.path, layer.layout, phase === "backward" ? layer.gradient : layer.values, `${layer.title}, ${phase === "backward" ? "gradients" : "outputs"}`));
    const row = element("li", { class: `pg-one-step-row${is ? " pg-one-step-picked" : ""}${layer.depth ? " pg-one-step-inside" : ""}`, "data-layer": layer.path }, head, body);
    if (is && phase !== "loss") row.append(this.detail());
    return row;
  }

  /** The weights of a layer in numbers. */
  weights(layer) {
    if (!layer.weights.length) return element("p", { class: "pg-note" }, "No weights that learn.");
    const cells = (each) => [each.before, each.gradient, each.step, each.ratio === null ? "–" : each.ratio.toPrecision(2)].map((text) => element("td", {}, text));
    const rows = layer.weights.map((each) => element("tr", {}, element("th", { scope: "row" }, `${each.name} ${each.shape}`), ...cells(each)));
    const table = element("table", {}, this.columns("", "norm of weights", "of gradient", "of step", "step/weights"), ...rows);
    const choose = layer.path === this.data.picked.path ? [] : [this.chooser(layer)];
    return element("div", { class: "pg-one-step-table" }, table, ...choose);
  }

  chooser(layer) {
    const button = element("button", { type: "button", class: "pg-button pg-one-step-choose" }, "Show its weights");
    button.addEventListener("click", () => this.pick({ path: layer.path }));
    return button;
  }

  columns(...titles) {
    return element("tr", {}, ...titles.map((title) => element("th", { scope: "col" }, title)));
  }

  line({ formula, numbers, result }) {
    const equals = numbers ? [element("span", {}, `= ${numbers}`)] : [];
    return element("div", { class: "pg-one-step-line" }, element("code", {}, formula), ...equals, ...(result === null ? [] : [element("strong", {}, `= ${result}`)]));
  }

  /** The picked unit in numbers. */
  detail() {
    const { picked } = this.data;
    const detail = element("div", { class: "pg-one-step-detail", role: "group", "aria-label": "In numbers", "aria-live": "polite" });
    if (this.phase === "update") {
      if (picked.weights.length) detail.append(this.weightTable(), ...picked.update.map((line) => this.line(line)));
      return detail;
    }
    const line = this.phase === "forward" ? picked.output : picked.gradient;
    detail.append(element("p", {}, element("b", {}, picked.name)), ...(line ? [this.line(line)] : []));
    return detail;
  }

  weightTable() {
    const { picked, optimizer, rate } = this.data;
    const rows = picked.weights.map((each) => {
      const key = `${each.name} ${each.index}`;
      const is = picked.weight && picked.weight[0] === each.name && picked.weight[1] === each.index;
      const button = element("button", { type: "button", "data-weight": key, "aria-pressed": String(is) }, each.label);
      button.addEventListener("click", () => this.pick({ path: picked.path, unit: picked.unit, weight: [each.name, each.index] }));
      return element("tr", { class: is ? "pg-one-step-chosen" : "" }, element("th", { scope: "row" }, button), ...each.numbers.map((text) => element("td", {}, text)));
    });
    const others = picked.others > 0 ? ` ${picked.others.toLocaleString("en")} other weights of this layer change, too. Indices count from 1.` : "";
    return element(
      "div", {},
      element("p", {}, element("b", {}, picked.name), `: ${optimizer}, learning rate lr = ${rate}.${others}`),
      element("div", { class: "pg-one-step-table" }, element("table", {}, this.columns("weight", "old", "gradient", "step", "new"), ...rows)),
    );
  }

  loss() {
    const { loss } = this.data;
    const head = element("div", { class: "pg-one-step-head" }, element("b", {}, "Loss"), element("span", {}, loss.title), ...(loss.target ? [element("span", {}, `target: ${loss.target}`)] : []), element("strong", { class: "pg-one-step-loss" }, `L = ${loss.value}`));
    const row = element("li", { class: "pg-one-step-row pg-one-step-last" }, head);
    const body = element("div", {});
    row.append(body);
    if (this.phase !== "loss") return row;
    row.classList.add("pg-one-step-picked");
    const detail = element("div", { class: "pg-one-step-detail" });
    if (loss.answer) detail.append(element("p", {}, `Of the answers, ${loss.answer} has the largest loss:`));
    detail.append(...loss.lines.map((line) => this.line(line)));
    if (loss.outputs.length) {
      const rows = loss.outputs.map(([name, ...numbers]) => element("tr", {}, element("th", { scope: "row" }, name), ...numbers.map((text) => element("td", {}, text))));
      detail.append(element("div", { class: "pg-one-step-table" }, element("table", {}, this.columns("", ...loss.columns), ...rows)));
      if (loss.more > 0) detail.append(element("p", { class: "pg-note" }, `and ${loss.more.toLocaleString("en")} outputs with smaller gradients`));
    }
    row.append(detail);
    return row;
  }

  /** Numbers as colors, with their scale. */
  strip(path, layout, values, label) {
    const canvas = element("canvas", { "data-strip": path, role: "img", "aria-label": `${label}: ${layout.count.toLocaleString("en")} numbers, at most ${values.ends} in magnitude.` });
    const count = drawn(layout) < layout.count ? `${drawn(layout).toLocaleString("en")} of ${layout.count.toLocaleString("en")}` : "";
    const legend = element("span", { class: "pg-one-step-legend" }, `−${values.ends}`, element("i"), values.ends, ...(count ? [element("em", {}, count)] : []));
    if (path !== "input") {
      canvas.setAttribute("tabindex", "0");
      canvas.setAttribute("aria-label", `${canvas.getAttribute("aria-label")} Arrow keys choose one.`);
      canvas.addEventListener("click", (event) => this.pickCell(path, layout, canvas, event));
      canvas.addEventListener("keydown", (event) => this.walk(event, path, layout));
    }
    this.numbers.set(path, { layout, high: values.high, values: shares(bytes(values.shares)) });
    return element("div", { class: "pg-one-step-strip" }, canvas, legend);
  }

  pickCell(path, layout, canvas, event) {
    const cell = cellAt(layout, geometry(layout, canvas.parentElement.clientWidth), event.offsetX, event.offsetY);
    if (cell) this.pick({ path, unit: unitAt(layout, cell) });
  }

  walk(event, path, layout) {
    const { picked } = this.data;
    const from = (picked.path === path && cellOf(layout, picked.unit)) || { map: 0, row: 0, column: 0 };
    const to = picked.path === path ? moved(event.key, layout, from) : event.key.startsWith("Arrow") ? from : null;
    if (!to) return;
    event.preventDefault();
    this.pick({ path, unit: unitAt(layout, to) });
  }

  pickPoint(event) {
    const { places, rows, bounds } = this.data.points;
    const index = nearest(shared(places, bounds), event.offsetX / SIDE, 1 - event.offsetY / SIDE);
    if (index >= 0) this.pick({ example: rows[index] });
  }

  paint() {
    const styles = getComputedStyle(this.root);
    const color = (name) => styles.getPropertyValue(name).trim();
    const scale = diverging(rgb(color("--pg-negative")), rgb(color("--st-background-color")), rgb(color("--pg-positive")));
    for (const canvas of /** @type {NodeListOf<HTMLCanvasElement>} */ (this.flow.querySelectorAll("canvas[data-strip]"))) {
      const path = canvas.dataset.strip;
      this.paintStrip(canvas, path, this.numbers.get(path), scale, color);
    }
    if (this.data?.points) this.paintPoints(scale, color);
  }

  paintStrip(canvas, path, { layout, values, high }, scale, color) {
    const width = canvas.parentElement.clientWidth;
    if (!width) return;
    const place = geometry(layout, width);
    canvas.style.width = `${place.width}px`;
    const pen = fresh(canvas, place.width, place.height);
    const { picked } = this.data;
    const on = path === picked.path ? cellOf(layout, picked.unit) : null;
    for (let map = 0; map < layout.maps; map++) {
      for (let row = 0; row < layout.rows; row++) {
        for (let column = 0; column < layout.columns; column++) {
          const cell = { map, row, column };
          const share = values[indexOf(layout, cell)];
          if (share === undefined) continue;
          const [x, y] = cornerOf(place, cell);
          pen.fillStyle = css(scale(share));
          pen.fillRect(x, y, place.cell[0] + 0.3, place.cell[1] + 0.3);
          if (layout.count > MOST_WRITTEN || place.cell[0] < 40) continue;
          pen.fillStyle = ink(scale(share));
          pen.font = `12px ${color("--st-font")}`;
          write(pen, share === 0 ? "0" : short(share * high), x + place.cell[0] / 2, y + place.cell[1] / 2);
        }
      }
      const [x, y] = cornerOf(place, { map, row: 0, column: 0 });
      pen.strokeStyle = color("--pg-grid");
      if (layout.rows > 1 || layout.maps > 1) pen.strokeRect(x + 0.5, y + 0.5, place.map[0] - 4, place.map[1] - 4);
    }
    if (place.cell[0] >= 8 && layout.maps === 1) this.rule(pen, layout, place, values.length, color);
    if (on) {
      const [x, y] = cornerOf(place, on);
      pen.strokeStyle = color("--st-text-color");
      pen.lineWidth = 2;
      pen.strokeRect(x + 1, y + 1, Math.max(2, place.cell[0] - 2), Math.max(2, place.cell[1] - 2));
    }
  }

  /** Lines between large cells. */
  rule(pen, layout, place, count, color) {
    pen.strokeStyle = color("--pg-grid");
    for (let index = 0; index < count; index++) {
      const [x, y] = cornerOf(place, { map: 0, row: Math.floor(index / layout.columns), column: index % layout.columns });
      pen.strokeRect(x + 0.5, y + 0.5, place.cell[0] - 1, place.cell[1] - 1);
    }
  }

  paintPoints(scale, color) {
    const { places, rows, marks, classes, bounds, picked } = this.data.points;
    this.points.style.width = `${SIDE}px`;
    this.points.setAttribute("aria-label", `Training points. Example ${picked + 1} is picked; click on another one, or type its number above.`);
    const pen = fresh(this.points, SIDE, SIDE);
    const at = shared(places, bounds);
    pen.strokeStyle = color("--pg-grid");
    pen.strokeRect(0.5, 0.5, SIDE - 1, SIDE - 1);
    const dot = (index, radius) => {
      pen.beginPath();
      pen.arc(at[index][0] * SIDE, (1 - at[index][1]) * SIDE, radius, 0, 2 * Math.PI);
    };
    places.forEach((_, index) => {
      const two = classes.length === 2 ? css(scale(marks[index] ? 1 : -1)) : color(`--pg-class-${marks[index] % 10}`);
      pen.fillStyle = classes.length ? two : css(scale(2 * marks[index] - 1));
      dot(index, DOT);
      pen.fill();
    });
    dot(rows.indexOf(picked), DOT + 4);
    pen.strokeStyle = color("--st-text-color");
    pen.lineWidth = 2.5;
    pen.stroke();
  }

  destroy() {
    this.draw.cancel();
    this.sizes.disconnect();
  }
}

export default component((root) => new OneStep(root), ["one_step.css"]);
