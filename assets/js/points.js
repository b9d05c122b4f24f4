/** A plane for drawing points by click, tap, drag or keyboard; color shows the class. Root: `.pg-points`.
 *
 * data: labels (of the classes), points (drawn before; read once), background ({x1, x2, target} or null), bounds, most (points allowed).
 * State for Python: `points`, [[x, y, class], …]. Attributes for tests: data-points and data-class, the class of new points. */

import { fresh, write } from "./canvas.js";
import { component, element, onceAFrame, say } from "./component.js";
import { plural } from "./numbers.js";
import { tool } from "./paper_tools.js";
import { after, counts, planeOf, redo, undo, without, withPoint } from "./points_model.js";

const MARGIN = 18;
const GAP = 0.25;
const ERASER = 0.45;
const STEP = 0.5;
const FINE_STEP = 0.1;
const KEEP_MILLISECONDS = 250;
const ERASER_BUTTON = 32;
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };
const KEYS = "Arrow keys move the cross (hold Shift for small steps), Enter or Space adds a point, 1 to 6 choose the class, Delete removes nearby points, E selects the eraser, Ctrl+Z undoes.";

class Points {
  #keeping = 0;
  #typing = false;
  #pointer = null;
  #before = null;
  #last = null;
  #cross = { x: 0, y: 0, shown: false };
  #erasing = false;
  #class = 0;
  plane = null;

  constructor(/** @type {HTMLElement} */ root) {
    this.paint = onceAFrame(() => this.#paint());
    this.canvas = element("canvas", { tabindex: 0, role: "application", "aria-roledescription": "plane for points", "aria-label": `Draw points on the plane. ${KEYS}` });
    this.classes = element("div", { class: "pg-points-classes", role: "radiogroup", "aria-label": "Class of new points" });
    this.spoken = element("p", { class: "pg-visually-hidden", role: "status" });
    const keys = element("details", { class: "pg-paper-keys" }, element("summary", {}, "Keyboard controls"), element("p", {}, `First focus the plane with Tab or a click. ${KEYS}`));
    this.root = element("div", { class: "pg-points" }, this.classes, element("div", { class: "pg-paper" }, this.canvas), this.#tools(), keys, this.spoken);
    root.append(this.root);
    this.resizes = new ResizeObserver(() => this.paint());
    this.resizes.observe(this.canvas.parentElement);
    this.#listen();
  }

  update({ labels, points, background, bounds, most }, { setStateValue }) {
    this.keep = (drawn) => setStateValue("points", drawn);
    this.plane ??= planeOf(points, most, bounds);
    Object.assign(this, { labels, background, bounds, most });
    this.#class = Math.min(this.#class, labels.length - 1);
    this.#show();
  }

  destroy() {
    this.resizes.disconnect();
    this.paint.cancel();
    if (this.#keeping) this.#keepNow();
  }

  // Points

  #act(before, points) {
    if (points === before) return;
    this.plane = after(this.plane, before, points);
    this.#changed();
  }

  #turn(plane) {
    if (plane === this.plane) return;
    this.plane = plane;
    this.#changed();
  }

  /** Sends changes to Python at once, so that they arrive before a click on a link; those from keys only after a pause, or on blur. */
  #changed() {
    this.#show();
    clearTimeout(this.#keeping);
    if (this.#typing) this.#keeping = setTimeout(() => this.#keepNow(), KEEP_MILLISECONDS);
    else this.#keepNow();
  }

  #keepNow() {
    clearTimeout(this.#keeping);
    this.#keeping = 0;
    this.keep(this.plane.points);
  }

  // Tools

  #tools() {
    const button = (name, label, keys, act) => tool(name, label, `${label} (${keys})`, act);
    this.tools = {
      eraser: button("eraser", "Eraser", "E", () => this.#erase(!this.#erasing)),
      undo: button("undo", "Undo", "Ctrl+Z", () => this.#turn(undo(this.plane))),
      redo: button("redo", "Redo", "Ctrl+Shift+Z", () => this.#turn(redo(this.plane))),
      clear: button("clear", "Clear", "removes all points", () => this.#act(this.plane.points, this.plane.points.length ? [] : this.plane.points)),
    };
    this.tools.clear.append("Clear");
    return element("div", { class: "pg-points-tools", role: "toolbar", "aria-label": "Tools" }, ...Object.values(this.tools));
  }

  #erase(on) {
    this.#erasing = on;
    say(this.spoken, on ? "Eraser" : "Points");
    this.#show();
  }

  #use(label) {
    this.#class = label;
    this.#erasing = false;
    this.#show();
  }

  #show() {
    const sizes = counts(this.plane.points, this.labels.length);
    const wanted = JSON.stringify(this.labels);
    if (this.classes.dataset.labels !== wanted) {
      this.classes.dataset.labels = wanted;
      this.classes.replaceChildren(...this.labels.map((name, label) => this.#chip(name, label)));
    }
    [...this.classes.children].forEach((chip, label) => {
      const picked = label === this.#class && !this.#erasing;
      chip.setAttribute("aria-checked", String(picked));
      chip.tabIndex = label === this.#class ? 0 : -1;
      say(chip.lastElementChild, String(sizes[label]));
    });
    this.tools.eraser.setAttribute("aria-pressed", String(this.#erasing));
    this.tools.undo.disabled = !this.plane.past.length;
    this.tools.redo.disabled = !this.plane.future.length;
    this.tools.clear.disabled = !this.plane.points.length;
    Object.assign(this.root.dataset, { points: this.plane.points.length, class: this.#class });
    this.paint();
  }

  #chip(name, label) {
    const chip = element("button", { type: "button", role: "radio", class: "pg-button pg-points-class" }, element("i", { style: `--dot: var(${this.#variable(label)})` }), element("span", {}, name), element("b", {}, "0"));
    chip.addEventListener("click", () => this.#use(label));
    chip.addEventListener("keydown", (event) => {
      const to = { ArrowRight: label + 1, ArrowDown: label + 1, ArrowLeft: label - 1, ArrowUp: label - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      this.#use((to + this.labels.length) % this.labels.length);
      /** @type {HTMLElement} */ (this.classes.children[this.#class]).focus();
    });
    return chip;
  }

  /** The color of a class, as in the boundary view. */
  #variable(label) {
    if (this.labels.length === 2) return label === 1 ? "--pg-positive" : "--pg-negative";
    return `--pg-class-${label % 10}`;
  }

  // Mouse, finger, pen

  #listen() {
    const on = (type, handler) => this.canvas.addEventListener(type, handler);
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    for (const end of ["pointerup", "pointercancel", "lostpointercapture"]) on(end, (event) => this.#up(event));
    on("keydown", (event) => this.#key(event));
    on("blur", () => {
      if (this.#keeping) this.#keepNow();
      this.#cursor({ shown: false });
    });
    on("contextmenu", (event) => event.preventDefault());
  }

  #down(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    this.#up(event); // in case its end was never reported, for example because a system menu opened
    if (this.#pointer !== null) return;
    this.#pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.#before = this.plane.points;
    this.#last = null;
    this.#cursor({ shown: false });
    this.#draw(event);
  }

  #move(event) {
    if (event.pointerId !== this.#pointer) return;
    if (event.buttons === 0) return this.#up(event);
    const parts = event.getCoalescedEvents?.() ?? [];
    for (const part of parts.length ? parts : [event]) this.#draw(part);
  }

  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    this.#pointer = null;
    const [before, points] = [this.#before, this.plane.points];
    this.plane.points = before;
    this.#act(before, points);
    this.#show();
  }

  /** Adds a point at the pointer, or erases there; a drag adds points at a distance. */
  #draw(event) {
    const { x, y } = this.#position(event);
    if (Math.abs(x) > this.bounds[1] || Math.abs(y) > this.bounds[1]) return;
    if (this.#erasing || (event.buttons & ERASER_BUTTON) !== 0) this.plane.points = without(this.plane.points, x, y, ERASER);
    else if (!this.#last || Math.hypot(x - this.#last.x, y - this.#last.y) >= GAP) {
      this.plane.points = withPoint(this.plane.points, [x, y, this.#class], this.#last ? GAP : 0, this.most);
      this.#last = { x, y };
    }
    this.#show();
  }

  #position(event) {
    const box = this.canvas.getBoundingClientRect();
    const [low, high] = this.bounds;
    const side = box.width - 2 * MARGIN;
    return { x: low + ((event.clientX - box.left - MARGIN) / side) * (high - low), y: high - ((event.clientY - box.top - MARGIN) / side) * (high - low) };
  }

  // Keys

  #key(event) {
    this.#typing = true;
    const meant = this.#shortcut(event);
    this.#typing = false;
    if (!meant) return;
    event.preventDefault();
    event.stopPropagation(); // Streamlit's own keys (r, c) are not meant here
  }

  #shortcut(event) {
    const key = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      if (key === "z") this.#turn(event.shiftKey ? redo(this.plane) : undo(this.plane));
      else if (key === "y") this.#turn(redo(this.plane));
      else return false;
      return true;
    }
    if (event.altKey) return false;
    const { x, y } = this.#cross;
    if (event.key in ARROWS) this.#step(ARROWS[event.key], event.shiftKey ? FINE_STEP : STEP);
    else if (key === "enter" || key === " ") this.#act(this.plane.points, this.#erasing ? without(this.plane.points, x, y, ERASER) : withPoint(this.plane.points, [x, y, this.#class], 0, this.most));
    else if (key === "delete" || key === "backspace") this.#act(this.plane.points, without(this.plane.points, x, y, ERASER));
    else if (key === "e") this.#erase(!this.#erasing);
    else if (Number(key) >= 1 && Number(key) <= this.labels.length) this.#use(Number(key) - 1);
    else return false;
    this.#cursor({ shown: true });
    say(this.spoken, `x₁ ${this.#cross.x.toFixed(1)}, x₂ ${this.#cross.y.toFixed(1)}: ${plural(this.plane.points.length, "point")}`);
    return true;
  }

  #step([dx, dy], distance) {
    const within = (value) => Math.round(10 * Math.min(this.bounds[1], Math.max(this.bounds[0], value))) / 10;
    this.#cursor({ x: within(this.#cross.x + dx * distance), y: within(this.#cross.y + dy * distance) });
  }

  #cursor(change) {
    Object.assign(this.#cross, change);
    this.paint();
  }

  // Pixels

  #paint() {
    const width = this.canvas.parentElement.clientWidth;
    if (!width || !this.plane) return;
    const pen = fresh(this.canvas, width, width);
    const look = getComputedStyle(this.root);
    const color = (name) => look.getPropertyValue(name).trim();
    const [low, high] = this.bounds;
    const side = width - 2 * MARGIN;
    const at = (x, y) => [MARGIN + ((x - low) / (high - low)) * side, MARGIN + ((high - y) / (high - low)) * side];
    pen.strokeStyle = color("--pg-grid");
    for (let value = Math.ceil(low); value <= high; value++) {
      const [across, down] = at(value, value);
      pen.beginPath();
      pen.moveTo(across, MARGIN);
      pen.lineTo(across, MARGIN + side);
      pen.moveTo(MARGIN, down);
      pen.lineTo(MARGIN + side, down);
      pen.lineWidth = value === 0 ? 1.5 : 0.5;
      pen.stroke();
    }
    pen.fillStyle = color("--pg-muted");
    pen.font = `11px ${look.fontFamily}`;
    for (const value of [low, 0, high]) {
      const text = String(value).replace("-", "−");
      write(pen, text, at(value, 0)[0], MARGIN + side + 9);
      if (value) write(pen, text, 8, at(0, value)[1]);
    }
    const dot = (x, y, label, radius, strength) => {
      const [across, down] = at(x, y);
      pen.globalAlpha = strength;
      pen.beginPath();
      pen.arc(across, down, radius, 0, 2 * Math.PI);
      pen.fillStyle = color(this.#variable(label));
      pen.fill();
      pen.globalAlpha = 1;
    };
    this.background?.x1.forEach((x, index) => dot(x, this.background.x2[index], this.background.target[index], 2.5, 0.45));
    for (const [x, y, label] of this.plane.points) dot(x, y, label, 4.5, 1);
    if (this.#cross.shown) this.#paintCross(pen, at(this.#cross.x, this.#cross.y), look.color);
  }

  #paintCross(pen, [x, y], color) {
    pen.strokeStyle = color;
    pen.lineWidth = 1.5;
    pen.beginPath();
    pen.moveTo(x - 9, y);
    pen.lineTo(x + 9, y);
    pen.moveTo(x, y - 9);
    pen.lineTo(x, y + 9);
    pen.stroke();
  }
}

export default component((root) => new Points(root), ["paper.css", "points.css"]);
