/** Live views of a run's predictions, as the run declares them. Root: `.pg-live-view`. */

import { component, element, onceAFrame, remember, remembered, say } from "./component.js";
import { count } from "./numbers.js";
import { follow } from "./socket.js";
import { viewColors } from "./view_colors.js";
import { FORMS } from "./views/index.js";

/**
 * @typedef {{name: string, title: string, tab: string, form: string, caption: string, axes: string[], classes: string[],
 *   bounds: number[]|null, middle?: number, shown: boolean, symbols?: string[]}} Declared  see `DeclaredView` in playground/training/views/base.py
 */

/** Views created on this page: each has its own group of radio buttons. */
let created = 0;

/** The view to show, out of those available. @param {{name: string}[]} views @param {string} [wanted] */
export const picked = (views, wanted) => views.find(({ name }) => name === wanted) ?? views[0];

/** The views that the page offers: as the run declares them or, without a run, as the page expects them. Those of an unknown form are
 *  left out. @param {Declared[]|undefined} declared @param {Declared[]} expected */
export const offered = (declared, expected) => (declared ?? expected).filter(({ shown, form }) => shown && Object.hasOwn(FORMS, form));

class LiveView {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.run = undefined;
    this.channel = null;
    this.view = null;
    /** @type {Declared[]} */
    this.views = [];
    /** @type {Declared|undefined} */
    this.declared = undefined;
    this.pointed = null;
    this.frames = 0;
    this.draw = onceAFrame(() => this.paint());
    this.canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { tabindex: 0, role: "img", "aria-label": "Live predictions" }));
    this.note = element("p", { class: "pg-note" });
    this.shown = remembered("live-view", { tests: false, name: "" });
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
    // A finger leaves with the end of the tap: what it pointed at stays.
    this.canvas.addEventListener("pointerleave", (event) => event.pointerType === "touch" || this.point(-1, -1));
    this.canvas.addEventListener("blur", () => this.point(-1, -1));
    this.canvas.addEventListener("keydown", (event) => this.walk(event));
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.stage);
    root.append(this.figure);
  }

  /** @param {any} data @param {unknown} _streamlit @param {boolean} changed */
  update(data, _streamlit, changed) {
    if (!changed) return;
    this.data = data;
    if (data.run !== this.run) {
      this.leaveRun();
      this.run = data.run;
      this.channel = null;
      this.view = null;
      this.leave = data.run ? follow(data.run, (channel, news) => this.receive(channel, news)) : undefined;
    }
    this.offer();
    this.draw();
  }

  /** Shows the available views as tabs, if they are others than before. */
  offer() {
    const views = offered(this.channel?.declared?.views, this.data.views);
    if (JSON.stringify(views) === JSON.stringify(this.views)) return;
    this.views = views;
    this.choose(picked(views, this.shown.name));
    const tab = ({ name, tab: text }) => element("label", {}, element("input", { type: "radio", name: this.group, value: name, checked: name === this.declared?.name }), text);
    this.tabs.replaceChildren(this.tabs.firstChild, ...views.map(tab));
    this.tabs.hidden = views.length < 2;
    this.bar.hidden = views.length < 2 && !views[0]?.bounds;
  }

  /** @param {Declared|undefined} declared */
  choose(declared) {
    this.declared = declared;
    this.pointed = null;
    this.ringed.hidden = !declared?.bounds;
    this.view = (declared && this.channel?.views.get(declared.name)) ?? null;
    this.look();
  }

  /** Tells the server which view is on the screen. */
  look() {
    this.channel?.want(this, this.declared ? { [this.declared.name]: [] } : {});
  }

  leaveRun() {
    this.channel?.want(this, {});
    this.leave?.();
  }

  /** @param {string} name */
  pick(name) {
    this.shown.name = name;
    remember("live-view", this.shown);
    this.choose(picked(this.views, name));
    this.draw();
  }

  /** @param {import("./socket.js").Channel} channel @param {import("./socket.js").News} news */
  receive(channel, news) {
    this.channel = channel;
    if (news === "declared") {
      this.offer();
      this.look();
      this.draw();
      return;
    }
    const view = (this.declared && channel.views.get(this.declared.name)) ?? null;
    if (news !== "view" || view === this.view) return;
    this.view = view;
    this.draw();
  }

  /** The newest view, with what was declared for it; null if there is none, or if it belongs to other data. */
  subject() {
    if (!this.view || !this.declared) return null;
    const { form, classes, bounds, symbols = [] } = this.declared;
    const view = { ...this.view, classes, symbols, bounds: this.view.bounds ?? bounds };
    return FORMS[form].fits?.(view) === false ? null : view;
  }

  paint() {
    const width = this.stage.clientWidth;
    if (!width || !this.declared) return;
    const { name, title, caption, form, classes, axes, bounds, middle } = this.declared;
    const { points, height } = this.data;
    const subject = this.subject();
    const look = { width, height, classes, axes, bounds, middle, points: bounds && points, colors: viewColors(this.figure), pointed: this.pointed, tests: this.shown.tests };
    const drawing = FORMS[form];
    // Without a run, some forms would be a blank square: only the caption is shown. A plane shows the data.
    const blank = Boolean(drawing.blank) && !this.run;
    this.canvas.hidden = blank;
    this.geometry = blank ? null : drawing.draw(this.canvas, subject, look);
    const data = { run: this.run ?? "", name, step: this.view?.step ?? "", frames: ++this.frames };
    Object.assign(this.figure.dataset, data);
    const words = subject ? drawing.words(subject, look) : "Nothing to show until the first evaluation.";
    this.canvas.setAttribute("aria-label", `${title}. ${words}`);
    const pointed = this.pointed && subject && drawing.pointedWords?.(subject, look, this.pointed);
    say(this.note, pointed || (subject ? `${words} Step ${count(this.view.step)}. ` : "") + caption);
  }

  /** @param {number} x @param {number} y in CSS pixels of the canvas; outside of the plot: points at nothing */
  point(x, y) {
    const pointed = (this.declared && this.geometry && FORMS[this.declared.form].at?.(this.geometry, x, y)) ?? null;
    if (!pointed && !this.pointed) return;
    this.pointed = pointed;
    this.draw();
  }

  /** Arrow keys move from cell to cell, or across the plane. @param {KeyboardEvent} event */
  walk(event) {
    const move = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    const beside = this.declared && FORMS[this.declared.form].beside;
    if (!move || !this.geometry || !beside) return;
    event.preventDefault();
    this.pointed = beside(this.geometry, this.pointed, move);
    this.draw();
  }

  destroy() {
    this.leaveRun();
    this.draw.cancel();
    this.sizes.disconnect();
  }
}

export default component((root) => new LiveView(root), ["live.css"]);
