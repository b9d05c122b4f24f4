/**
 * Regression: the prediction for each test example against its target, with the line where the two are equal.
 *
 * @typedef {{values: Float32Array, shape: number[]}} Fit  shape (N, 2): target (across), prediction (up)
 */

import { fresh, write } from "../canvas.js";
import { amount, loss, tick } from "../numbers.js";

const MARGIN = { left: 52, top: 8, right: 10, bottom: 36 };

/** Root mean square and mean of the residuals, and the fraction of variance explained. @param {Fit} fit */
export function residuals({ values }) {
  const n = values.length / 2;
  let [square, sum, mean] = [0, 0, 0];
  for (let row = 0; row < n; row++) mean += values[2 * row] / n;
  let variance = 0;
  for (let row = 0; row < n; row++) {
    const [target, prediction] = [values[2 * row], values[2 * row + 1]];
    sum += prediction - target;
    square += (prediction - target) ** 2;
    variance += (target - mean) ** 2;
  }
  return { rmse: Math.sqrt(square / n), bias: sum / n, r2: variance > 0 ? 1 - square / variance : null };
}

/** The view in a sentence. @param {Fit} fit */
export function summary(fit) {
  if (!fit.values.length) return "No test examples.";
  const { rmse, bias, r2 } = residuals(fit);
  const signed = `${bias < 0 ? "−" : "+"}${amount(Math.abs(bias))}`;
  return `Residuals: root mean square ${amount(rmse)}, mean ${signed}${r2 === null ? "" : `; R² ${r2.toFixed(3).replace("-", "−")}`}.`;
}

/** Round ticks within [low, high]: multiples of 1, 2 or 5 times a power of ten, about `wanted` of them. */
export function ticks(low, high, wanted = 5) {
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** @param {HTMLCanvasElement} canvas @param {Fit|null} fit @param {any} look */
function draw(canvas, fit, look) {
  const { width, axes, colors } = look;
  const { left, top } = MARGIN;
  const side = Math.max(120, Math.min(width - left - MARGIN.right, (look.height ?? 420) - top - MARGIN.bottom));
  const pen = fresh(canvas, width, top + side + MARGIN.bottom);
  const finite = fit ? fit.values.filter(Number.isFinite) : [];
  let low = finite.reduce((a, b) => Math.min(a, b), Infinity);
  let high = finite.reduce((a, b) => Math.max(a, b), -Infinity);
  if (!(low < high)) [low, high] = Number.isFinite(low) ? [low - 1, low + 1] : [-1, 1];
  const room = 0.05 * (high - low);
  [low, high] = [low - room, high + room];
  const at = (value) => ((value - low) / (high - low)) * side;
  pen.font = `11px ${colors.font}`;
  pen.strokeStyle = colors.grid;
  pen.lineWidth = 1;
  for (const value of ticks(low, high)) {
    const offset = Math.round(at(value)) + 0.5;
    pen.beginPath();
    pen.moveTo(left + offset, top);
    pen.lineTo(left + offset, top + side);
    pen.moveTo(left, top + side - offset);
    pen.lineTo(left + side, top + side - offset);
    pen.stroke();
    pen.fillStyle = colors.muted;
    const text = tick(value);
    write(pen, text, left + offset, top + side + 10);
    write(pen, text, left - 6, top + side - offset, "right");
  }
  pen.fillStyle = colors.muted;
  write(pen, axes[0], left + side / 2, top + side + 26);
  pen.save();
  pen.translate(9, top + side / 2);
  pen.rotate(-Math.PI / 2);
  write(pen, axes[1], 0, 0);
  pen.restore();
  pen.strokeStyle = colors.text;
  pen.setLineDash([4, 4]);
  pen.beginPath();
  pen.moveTo(left, top + side);
  pen.lineTo(left + side, top);
  pen.stroke();
  pen.setLineDash([]);
  pen.fillStyle = colors.test;
  pen.globalAlpha = 0.6;
  for (let row = 0; fit && row < fit.values.length / 2; row++) {
    pen.beginPath();
    pen.arc(left + at(fit.values[2 * row]), top + side - at(fit.values[2 * row + 1]), 2.5, 0, 2 * Math.PI);
    pen.fill();
  }
  pen.globalAlpha = 1;
  return { left, top, side, low, high };
}

/** @type {import("./index.js").Form} */
export default { draw, words: summary };
