/** Live views of a run's predictions, as the run declares them. Root: `.pg-live-view`. */

import { component, element, onceAFrame, remember, remembered, say } from "./component.js";
import { count } from "./numbers.js";
import { follow } from "./socket.js";
import { viewColors } from "./view_colors.js";
import { FORMS } from "./views/index.js";

/**
 * @typedef {{name: string, title: string, tab: string, form: string, caption: string, axes: string[], classes: string[],
 *   bounds: number[]|null, middle?: number, shown: boolean, symbols?: string[], choices?: string[], captions?: string[]}} Declared  see `DeclaredView` in playground/training/views/base.py
 */

/** The name of the view that says which points are classified wrongly. */
const ANSWERS = "points";
/** What a form may let people switch on. */
const TOGGLES = { tests: "show test points (ringed)", discrete: "discrete output", errors: "mark errors" };
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
    this.shown = remembered("live-view", { tests: false, discrete: false, errors: false, name: "", choices: {} });
    this.toggles = Object.entries(TOGGLES).map(([name, text]) => {
      const box = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox", checked: this.shown[name] }));
      box.onchange = () => {
        this.shown[name] = box.checked;
        remember("live-view", this.shown);
        this.look();
        this.draw();
      };
      return { name, label: element("label", {}, box, text) };
    });
    this.group = `pg-view-${++created}`;
    this.tabs = element("fieldset", {}, element("legend", { class: "pg-visually-hidden" }, "View"));
    this.tabs.onchange = (event) => this.pick(/** @type {HTMLInputElement} */ (event.target).value);
    this.select = /** @type {HTMLSelectElement} */ (element("select", { "aria-label": "What is shown" }));
    this.select.onchange = () => this.choosePart(this.select.selectedIndex);
    this.numbers = /** @type {HTMLDetailsElement} */ (element("details", { class: "pg-view-numbers" }, element("summary", {}, "Numbers as a table")));
    this.numbers.ontoggle = () => this.draw();
    this.table = element("table");
    this.numbers.append(element("div", { tabindex: 0, role: "region", "aria-label": "Numbers" }, this.table));
    this.bar = element("div", { class: "pg-bar" }, this.tabs, this.select, ...this.toggles.map(({ label }) => label));
    this.stage = element("div", { class: "pg-stage" }, this.canvas);
    this.figure = element("figure", { class: "pg-live-view" }, this.stage, this.bar, this.note, this.numbers);
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
    this.bar.hidden = views.length < 2 && !views[0]?.bounds && !views[0]?.choices?.length;
  }

  /** @param {Declared|undefined} declared */
  choose(declared) {
    this.declared = declared;
    this.pointed = null;
    for (const { name, label } of this.toggles) label.hidden = !this.toggled(declared).includes(name);
    const choices = declared?.choices ?? [];
    this.select.hidden = choices.length < 2;
    this.select.replaceChildren(...choices.map((choice) => element("option", {}, choice)));
    this.select.selectedIndex = this.choice;
    this.view = this.newestOf(declared);
    this.look();
  }

  /** A view as it is now or, looking back, as it was; what is of the whole run is always the newest. @param {Declared|undefined} declared */
  newestOf(declared) {
    return (declared && (this.channel?.views.get(declared.name) ?? this.channel?.newest.get(declared.name))) ?? null;
  }

  /** The index of what is chosen in the view, the first one unless somebody has chosen another. */
  get choice() {
    const choices = this.declared?.choices ?? [];
    return Math.max(0, choices.indexOf(this.shown.choices[this.declared?.name ?? ""]));
  }

  /** @param {number} index */
  choosePart(index) {
    if (!this.declared?.choices) return;
    this.shown.choices = { ...this.shown.choices, [this.declared.name]: this.declared.choices[index] };
    remember("live-view", this.shown);
    this.pointed = null;
    this.look();
    this.draw();
  }

  /** What can be switched on in a view. @param {Declared|undefined} declared @returns {string[]} */
  toggled(declared) {
    const toggles = (declared && FORMS[declared.form].toggles) ?? [];
    return toggles.filter((name) => (name === "errors" ? declared?.classes.length : declared?.bounds));
  }

  get marksErrors() {
    return this.shown.errors && this.toggled(this.declared).includes("errors");
  }

  /** Tells the server which view is on the screen, and what is chosen in it. */
  look() {
    if (!this.declared) return this.channel?.want(this, {});
    const beside = this.marksErrors ? { [ANSWERS]: [] } : {};
    this.channel?.want(this, { [this.declared.name]: this.declared.choices?.length ? [this.choice] : [], ...beside });
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
    const view = this.newestOf(this.declared);
    if (news !== "view" || (view === this.view && !this.marksErrors)) return;
    this.view = view;
    this.draw();
  }

  /** The newest view, with what was declared for it; null if there is none, or if it belongs to other data. */
  subject() {
    if (!this.view || !this.declared) return null;
    const { form, classes, axes, bounds, symbols = [] } = this.declared;
    const view = { ...this.view, classes, axes, symbols, bounds: this.view.bounds ?? bounds };
    return FORMS[form].fits?.(view) === false ? null : view;
  }

  paint() {
    const width = this.stage.clientWidth;
    if (!width || !this.declared) return;
    const { name, title, caption, form, classes, axes, bounds, middle } = this.declared;
    const { points, height } = this.data;
    const subject = this.subject();
    const look = { width, height, classes, axes, bounds, middle, points: bounds && points, colors: viewColors(this.figure), pointed: this.pointed, tests: this.shown.tests, discrete: this.shown.discrete, choice: this.choice, answers: this.marksErrors && this.channel?.views.get(ANSWERS) };
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
    const when = subject ? `${words} Step ${count(this.view.step)}. ` : this.run && drawing.blank ? "Comes with the next evaluation. " : "";
    say(this.note, pointed || when + (this.declared.captions?.[this.choice] ?? caption));
    this.tabulate(subject && drawing.table, subject, look);
  }

  /** The numbers of the view as a table, while it is open. @param {import("./views/index.js").Form["table"]|null} table @param {any} subject @param {any} look */
  tabulate(table, subject, look) {
    this.numbers.hidden = !table;
    if (!table || !this.numbers.open) return;
    const { head, rows } = table(subject, look);
    const line = (tag, cells) => element("tr", {}, ...cells.map((text, column) => element(column && tag === "td" ? "td" : "th", { scope: tag === "th" ? "col" : column ? false : "row" }, text)));
    this.table.replaceChildren(element("thead", {}, line("th", head)), element("tbody", {}, ...rows.map((cells) => line("td", cells))));
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
