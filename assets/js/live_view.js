/** Live predictions of a run: confusion matrix, decision boundary, curve, fit or reconstruction. Root: `.pg-live-view`. */

import { component, element, onceAFrame, remember, remembered, say } from "./component.js";
import { count } from "./numbers.js";
import { follow } from "./socket.js";
import { drawBoundary, pointText, summary as boundarySummary } from "./views/boundary.js";
import { cellText, drawConfusion, summary as confusionSummary } from "./views/confusion.js";
import { drawCurve, pointText as curveText, summary as curveSummary } from "./views/curve.js";
import { drawFit, summary as fitSummary } from "./views/fit.js";
import { drawReconstruction, summary as reconstructionSummary } from "./views/reconstruction.js";

export const TITLES = { confusion: "Confusion matrix", boundary: "Predictions across the plane", curve: "Predictions along the axis", fit: "Predictions and targets of the test set", reconstruction: "Reconstructions of test images" };
export const CAPTIONS = {
  confusion: "Confusion matrix: rows are true classes, columns predicted classes; correct predictions lie on the diagonal.",
  boundary: "The background shows the predicted class at each point; the stronger the color, the more confident.",
  value: "The background shows the prediction at each point: orange below zero, blue above.",
  curve: "The prediction at every x: close to the training points where there are any, a guess elsewhere.",
  fit: "Each dot is a test example; on the dashed line, the prediction equals the target.",
  reconstruction: "Top: the input. Middle: the network's output. Bottom: the target.",
};
export const TABS = { confusion: "classes", boundary: "plane", curve: "curve", fit: "fit", reconstruction: "images" };
/** What draws each view. */
export const DRAWINGS = { confusion: drawConfusion, boundary: drawBoundary, curve: drawCurve, fit: drawFit, reconstruction: drawReconstruction };
/** Views that draw the data points, and test points on request. */
export const OVER_POINTS = ["boundary", "curve"];
const CLASSES = 10;
/** Views created on this page: each has its own group of radio buttons. */
let created = 0;

/** The view to show, out of those available. @param {string[]} names @param {string} [wanted] */
export const picked = (names, wanted) => (wanted && names.includes(wanted) ? wanted : names[0]);

class LiveView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.run = undefined;
    this.channel = null;
    this.view = null;
    this.pointed = null;
    this.frames = 0;
    this.draw = onceAFrame(() => this.paint());
    this.canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { tabindex: 0, role: "img", "aria-label": "Live predictions" }));
    this.note = element("p", { class: "pg-note" });
    this.shown = remembered("live-view", { tests: false, name: "boundary" });
    const tests = element("input", { type: "checkbox", checked: this.shown.tests });
    tests.onchange = () => {
      this.shown.tests = tests.checked;
      remember("live-view", this.shown);
      this.draw();
    };
    this.group = `pg-view-${++created}`;
    this.tabs = element("fieldset", {}, element("legend", { class: "pg-visually-hidden" }, "View"));
    this.tabs.onchange = (event) => this.pick(/** @type {HTMLInputElement} */ (event.target).value);
    this.ringed = element("label", {}, tests, "show test points (ringed)");
    this.bar = element("div", { class: "pg-bar" }, this.tabs, this.ringed);
    this.stage = element("div", { class: "pg-stage" }, this.canvas);
    this.figure = element("figure", { class: "pg-live-view" }, this.stage, this.bar, this.note);
    this.canvas.addEventListener("pointermove", (event) => this.point(event.offsetX, event.offsetY));
    this.canvas.addEventListener("pointerdown", (event) => this.point(event.offsetX, event.offsetY));
    this.canvas.addEventListener("pointerleave", () => this.point(-1, -1));
    this.canvas.addEventListener("blur", () => this.point(-1, -1));
    this.canvas.addEventListener("keydown", (event) => this.walk(event));
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.stage);
    root.append(this.figure);
  }

  /** @param {any} data @param {unknown} _streamlit @param {boolean} changed */
  update(data, _streamlit, changed) {
    if (!changed) return;
    if (String(data.names) !== String(this.data?.names)) this.offer(data.names);
    this.data = data;
    if (data.run !== this.run) {
      this.leave?.();
      this.run = data.run;
      this.channel = null;
      this.view = null;
      this.leave = data.run ? follow(data.run, (channel, news) => this.receive(channel, news)) : undefined;
    }
    this.draw();
  }

  /** Shows the available views as tabs. @param {string[]} names */
  offer(names) {
    this.name = picked(names, this.shown.name);
    const tab = (name) => element("label", {}, element("input", { type: "radio", name: this.group, value: name, checked: name === this.name }), TABS[name]);
    this.tabs.replaceChildren(this.tabs.firstChild, ...names.map(tab));
    this.tabs.hidden = names.length === 1;
    this.bar.hidden = names.length === 1 && !OVER_POINTS.includes(names[0]);
    this.ringed.hidden = !OVER_POINTS.includes(this.name);
  }

  /** @param {string} name */
  pick(name) {
    this.name = name;
    this.shown.name = name;
    remember("live-view", this.shown);
    this.ringed.hidden = !OVER_POINTS.includes(name);
    this.pointed = null;
    this.view = this.channel?.views.get(name) ?? null;
    this.draw();
  }

  /** @param {import("./socket.js").Channel} channel @param {import("./socket.js").News} news */
  receive(channel, news) {
    this.channel = channel;
    const view = channel.views.get(this.name) ?? null;
    if (news !== "view" || view === this.view) return;
    this.view = view;
    this.draw();
  }

  colors() {
    const styles = getComputedStyle(this.figure);
    const value = (name) => styles.getPropertyValue(name).trim();
    return {
      text: value("--st-text-color"), muted: value("--pg-muted"), grid: value("--pg-grid"), border: value("--st-border-color"),
      surface: value("--st-background-color"), font: value("--st-font"), positive: value("--pg-positive"), negative: value("--pg-negative"),
      train: value("--pg-train"), test: value("--pg-test"), magnitude: value("--pg-magnitude"),
      classes: Array.from({ length: CLASSES }, (_, number) => value(`--pg-class-${number}`)),
    };
  }

  /** The newest view as its drawing function expects it; null if there is none, or if it belongs to other data. */
  subject() {
    if (!this.view) return null;
    const { name, data: { classes } } = this;
    const [first] = this.view.shape;
    if (name === "confusion") return first === classes.length ? { ...this.view, size: first, classes } : null;
    return OVER_POINTS.includes(name) ? { ...this.view, bounds: this.view.bounds ?? this.data.bounds } : this.view;
  }

  paint() {
    const width = this.stage.clientWidth;
    if (!width || !this.data) return;
    const { name, data: { classes, bounds, points, height } } = this;
    const subject = this.subject();
    const look = { width, height, classes, labels: classes, bounds, points, colors: this.colors(), pointed: this.pointed, tests: this.shown.tests };
    // Without a run, a matrix would be a blank square: only its caption is shown. A plane shows the data.
    const blank = name === "confusion" && !this.run;
    this.canvas.hidden = blank;
    this.geometry = blank ? null : DRAWINGS[name](this.canvas, subject, look);
    const data = { run: this.run ?? "", name, step: this.view?.step ?? "", frames: ++this.frames };
    Object.assign(this.figure.dataset, data);
    const words = subject ? this.words(subject) : "Nothing to show until the first evaluation.";
    this.canvas.setAttribute("aria-label", `${TITLES[name]}. ${words}`);
    say(this.note, this.pointedText(subject) || (subject ? `${words} Step ${count(this.view.step)}. ` : "") + CAPTIONS[name === "boundary" && !classes.length ? "value" : name]);
  }

  words(subject) {
    const { name, data: { classes, points } } = this;
    if (name === "confusion") return confusionSummary(subject);
    if (name === "curve") return curveSummary(subject, points?.truth);
    if (name === "reconstruction") return reconstructionSummary(subject);
    return name === "boundary" ? boundarySummary(subject, classes) : fitSummary(subject);
  }

  /** What is under the pointer, in words, or "". */
  pointedText(subject) {
    if (!this.pointed || !subject) return "";
    if (this.name === "confusion") return cellText(subject, this.pointed.row, this.pointed.column);
    if (this.name === "curve") return curveText(subject, this.pointed.x1, this.data.points?.truth);
    return this.name === "boundary" ? pointText(subject, this.data.classes, this.pointed.x1, this.pointed.x2) : "";
  }

  /** @param {number} x @param {number} y in CSS pixels of the canvas; outside of the plot: points at nothing */
  point(x, y) {
    const area = this.geometry;
    let pointed = null;
    if (area && this.name === "confusion") {
      const [column, row] = [Math.floor((x - area.left) / area.cell), Math.floor((y - area.top) / area.cell)];
      if (row >= 0 && column >= 0 && row < area.size && column < area.size) pointed = { row, column };
    } else if (area && x >= area.left && y >= area.top && x <= area.left + area.side && y <= area.top + (area.down ?? area.side)) {
      const span = area.high - area.low;
      pointed = { x1: area.low + ((x - area.left) / area.side) * span, x2: area.high - ((y - area.top) / area.side) * span };
    }
    if (!pointed && !this.pointed) return;
    this.pointed = pointed;
    this.draw();
  }

  /** Arrow keys move from cell to cell, or across the plane. @param {KeyboardEvent} event */
  walk(event) {
    const move = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (!move || !this.geometry || this.name === "fit") return;
    event.preventDefault();
    const area = this.geometry;
    if (this.name === "confusion") {
      const { row, column } = this.pointed ?? { row: 0, column: 0 };
      const held = (value) => Math.min(area.size - 1, Math.max(0, value));
      this.pointed = this.pointed ? { row: held(row + move[1]), column: held(column + move[0]) } : { row, column };
    } else {
      const { x1, x2 } = this.pointed ?? { x1: (area.low + area.high) / 2, x2: (area.low + area.high) / 2 };
      const step = (area.high - area.low) / 24;
      const held = (value) => Math.min(area.high, Math.max(area.low, value));
      this.pointed = { x1: held(x1 + move[0] * step), x2: held(x2 - move[1] * step) };
    }
    this.draw();
  }

  destroy() {
    this.leave?.();
    this.draw.cancel();
    this.sizes.disconnect();
  }
}

export default component((root) => new LiveView(root), ["live.css"]);
