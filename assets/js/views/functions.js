/**
 * An activation function with its slope, and below it where the layer's inputs lie.
 *
 * @typedef {{values: Float32Array, shape: number[]}} Functions  shape (layers, 5, BINS): for each layer x in the middle of each bin; the value of
 *   the function; its slope; the share of inputs in the bin, at the ends with all beyond; and the share of inputs at which it is flat, the share
 *   of units at which it is flat for all examples, and the number of inputs
 */

import { fresh, polyline, write } from "../canvas.js";
import { count, loss, percent, plural } from "../numbers.js";
import { ticks } from "./scatter.js";

const MARGIN = { left: 40, top: 8, right: 10, bottom: 30 };
/** How much of the height the inputs take. */
const INPUTS = 0.36;
const LEGEND = 18;
const GAP = 10;
/** As in playground/training/views/functions.py. */
const FLAT = 0.01;
const ROWS = 5;

/** The rows of a layer. @param {Functions} view @param {number} layer */
export function rowsOf({ values, shape: [, , bins] }, layer) {
  const [x, value, slope, share, facts] = Array.from({ length: ROWS }, (_, row) => values.subarray((ROWS * layer + row) * bins, (ROWS * layer + row + 1) * bins));
  const [flat, stuck, inputs] = facts;
  return { x, value, slope, share, flat, stuck, inputs, reach: x[bins - 1] + (x[1] - x[0]) / 2 };
}

/** The view in a sentence. @param {Functions} view @param {number} layer */
export function summary(view, layer) {
  const { flat, stuck, inputs } = rowsOf(view, layer);
  if (!inputs) return "The inputs of this layer are not numbers.";
  return `Flat at ${percent(flat)} of ${plural(inputs, "input")}, and at all inputs of ${percent(stuck)} of the units.`;
}

/** A bin in a sentence. @param {Functions} view @param {number} layer @param {number} bin */
export function binText(view, layer, bin) {
  const { x, value, slope, share, reach } = rowsOf(view, layer);
  const half = reach / x.length;
  const [low, high] = [x[bin] - half, x[bin] + half].map(signed);
  const where = bin === 0 ? `below ${high}` : bin === x.length - 1 ? `above ${low}` : `from ${low} to ${high}`;
  return `Inputs ${where}: ${percent(share[bin])}. At ${signed(x[bin])} the function is ${signed(value[bin])}, its slope ${signed(slope[bin])}.`;
}

const signed = (value) => (Math.abs(value) < 5e-7 ? "0" : loss(value));

/** @param {Functions} view @param {number} layer */
export function tableOf(view, layer) {
  const { x, value, slope, share } = rowsOf(view, layer);
  return {
    head: ["Input", "Function", "Slope", "Share of inputs"],
    rows: Array.from(x, (at, bin) => [signed(at), signed(value[bin]), signed(slope[bin]), percent(share[bin])]).filter((_, bin) => bin % 2 === 0 || share[bin] > 0),
  };
}

/** @param {HTMLCanvasElement} canvas @param {Functions|null} view @param {any} look */
function draw(canvas, view, look) {
  const { width, choice, colors, pointed } = look;
  if (!view) {
    fresh(canvas, width, 0);
    return null;
  }
  const { x, value, slope, share, reach } = rowsOf(view, choice);
  const height = look.height ?? 350;
  const pen = fresh(canvas, width, height);
  const { left, top } = MARGIN;
  const across = width - left - MARGIN.right;
  const whole = height - top - MARGIN.bottom - LEGEND;
  const below = Math.round(whole * INPUTS);
  const above = whole - below - GAP;
  const at = (number) => left + ((number + reach) / (2 * reach)) * across;
  const bars = top + above + GAP;
  const ends = [...value, ...slope, 0, 1].filter(Number.isFinite);
  const [low, high] = [Math.min(...ends), Math.max(...ends)];
  const up = (number) => top + above - ((number - low) / (high - low)) * above;
  const wide = across / x.length;
  pen.fillStyle = colors.grid;
  pen.globalAlpha = 0.55;
  slope.forEach((steep, bin) => Math.abs(steep) <= FLAT && pen.fillRect(left + bin * wide, top, wide + 0.4, whole));
  pen.globalAlpha = 1;
  pen.font = `11px ${colors.font}`;
  pen.lineWidth = 1;
  for (const number of ticks(low, high, 4)) {
    pen.strokeStyle = colors.grid;
    line(pen, left, up(number), left + across, up(number));
    pen.fillStyle = colors.muted;
    write(pen, signed(number), left - 5, up(number), "right");
  }
  pen.strokeStyle = colors.border;
  line(pen, at(0), top, at(0), top + whole);
  const most = Math.max(...share);
  share.forEach((part, bin) => {
    const tall = most ? (part / most) * below : 0;
    pen.fillStyle = colors.magnitude;
    pen.fillRect(left + bin * wide + 0.5, bars + below - tall, Math.max(1, wide - 1), tall);
  });
  pen.fillStyle = colors.muted;
  write(pen, percent(most), left - 5, bars + 5, "right");
  pen.strokeStyle = colors.border;
  line(pen, left, bars + below, left + across, bars + below);
  for (const number of [-reach, -reach / 2, 0, reach / 2, reach]) write(pen, signed(number), at(number), bars + below + 9, number === reach ? "right" : number === -reach ? "left" : "center");
  polyline(pen, slope, (bin) => at(x[bin]), up, { color: colors.muted, thick: 1.5, dashes: [5, 3] });
  polyline(pen, value, (bin) => at(x[bin]), up, { color: colors.text, thick: 2 });
  if (pointed && pointed.bin < x.length) {
    pen.strokeStyle = colors.text;
    pen.lineWidth = 1.5;
    pen.strokeRect(left + pointed.bin * wide, top, wide, whole);
  }
  legend(pen, { x: left, y: height - LEGEND / 2 - 2, width: across }, colors);
  return { left, top, across, whole, bins: x.length };
}

function line(pen, x1, y1, x2, y2) {
  pen.beginPath();
  pen.moveTo(x1, Math.round(y1) + 0.5);
  pen.lineTo(x2, Math.round(y2) + 0.5);
  pen.stroke();
}

function legend(pen, { x, y, width }, colors) {
  const entries = [
    ["function", (at) => polyline(pen, [0, 0], (index) => at + 16 * index, () => y, { color: colors.text, thick: 2 })],
    ["slope", (at) => polyline(pen, [0, 0], (index) => at + 16 * index, () => y, { color: colors.muted, thick: 1.5, dashes: [5, 3] })],
    ["inputs", (at) => fill(pen, at, y, colors.magnitude)],
    ["flat", (at) => fill(pen, at, y, colors.grid)],
  ];
  let at = x;
  for (const [name, swatch] of entries) {
    const room = 20 + pen.measureText(name).width + 12;
    if (at + room > x + width + 12) return;
    swatch(at);
    pen.fillStyle = colors.muted;
    write(pen, name, at + 20, y, "left");
    at += room;
  }
}

function fill(pen, x, y, color) {
  pen.fillStyle = color;
  pen.fillRect(x, y - 5, 16, 10);
}

/** The bin under the pointer. */
function at({ left, top, across, whole, bins }, x, y) {
  if (x < left || x >= left + across || y < top || y > top + whole) return null;
  return { bin: Math.min(bins - 1, Math.floor(((x - left) / across) * bins)) };
}

/** The next bin, at first the middle one. */
const beside = ({ bins }, pointed, [right]) => ({ bin: pointed ? Math.min(bins - 1, Math.max(0, pointed.bin + right)) : Math.floor(bins / 2) });

/** @type {import("./index.js").Form} */
export default {
  draw, at, beside, blank: true,
  words: (view, { choice }) => summary(view, choice),
  fits: ({ shape }) => shape.length === 3 && shape[1] === ROWS && shape[0] > 0,
  pointedWords: (view, { choice }, { bin }) => binText(view, choice, bin),
  table: (view, { choice }) => tableOf(view, choice),
};
