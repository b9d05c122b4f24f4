/** Strokes as pixels: the canvas on the screen, and the ink that is sent to the network. */

import { SIDE, curves } from "./strokes.js";

/** @typedef {import("./strokes.js").Stroke} Stroke */

/** Side of the image that is sent, in pixels: several times what a network sees, so that edges stay smooth when it is scaled down. */
export const INK_SIDE = 112;

/** A square canvas that shows strokes. Finished strokes are painted once and cached; only the current one is painted again. */
export class Surface {
  #context;
  #kept;
  /** @type {Stroke[]} */ #painted = [];
  #look = "";

  constructor(/** @type {HTMLCanvasElement} */ canvas, /** @type {CanvasRenderingContext2DSettings} */ settings = {}) {
    this.canvas = canvas;
    this.#context = canvas.getContext("2d", settings);
    this.#kept = document.createElement("canvas").getContext("2d", settings);
  }

  paint(/** @type {Stroke[]} */ finished, /** @type {Stroke | null} */ current, /** @type {string} */ color) {
    const side = this.canvas.width;
    const look = `${side} ${color}`;
    const goesOn = look === this.#look && this.#painted.every((stroke, i) => stroke === finished[i]);
    if (!goesOn) {
      this.#kept.canvas.width = this.#kept.canvas.height = side; // which also clears it
      this.#painted = [];
      this.#look = look;
    }
    for (const stroke of finished.slice(this.#painted.length)) paintStroke(this.#kept, stroke, side / SIDE, color);
    this.#painted = finished;
    const context = this.#context;
    context.globalCompositeOperation = "copy";
    context.drawImage(this.#kept.canvas, 0, 0);
    context.globalCompositeOperation = "source-over";
    if (current) paintStroke(context, current, side / SIDE, color);
  }

  /** How much ink lies on each pixel, row by row, 255 full. @returns {Uint8Array} */
  ink() {
    const { width, height } = this.canvas;
    const rgba = this.#context.getImageData(0, 0, width, height).data;
    const ink = new Uint8Array(width * height);
    for (let i = 0; i < ink.length; i++) ink[i] = rgba[4 * i + 3];
    return ink;
  }
}

/** A separate hidden surface to read ink from. */
export function inkSurface() {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = INK_SIDE;
  return new Surface(canvas, { willReadFrequently: true });
}

/** Paints one stroke, smooth and with round ends. scale: pixels per unit of the canvas. */
export function paintStroke(context, /** @type {Stroke} */ stroke, scale, color) {
  context.save();
  context.scale(scale, scale);
  context.globalCompositeOperation = stroke.erase ? "destination-out" : "source-over";
  context.strokeStyle = color;
  context.lineCap = context.lineJoin = "round";
  let width = NaN;
  for (const curve of curves(stroke)) {
    if (curve.width !== width) {
      if (!Number.isNaN(width)) context.stroke();
      width = context.lineWidth = curve.width;
      context.beginPath();
      context.moveTo(curve.from.x, curve.from.y);
    }
    context.quadraticCurveTo(curve.control.x, curve.control.y, curve.to.x, curve.to.y);
  }
  context.stroke();
  context.restore();
}
