/**
 * What was measured of each layer over the steps of a run, as a heatmap: one row a layer, one column an evaluation, as wide as it stands for.
 *
 * @typedef {{values: Float32Array, shape: number[], axes: string[]}} Layers  shape (1 + 4 · layers, T): the steps, then for each of MEASURES a
 *   row for each layer, NaN where there is none; axes: the names of the layers
 * @typedef {{layer: number, moment: number}} Cell
 */

import { fresh, strip, write } from "../canvas.js";
import { count, loss, percent } from "../numbers.js";
import { css, mix, rgb } from "../scales.js";

/** In the order of `MEASURES` in playground/training/layer_probe.py. noun: of one layer; none: if no layer has it. */
export const MEASURES = [
  { noun: "gradient norm", none: "No layer learns.", logarithmic: true, text: loss },
  { noun: "mean absolute activation", none: "No activations are known.", logarithmic: false, text: loss },
  { noun: "share of dead units", none: "No layer of this network sets negative numbers to 0, so no unit can be dead.", logarithmic: false, text: percent },
  { noun: "update per step", none: "No layer has moved yet.", logarithmic: true, text: loss },
];
const MARGIN = { top: 4, right: 8 };
const AXIS = 18;
const LEGEND = 30;
/** Heights of a row in CSS pixels: the highest, the lowest, and the lowest with room for its own name. */
const HIGHEST = 30;
const LOWEST = 2;
const WITH_NAME = 12;
/** Columns of the table. */
const MOMENTS = 8;

/** @param {Layers} view */
export const layersOf = ({ shape: [rows] }) => (rows - 1) / MEASURES.length;

/** The steps of all moments. @param {Layers} view */
export const stepsOf = ({ values, shape: [, moments] }) => values.subarray(0, moments);

/** A measure of a layer at all moments. @param {Layers} view @param {number} measure @param {number} layer */
export function rowOf(view, measure, layer) {
  const row = 1 + measure * layersOf(view) + layer;
  return view.values.subarray(row * view.shape[1], (row + 1) * view.shape[1]);
}

/** The layers that have a measure at some moment. @param {Layers} view @param {number} measure */
export const layersWith = (view, measure) =>
  Array.from({ length: layersOf(view) }, (_, layer) => layer).filter((layer) => rowOf(view, measure, layer).some(Number.isFinite));

/** The ends of a measure's scale. A logarithmic one begins with the smallest number above 0, a linear one with 0. @param {Layers} view @param {number} measure
 *  @returns {[number, number]} */
export function rangeOf(view, measure) {
  const { logarithmic } = MEASURES[measure];
  let [low, high] = [Infinity, 0];
  for (const layer of layersWith(view, measure)) {
    for (const value of rowOf(view, measure, layer)) {
      if (!Number.isFinite(value)) continue;
      high = Math.max(high, value);
      if (value > 0) low = Math.min(low, value);
    }
  }
  if (!high) return [0, 1];
  return logarithmic ? [low < high ? low : high / 10, high] : [0, measure === 2 ? 1 : high];
}

/** Where a value lies on the scale, in [0, 1]. @param {number} measure @param {[number, number]} range @param {number} value */
export function placeOf(measure, [low, high], value) {
  if (!MEASURES[measure].logarithmic || !low) return Math.min(1, value / high);
  return value > 0 ? Math.max(0, Math.log(value / low) / Math.log(high / low)) : 0;
}

/** The value at a place of the scale: the inverse of `placeOf`. @param {number} measure @param {[number, number]} range @param {number} place */
export const valueAt = (measure, [low, high], place) => (MEASURES[measure].logarithmic && low ? low * (high / low) ** place : place * high);

/** The ends of the columns along the axis, in [0, 1]: halfway between two moments. @param {ArrayLike<number>} steps @returns {number[]} one more than moments */
export function edgesOf(steps) {
  const moments = steps.length;
  if (moments < 2) return [0, 1];
  const span = steps[moments - 1] - steps[0];
  const between = Array.from({ length: moments - 1 }, (_, moment) => ((steps[moment] + steps[moment + 1]) / 2 - steps[0]) / span);
  return [0, ...between, 1];
}

/** The newest numbers in a sentence. @param {Layers} view @param {number} measure */
export function summary(view, measure) {
  const { noun, none, text } = MEASURES[measure];
  const newest = layersWith(view, measure)
    .map((layer) => ({ layer, value: rowOf(view, measure, layer)[view.shape[1] - 1] }))
    .filter(({ value }) => Number.isFinite(value))
    .sort((a, b) => a.value - b.value);
  if (!newest.length) return none;
  const said = ({ layer, value }) => `${text(value)} (${view.axes[layer]})`;
  const [least, most] = [newest[0], newest[newest.length - 1]];
  return newest.length === 1 ? `Newest ${noun}: ${said(most)}.` : `Newest ${noun}: from ${said(least)} to ${said(most)}.`;
}

/** One cell in a sentence. @param {Layers} view @param {number} measure @param {Cell} cell */
export function cellText(view, measure, { layer, moment }) {
  const { noun, text } = MEASURES[measure];
  return `${view.axes[layer]}, step ${count(stepsOf(view)[moment])}: ${noun} ${text(rowOf(view, measure, layer)[moment])}.`;
}

/** The numbers of some moments, from the first to the newest, as a table. @param {Layers} view @param {number} measure */
export function tableOf(view, measure) {
  const moments = view.shape[1];
  const columns = Math.min(moments, MOMENTS);
  const chosen = Array.from({ length: columns }, (_, column) => (columns === 1 ? 0 : Math.round((column * (moments - 1)) / (columns - 1))));
  const { text } = MEASURES[measure];
  return {
    head: ["Layer", ...chosen.map((moment) => `step ${count(stepsOf(view)[moment])}`)],
    rows: layersWith(view, measure).map((layer) => [view.axes[layer], ...chosen.map((moment) => text(rowOf(view, measure, layer)[moment]))]),
  };
}

/** @param {HTMLCanvasElement} canvas @param {Layers|null} view @param {any} look */
function draw(canvas, view, look) {
  const { width, choice: measure, colors, pointed } = look;
  const room = look.height ?? 350;
  const layers = view ? layersWith(view, measure) : [];
  if (!view || !layers.length) {
    fresh(canvas, width, 0);
    return null;
  }
  const high = Math.max(LOWEST, Math.min(HIGHEST, (room - MARGIN.top - AXIS - LEGEND) / layers.length));
  const pen = fresh(canvas, width, MARGIN.top + high * layers.length + AXIS + LEGEND);
  pen.font = `12px ${colors.font}`;
  const most = Math.min(150, width * 0.36);
  const names = layers.map((layer) => shortened(pen, view.axes[layer], most));
  const left = Math.ceil(Math.max(...names.map((name) => pen.measureText(name).width))) + 8;
  const across = width - left - MARGIN.right;
  const { top } = MARGIN;
  const range = rangeOf(view, measure);
  const [none, all] = [rgb(colors.surface), rgb(colors.magnitude)];
  const color = (place) => css(mix(none, all, 0.05 + 0.95 * place));
  const steps = stepsOf(view);
  const edges = edgesOf(steps).map((share) => left + share * across);
  const every = Math.ceil(WITH_NAME / high);
  layers.forEach((layer, row) => {
    const y = top + row * high;
    pen.fillStyle = colors.text;
    if (row % every === 0) write(pen, names[row], left - 6, y + high / 2, "right");
    rowOf(view, measure, layer).forEach((value, moment) => {
      if (!Number.isFinite(value)) return;
      pen.fillStyle = color(placeOf(measure, range, value));
      pen.fillRect(edges[moment], y, edges[moment + 1] - edges[moment] + 0.3, high - (high > 6 ? 1 : 0));
    });
  });
  const foot = top + high * layers.length;
  pen.strokeStyle = colors.border;
  pen.lineWidth = 1;
  pen.strokeRect(left - 0.5, top - 0.5, across + 1, foot - top + 1);
  if (pointed && layers.includes(pointed.layer) && pointed.moment < steps.length) {
    const y = top + layers.indexOf(pointed.layer) * high;
    pen.strokeStyle = colors.text;
    pen.lineWidth = 2;
    pen.strokeRect(edges[pointed.moment], y, Math.max(2, edges[pointed.moment + 1] - edges[pointed.moment]), high);
  }
  pen.font = `11px ${colors.font}`;
  pen.fillStyle = colors.muted;
  write(pen, count(steps[0]), left, foot + 9, "left");
  write(pen, "step", left + across / 2, foot + 9);
  if (steps.length > 1) write(pen, count(steps[steps.length - 1]), left + across, foot + 9, "right");
  const { text, logarithmic, noun } = MEASURES[measure];
  const marks = [0, 0.5, 1].map((place) => /** @type {[number, string]} */ ([place, text(valueAt(measure, range, place))]));
  const strength = Math.min(240, across);
  strip(pen, { x: left, y: foot + AXIS + 2, width: strength }, color, marks, colors.muted);
  const label = `${noun}${logarithmic ? " (log)" : ""}`;
  if (across - strength > pen.measureText(label).width + 12) write(pen, label, left + strength + 10, foot + AXIS + 6, "left");
  return { left, top, across, high, edges, layers };
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {number} most in CSS pixels */
function shortened(pen, text, most) {
  if (pen.measureText(text).width <= most) return text;
  let letters = text.length - 1;
  while (letters > 1 && pen.measureText(`${text.slice(0, letters)}…`).width > most) letters--;
  return `${text.slice(0, letters)}…`;
}

/** The cell under the pointer. */
function at({ left, top, across, high, edges, layers }, x, y) {
  const row = Math.floor((y - top) / high);
  if (x < left || x > left + across || row < 0 || row >= layers.length) return null;
  const after = edges.findIndex((edge) => edge > x);
  return { layer: layers[row], moment: after < 0 ? edges.length - 2 : Math.max(0, after - 1) };
}

/** The next cell, at first the newest of the first layer. */
function beside({ edges, layers }, pointed, [right, down]) {
  const moments = edges.length - 1;
  if (!pointed || !layers.includes(pointed.layer)) return { layer: layers[0], moment: moments - 1 };
  const held = (value, most) => Math.min(most - 1, Math.max(0, value));
  return { layer: layers[held(layers.indexOf(pointed.layer) + down, layers.length)], moment: held(pointed.moment + right, moments) };
}

/** @type {import("./index.js").Form} */
export default {
  draw, at, beside, blank: true,
  words: (view, { choice }) => summary(view, choice),
  fits: ({ shape, axes }) => shape.length === 2 && shape[0] === 1 + MEASURES.length * axes.length && shape[1] > 0,
  pointedWords: (view, { choice }, cell) => (cell.moment < view.shape[1] ? cellText(view, choice, cell) : summary(view, choice)),
  table: (view, { choice }) => tableOf(view, choice),
};
