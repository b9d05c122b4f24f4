/** The drawing canvas: handles mouse, touch, pen and keyboard, keeps the strokes and paints them. Knows nothing of networks. */

import { onceAFrame } from "./component.js";
import { Surface, inkSurface } from "./ink.js";
import { SIDE, after, extend, pressureOf, redo, restored, stored, undo, visible } from "./strokes.js";

/** @typedef {import("./strokes.js").Stroke} Stroke */

const STORE = "pg-draw";
const KEY_STEP = 7;
const FINE_KEY_STEP = 2;
const ERASER_BUTTON = 32;
const ERASER_FACTOR = 1.6;
export const BRUSH = { least: 8, most: 40, usual: 20, step: 2 };

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Paper {
  brush = BRUSH.usual;
  erasing = false;
  #history;
  /** @type {Stroke | null} */ #current = null;
  #pointer = null;
  #pen = { x: SIDE / 2, y: SIDE / 2, shown: false };
  #ink = inkSurface();

  /** @param {HTMLElement} root  contains a canvas, and the ring that shows the brush
   *  @param {{onInk: (isEnd: boolean, time: number) => void, onTools: () => void, onSay: (text: string) => void}} listener
   *    onInk: the drawing has changed; isEnd: at the end of a stroke and for undo, redo, clear; time: of the event on the page's clock.
   *  @param {string} store  key under which this browser keeps the strokes, one for each kind of canvas */
  constructor(root, listener, store = STORE) {
    this.listener = listener;
    this.store = store;
    this.#history = restored(sessionStorage.getItem(store));
    this.canvas = root.querySelector("canvas");
    this.ring = root.querySelector(".pg-paper-ring");
    this.surface = new Surface(this.canvas);
    this.repaint = onceAFrame(() => this.surface.paint(visible(this.#history), this.#current, getComputedStyle(this.canvas).color));
    this.resizes = new ResizeObserver(() => this.#fit());
    this.resizes.observe(this.canvas);
    this.#listen();
  }

  get isEmpty() {
    return !this.#current && visible(this.#history).every((stroke) => stroke.erase);
  }

  get canUndo() {
    return this.#history.done.length > 0;
  }

  get canRedo() {
    return this.#history.undone.length > 0;
  }

  /** The current ink. @returns {Uint8Array} INK_SIDE × INK_SIDE */
  ink() {
    this.#ink.paint(visible(this.#history), this.#current, "#000");
    return this.#ink.ink();
  }

  undo(time = performance.now()) {
    if (this.canUndo) this.#turn(undo(this.#history), time);
  }

  redo(time = performance.now()) {
    if (this.canRedo) this.#turn(redo(this.#history), time);
  }

  clear(time = performance.now()) {
    this.#end(time, false); // the current stroke is cleared with the rest
    if (visible(this.#history).length) this.#turn(after(this.#history, { clear: true }), time);
  }

  use(/** @type {{brush?: number, erasing?: boolean}} */ tools) {
    if (tools.brush !== undefined) this.brush = Math.min(BRUSH.most, Math.max(BRUSH.least, tools.brush));
    if (tools.erasing !== undefined) this.erasing = tools.erasing;
    this.#showRing();
    this.listener.onTools();
  }

  destroy() {
    this.resizes.disconnect();
    this.repaint.cancel();
  }

  #turn(history, time) {
    this.#end(time, false);
    this.#history = history;
    this.#changed(true, time);
  }

  #changed(isEnd, time) {
    this.repaint();
    if (isEnd) {
      this.#store();
      this.listener.onTools();
    }
    this.listener.onInk(isEnd, time);
  }

  #store() {
    try {
      sessionStorage.setItem(this.store, stored(this.#history));
    } catch {
      sessionStorage.removeItem(this.store); // Storage is full: this drawing lasts as long as the page.
    }
  }

  // Strokes

  #begin(point, erase) {
    const width = erase ? this.brush * ERASER_FACTOR : this.brush;
    this.#current = { width, erase, points: [] };
    extend(this.#current, point);
    this.listener.onTools();
  }

  #end(time, tell = true) {
    if (!this.#current) return;
    this.#history = after(this.#history, this.#current);
    this.#current = null;
    this.#pointer = null;
    this.#showRing();
    if (tell) this.#changed(true, time);
  }

  // Pointers

  #listen() {
    const on = (type, handler) => this.canvas.addEventListener(type, handler);
    on("pointerdown", (event) => this.#down(event));
    on("pointermove", (event) => this.#move(event));
    on("pointerup", (event) => this.#up(event));
    on("pointercancel", (event) => this.#up(event));
    on("lostpointercapture", (event) => this.#up(event));
    on("pointerleave", () => this.#current || this.#hideRing());
    on("keydown", (event) => this.#key(event));
    on("blur", (event) => this.#leave(event));
    on("contextmenu", (event) => event.preventDefault());
  }

  #down(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    this.#up(event); // in case its end was never reported, for example because a system menu opened
    if (this.#pointer !== null) return;
    this.#end(event.timeStamp);
    this.#pointer = event.pointerId;
    this.canvas.setPointerCapture(event.pointerId);
    this.#begin(this.#point(event), this.erasing || (event.buttons & ERASER_BUTTON) !== 0);
    this.#follow(event);
    this.#changed(false, event.timeStamp);
  }

  #move(event) {
    this.#follow(event);
    if (event.pointerId !== this.#pointer) return;
    if (event.buttons === 0) return this.#up(event);
    const parts = event.getCoalescedEvents?.() ?? [];
    let grew = false;
    for (const part of parts.length ? parts : [event]) grew = extend(this.#current, this.#point(part)) || grew;
    if (grew) this.#changed(false, event.timeStamp);
  }

  #up(event) {
    if (event.pointerId !== this.#pointer) return;
    if (event.type === "pointerup") extend(this.#current, { ...this.#point(event), pressure: this.#current.points.at(-1).pressure });
    this.#end(event.timeStamp);
    if (event.pointerType !== "mouse") this.#hideRing();
  }

  #point(event) {
    const box = this.canvas.getBoundingClientRect();
    return {
      x: ((event.clientX - box.left) / box.width) * SIDE,
      y: ((event.clientY - box.top) / box.height) * SIDE,
      pressure: pressureOf(event.pointerType, event.pressure),
    };
  }

  // Keys

  #key(event) {
    if (this.#shortcut(event)) {
      event.preventDefault();
      event.stopPropagation(); // Streamlit's own keys (r, c) are not meant here
    }
  }

  #shortcut(event) {
    const { key, timeStamp } = event;
    if (event.ctrlKey || event.metaKey) {
      if (key.toLowerCase() === "z") event.shiftKey ? this.redo(timeStamp) : this.undo(timeStamp);
      else if (key.toLowerCase() === "y") this.redo(timeStamp);
      else return false;
      return true;
    }
    if (event.altKey) return false;
    if (key in ARROWS) this.#step(ARROWS[key], event.shiftKey ? FINE_KEY_STEP : KEY_STEP, timeStamp);
    else if (key === " ") this.#togglePen(event);
    else if (key === "Escape" && this.#current) this.#lift(timeStamp);
    else if (key === "Delete" || key === "Backspace") this.clear(timeStamp);
    else if (key.toLowerCase() === "e") this.use({ erasing: true });
    else if (key.toLowerCase() === "b") this.use({ erasing: false });
    else if (key === "[") this.use({ brush: this.brush - BRUSH.step });
    else if (key === "]") this.use({ brush: this.brush + BRUSH.step });
    else return false;
    return true;
  }

  #step([dx, dy], distance, time) {
    if (this.#pointer !== null) return;
    const within = (value) => Math.min(SIDE, Math.max(0, value));
    this.#pen = { x: within(this.#pen.x + dx * distance), y: within(this.#pen.y + dy * distance), shown: true };
    this.#showRing();
    if (this.#current && extend(this.#current, { ...this.#pen, pressure: 1 })) this.#changed(false, time);
  }

  #togglePen(event) {
    if (event.repeat || this.#pointer !== null) return;
    if (this.#current) return this.#lift(event.timeStamp);
    this.#pen.shown = true;
    this.#begin({ ...this.#pen, pressure: 1 }, this.erasing);
    this.#showRing();
    this.listener.onSay(this.erasing ? "Eraser down" : "Pen down");
    this.#changed(false, event.timeStamp);
  }

  #lift(time) {
    this.listener.onSay(this.erasing ? "Eraser up" : "Pen up");
    this.#end(time);
  }

  #leave(event) {
    if (this.#pointer === null) this.#end(event.timeStamp);
    this.#hideRing();
  }

  // Pixels

  #fit() {
    const side = Math.round(this.canvas.clientWidth * (window.devicePixelRatio || 1));
    if (!side || side === this.canvas.width) return;
    this.canvas.width = this.canvas.height = side;
    this.repaint();
  }

  #follow(event) {
    if (event.pointerType === "touch") return;
    const { x, y } = this.#point(event);
    this.#pen = { x, y, shown: true };
    this.#showRing();
  }

  #showRing() {
    const { x, y, shown } = this.#pen;
    this.ring.hidden = !shown;
    const width = this.erasing ? this.brush * ERASER_FACTOR : this.brush;
    const share = (value) => `${((100 * value) / SIDE).toFixed(2)}%`;
    Object.assign(this.ring.style, { left: share(x), top: share(y), width: share(width) });
    this.ring.classList.toggle("pg-down", this.#current !== null);
    this.ring.classList.toggle("pg-erasing", this.erasing);
  }

  #hideRing() {
    this.#pen.shown = false;
    this.ring.hidden = true;
  }
}
