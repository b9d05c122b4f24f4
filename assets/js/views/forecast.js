/**
 * A time series and its forecasts: one step ahead, and free-running. One plot per feature, one above the other.
 *
 * @typedef {{values: Float32Array, shape: number[]}} Forecast  shape (3, F, T): the series, forecasts one step ahead, the free run; NaN where
 *   there is none. axes: the name of time, then of each feature
 * @typedef {{left: number, across: number, steps: number, start: number}} Area  in CSS pixels; start: the first step with a forecast
 */

import { fresh, polyline, write } from "../canvas.js";
import { count, loss, tick } from "../numbers.js";
import { ticks } from "./scatter.js";

const [SERIES, AHEAD, FREE] = [0, 1, 2];
const MARGIN = { left: 44, top: 8, right: 10, bottom: 34 };
const LEGEND = 22;
/** Features that are drawn at most, and pixels between two plots. */
const PLOTS = 3;
const GAP = 14;

/** One of the three lines of a feature. @param {Forecast} view @param {number} line @param {number} feature */
export const lineOf = ({ values, shape: [, features, steps] }, line, feature) => values.subarray((line * features + feature) * steps, (line * features + feature + 1) * steps);

/** The first step that has a forecast. @param {Forecast} view */
export function startOf(view) {
  const [, , steps] = view.shape;
  const known = (step) => Number.isFinite(lineOf(view, AHEAD, 0)[step]) || Number.isFinite(lineOf(view, FREE, 0)[step]);
  return Array.from({ length: steps }, (_, step) => step).find(known) ?? steps;
}

/** Root mean square difference to the series, over all features and the steps that have both; NaN if there are none.
 *  @param {Forecast} view @param {(feature: number) => ArrayLike<number>} forecast */
export function error(view, forecast) {
  let [sum, number] = [0, 0];
  for (let feature = 0; feature < view.shape[1]; feature++) {
    const [series, guess] = [lineOf(view, SERIES, feature), forecast(feature)];
    for (let step = startOf(view); step < series.length; step++) {
      const difference = guess[step] - series[step];
      if (!Number.isFinite(difference)) continue;
      sum += difference * difference;
      number += 1;
    }
  }
  return number ? Math.sqrt(sum / number) : NaN;
}

/** The view in a sentence. @param {Forecast} view */
export function summary(view) {
  const free = lineOf(view, FREE, 0).filter(Number.isFinite).length;
  if (!Number.isFinite(error(view, (feature) => lineOf(view, AHEAD, feature)))) return "The forecasts are not numbers: training has diverged.";
  const unchanged = error(view, (feature) => [NaN, ...lineOf(view, SERIES, feature)]);
  const [ahead, running] = [AHEAD, FREE].map((line) => loss(error(view, (feature) => lineOf(view, line, feature))));
  return `Root mean square error: one step ahead ${ahead} (last value repeated: ${loss(unchanged)}), free-running over ${count(free)} steps ${running}.`;
}

/** One step in a sentence. @param {Forecast} view @param {string[]} axes @param {number} step */
export function stepText(view, axes, step) {
  const values = Array.from({ length: view.shape[1] }, (_, feature) => {
    const [series, ahead, free] = [SERIES, AHEAD, FREE].map((line) => lineOf(view, line, feature)[step]);
    const forecasts = step < startOf(view) ? "" : `, one step ahead ${loss(ahead)}, free-running ${loss(free)}`;
    return `${axes[feature + 1]} ${loss(series)}${forecasts}`;
  });
  return `Step ${String(step - startOf(view) + 1).replace("-", "−")}: ${values.join("; ")}.`;
}

/** The vertical range of a feature, with a margin: the series, and forecasts beyond it by at most half of its span.
 *  @param {Forecast} view @param {number} feature @returns {[number, number]} */
export function reach(view, feature) {
  const ends = (/** @type {Float32Array[]} */ ...lines) => lines.flatMap((line) => [...line]).filter(Number.isFinite).reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [Infinity, -Infinity]);
  const [low, high] = ends(lineOf(view, SERIES, feature));
  const [least, most] = ends(lineOf(view, AHEAD, feature), lineOf(view, FREE, feature));
  const span = high - low || 1;
  return [Math.min(low, Math.max(least, low - span / 2)) - 0.05 * span, Math.max(high, Math.min(most, high + span / 2)) + 0.05 * span];
}

/** @param {HTMLCanvasElement} canvas @param {Forecast|null} view @param {any} look */
function draw(canvas, view, look) {
  const { width, axes, colors, pointed } = look;
  const { left, top } = MARGIN;
  const height = look.height ?? 420;
  const pen = fresh(canvas, width, height);
  if (!view) return null;
  const [, features, steps] = view.shape;
  const start = startOf(view);
  const across = Math.max(120, width - left - MARGIN.right);
  const x = (/** @type {number} */ step) => left + (across * step) / Math.max(1, steps - 1);
  const plots = Math.min(features, PLOTS);
  const down = (height - top - MARGIN.bottom - LEGEND - GAP * (plots - 1)) / plots;
  const foot = top + plots * down + (plots - 1) * GAP;
  pen.font = `11px ${colors.font}`;
  for (const value of ticks(1 - start, steps - start, 6)) {
    const right = Math.round(x(value + start - 1)) + 0.5;
    rule(pen, right, top, right, foot, colors.grid);
    pen.fillStyle = colors.muted;
    write(pen, tick(value), right, foot + 9);
  }
  for (let feature = 0; feature < plots; feature++) {
    plot(pen, view, feature, { left, across, top: top + feature * (down + GAP), down, x }, look);
  }
  rule(pen, x(start - 0.5), top, x(start - 0.5), foot, colors.muted, [2, 3]);
  if (pointed) rule(pen, x(pointed.step), top, x(pointed.step), foot, colors.text);
  pen.fillStyle = colors.muted;
  write(pen, `${axes[0]}${features > PLOTS ? ` (${PLOTS} of ${features} features)` : ""}`, left + across / 2, foot + 23);
  legend(pen, left, foot + MARGIN.bottom + 8, width, colors);
  return { left, across, steps, start };
}

function plot(pen, view, feature, { left, across, top, down, x }, { axes, colors }) {
  const [least, most] = reach(view, feature);
  const y = (/** @type {number} */ value) => top + ((most - value) / (most - least)) * down;
  for (const value of ticks(least, most, Math.max(2, Math.round(down / 45)))) {
    const level = Math.round(y(value)) + 0.5;
    rule(pen, left, level, left + across, level, colors.grid);
    pen.fillStyle = colors.muted;
    write(pen, tick(value), left - 5, level, "right");
  }
  pen.save();
  pen.beginPath();
  pen.rect(left, top, across, down);
  pen.clip();
  for (const [line, style] of Object.entries(styles(colors))) polyline(pen, lineOf(view, Number(line), feature), x, y, style);
  pen.restore();
  pen.fillStyle = colors.text;
  write(pen, axes[feature + 1] ?? "", left + 5, top + 8, "left");
}

/** The series is drawn first, below the forecasts. */
const styles = (colors) => ({
  [SERIES]: { color: colors.muted, thick: 3.5 },
  [AHEAD]: { color: colors.test, thick: 1.8 },
  [FREE]: { color: colors.magnitude, thick: 2, dashes: [5, 3] },
});

function rule(pen, x1, y1, x2, y2, color, dashes = []) {
  pen.strokeStyle = color;
  pen.lineWidth = 1;
  pen.setLineDash(dashes);
  pen.beginPath();
  pen.moveTo(x1, y1);
  pen.lineTo(x2, y2);
  pen.stroke();
  pen.setLineDash([]);
}

function legend(pen, left, y, width, colors) {
  const names = { [SERIES]: "series", [AHEAD]: "one step ahead", [FREE]: "free-running" };
  pen.font = `${width < 360 ? 11 : 12}px ${colors.font}`;
  let x = left;
  for (const [line, style] of Object.entries(styles(colors))) {
    polyline(pen, [0, 0], (index) => x + 17 * index, () => y, style);
    pen.fillStyle = colors.text;
    write(pen, names[line], x + 22, y, "left");
    x += 22 + pen.measureText(names[line]).width + 12;
  }
}

/** The step under the pointer. @param {Area} area @param {number} x */
function at({ left, across, steps }, x) {
  const step = Math.round(((x - left) / across) * Math.max(1, steps - 1));
  return step >= 0 && step < steps ? { step } : null;
}

/** The next step, at first the first forecast. @param {Area} area @param {{step: number}|null} pointed @param {number[]} move */
function beside({ steps, start }, pointed, [right]) {
  return { step: Math.min(steps - 1, Math.max(0, pointed ? pointed.step + right : start)) };
}

/** @type {import("./index.js").Form} */
export default {
  draw, at, beside, blank: true,
  words: summary,
  pointedWords: (view, { axes }, { step }) => stepText(view, axes, step),
};
