/**
 * The network's predictions along an axis, over the training and test points and the curve that generated them.
 *
 * @typedef {{values: Float32Array, shape: number[], bounds: [number, number]}} Line  shape (D, N), from the smallest x on
 * @typedef {{x1: number[], target: number[]}} Points
 */

import { fresh, polyline, write } from "../canvas.js";
import { along, amount, loss, tick } from "../numbers.js";
import { placeAt, placeBeside } from "../pointing.js";
import { ticks } from "./scatter.js";

const MARGIN = { left: 44, top: 8, right: 10, bottom: 20 };
const LEGEND = 22;

/** The prediction at x, linearly interpolated. @param {Line} line @param {number} x */
export function predictionAt({ values, shape: [, count], bounds: [low, high] }, x) {
  const position = Math.min(count - 1, Math.max(0, ((x - low) / (high - low)) * (count - 1)));
  const left = Math.min(count - 2, Math.floor(position));
  const share = position - left;
  return values[left] * (1 - share) + values[left + 1] * share;
}

/** The prediction at x in words. @param {Line} line @param {number} x @param {number[]|undefined} truth @param {string} axis */
export function pointText(line, x, truth, axis) {
  const real = truth ? `, true curve ${loss(predictionAt({ ...line, values: Float32Array.from(truth), shape: [1, truth.length] }, x))}` : "";
  const [low, high] = line.bounds;
  return `${axis} ${along(x, high - low).replace("-", "−")}: prediction ${amount(predictionAt(line, x))}${real}`;
}

/** Root mean square distance between the predictions and the true curve. @param {Line} line @param {number[]} truth */
export function distance(line, truth) {
  const [low, high] = line.bounds;
  const errors = truth.map((height, index) => predictionAt(line, low + ((high - low) * index) / (truth.length - 1)) - height);
  return Math.sqrt(errors.reduce((sum, error) => sum + error * error, 0) / errors.length);
}

/** The view in a sentence. @param {Line} line @param {number[]|undefined} truth */
export function summary(line, truth) {
  if (truth) return `Root mean square distance to the true curve: ${loss(distance(line, truth))}.`;
  const values = line.values.filter(Number.isFinite);
  return `Predictions from ${amount(values.reduce((a, b) => Math.min(a, b), Infinity))} to ${amount(values.reduce((a, b) => Math.max(a, b), -Infinity))}.`;
}

/** The vertical range, with a margin: all of the data, and predictions beyond it by at most half of its span. */
export function reach(points, truth, line) {
  const known = [...(points?.train?.target ?? []), ...(points?.test?.target ?? []), ...(truth ?? [])];
  const ends = (values) => [values.reduce((a, b) => Math.min(a, b), Infinity), values.reduce((a, b) => Math.max(a, b), -Infinity)];
  let [low, high] = ends(known);
  const [least, most] = ends(line ? Array.from(line.values).filter(Number.isFinite) : []);
  if (!(low <= high)) [low, high] = [least, most];
  if (!(low <= high)) [low, high] = [-1, 1];
  const span = high - low || 1;
  [low, high] = [Math.min(low, Math.max(least, low - span / 2)), Math.max(high, Math.min(most, high + span / 2))];
  return [low - 0.05 * span, high + 0.05 * span];
}

/** @param {HTMLCanvasElement} canvas @param {Line|null} line @param {any} look  room, colors, points with truth and hole */
function draw(canvas, line, look) {
  const { width, colors, points } = look;
  const { left, top } = MARGIN;
  const across = Math.max(120, width - left - MARGIN.right);
  const down = Math.max(100, Math.min(across, (look.height ?? 420) - top - MARGIN.bottom - LEGEND));
  const pen = fresh(canvas, width, top + down + MARGIN.bottom + LEGEND);
  const [low, high] = line?.bounds ?? look.bounds;
  const [least, most] = reach(points, points?.truth, line);
  const right = (x) => left + ((x - low) / (high - low)) * across;
  const up = (y) => top + ((most - y) / (most - least)) * down;
  if (points?.hole) {
    pen.fillStyle = colors.grid;
    pen.fillRect(right(points.hole[0]), top, right(points.hole[1]) - right(points.hole[0]), down);
  }
  axes(pen, { left, top, across, down }, { low, high, least, most, right, up }, colors);
  pen.save();
  pen.beginPath();
  pen.rect(left, top, across, down);
  pen.clip();
  const dots = (split, color, filled) => split?.x1.forEach((x, index) => {
    pen.beginPath();
    pen.arc(right(x), up(split.target[index]), 2.5, 0, 2 * Math.PI);
    pen.fillStyle = pen.strokeStyle = color;
    if (filled) pen.fill();
    else pen.stroke();
  });
  pen.globalAlpha = 0.55;
  pen.lineWidth = 1;
  dots(points?.train, colors.train, true);
  if (look.tests) dots(points?.test, colors.test, false);
  pen.globalAlpha = 1;
  if (points?.truth) polyline(pen, points.truth, (index) => right(low + ((high - low) * index) / (points.truth.length - 1)), up, { color: colors.muted, thick: 1.5, dashes: [5, 4] });
  if (line) polyline(pen, line.values.subarray(0, line.shape[1]), (index) => right(low + ((high - low) * index) / (line.shape[1] - 1)), up, { color: colors.positive, thick: 2.5 });
  pen.restore();
  legend(pen, left, top + down + MARGIN.bottom + 8, { ...look, known: Boolean(points?.truth) });
  return { left, top, side: across, down, low, high };
}

function axes(pen, { left, top, across, down }, { low, high, least, most, right, up }, colors) {
  pen.font = `11px ${colors.font}`;
  pen.lineWidth = 1;
  const rule = (x1, y1, x2, y2) => {
    pen.strokeStyle = colors.grid;
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.lineTo(x2, y2);
    pen.stroke();
    pen.fillStyle = colors.muted;
  };
  for (const value of ticks(least, most)) {
    const y = Math.round(up(value)) + 0.5;
    rule(left, y, left + across, y);
    write(pen, tick(value), left - 5, y, "right");
  }
  for (const value of ticks(low, high, 6)) {
    const x = Math.round(right(value)) + 0.5;
    rule(x, top, x, top + down);
    write(pen, tick(value), x, top + down + 10);
  }
}

function legend(pen, left, y, { colors, tests, known }) {
  let x = left;
  pen.font = `12px ${colors.font}`;
  const entry = (text, mark) => {
    mark(x);
    pen.fillStyle = colors.text;
    write(pen, text, x + 22, y, "left");
    x += 22 + pen.measureText(text).width + 14;
  };
  const ruled = (color, thick, dashes) => (from) => {
    pen.beginPath();
    pen.moveTo(from, y);
    pen.lineTo(from + 17, y);
    pen.strokeStyle = color;
    pen.lineWidth = thick;
    pen.setLineDash(dashes);
    pen.stroke();
    pen.setLineDash([]);
  };
  const dotted = (color, filled) => (from) => {
    pen.beginPath();
    pen.arc(from + 12, y, 3, 0, 2 * Math.PI);
    pen.fillStyle = pen.strokeStyle = color;
    pen.lineWidth = 1;
    if (filled) pen.fill();
    else pen.stroke();
  };
  entry("prediction", ruled(colors.positive, 2.5, []));
  if (known) entry("true curve", ruled(colors.muted, 1.5, [5, 4]));
  entry("train", dotted(colors.train, true));
  if (tests) entry("test", dotted(colors.test, false));
}

/** @type {import("./index.js").Form} */
export default {
  draw, toggles: ["tests"], at: placeAt, beside: placeBeside,
  words: (line, { points }) => summary(line, points?.truth),
  pointedWords: (line, { points, axes }, { x1 }) => pointText(line, x1, points?.truth, axes[0]),
};
