/**
 * The tensor between two layers, drawn to scale: maps as a stack of sheets, sequences as a stack of strips, one for each feature and as long
 * as its steps, symbols as a row of cells, a vector as units or a bar. Where sequences may end early, the end is dashed: it may be padding.
 *
 * All tensors of a network share one scale. Sides of maps scale with the square root, so that 7×7 is still visible next to 224×224; channels
 * and numbers are drawn one by one as long as they can be distinguished, then logarithmically. Lengths in CSS pixels.
 */

import { sizeOf } from "./network_model.js";
import { plural } from "./numbers.js";

const HEIGHT = 20; // of a row of the editor
const LARGEST = 17; // side of the largest map of a network
const PER_ROOT = 3.2; // side of a map for each root of its pixels: 28 → 17
const SMALLEST = 3;
const SHIFT = 2.6; // from a sheet to the next
const RISE = 0.7;
const COUNTED = 8; // sheets drawn one by one
const PER_DOUBLING = 4; // sheets more for twice the channels
const UNITS = 10; // drawn one by one
const PITCH = 8; // from a unit to the next
const BAR_PER_DOUBLING = 12; // px more for twice the numbers
const STRIP = 5; // height of a strip
const STRIP_RISE = 1.1;
const STRIPS_COUNTED = 6; // strips drawn one by one; a doubling adds one
const CELL = 9; // height of the cells of symbols
const VALID = 0.7; // share of the drawing of a sequence that may end early, before its dashed end

/** @typedef {import("./network_model.js").Tensor} Tensor */
/** @typedef {{width: number, height: number, path: string, padding?: string, kind: "maps"|"strips"|"cells"|"units"|"bar"}} Drawing
 *    padding: the outline of what may be padding */

/** The number of sheets drawn for a number of channels. @param {number} channels */
export const sheetsOf = (channels) => Math.round(channels <= COUNTED ? channels : COUNTED + PER_DOUBLING * Math.log2(channels / COUNTED));

/** The number of strips drawn for the features of a sequence. @param {number} features */
export const stripsOf = (features) => Math.round(features <= STRIPS_COUNTED ? features : STRIPS_COUNTED + Math.log2(features / STRIPS_COUNTED));

/** The width of a row of numbers. @param {number} numbers */
export const lengthOf = (numbers) => (numbers <= UNITS ? numbers * PITCH : UNITS * PITCH + BAR_PER_DOUBLING * Math.log2(numbers / UNITS));

/** The scale for all tensors of a network: the side of a map per square root of its side in pixels. @param {(Tensor|null)[]} tensors */
export function scaleOf(tensors) {
  const largest = Math.max(1, ...tensors.flatMap((tensor) => (tensor ? [sizeOf(tensor, "height") ?? 1, sizeOf(tensor, "width") ?? 1] : [])));
  return Math.min(PER_ROOT, LARGEST / Math.sqrt(largest));
}

/** @param {Tensor} tensor  one example @param {number} scale @returns {Drawing} */
export function drawing(tensor, scale) {
  const [features, length, channels] = ["features", "length", "channels"].map((name) => sizeOf(tensor, name));
  if (tensor.vocabulary !== null) return cells(length, tensor.varies);
  if (length !== undefined) return strips(stripsOf(features), lengthOf(length), tensor.varies);
  if (channels === undefined) return features <= UNITS ? units(features) : bar(features);
  const [height, width] = ["height", "width"].map((name) => Math.max(SMALLEST, scale * Math.sqrt(sizeOf(tensor, name))));
  return stack(sheetsOf(channels), width, height, "maps");
}

/** In words: "16 maps of 28×28", "28 steps × 12 features", "up to 64 symbols". @param {Tensor} tensor */
export function inWords(tensor) {
  const [features, length, channels] = ["features", "length", "channels"].map((name) => sizeOf(tensor, name));
  const most = tensor.varies ? "up to " : "";
  if (tensor.vocabulary !== null) return most + plural(length, "symbol");
  if (length !== undefined) return `${most}${plural(length, "step")} × ${plural(features, "feature")}`;
  if (channels === undefined) return plural(features, "number");
  return `${plural(channels, "map")} of ${sizeOf(tensor, "height")}×${sizeOf(tensor, "width")}`;
}

/** The names of its axes: "length × features". @param {Tensor} tensor */
export const axesText = (tensor) => tensor.axes.map(([name]) => name).join(" × ") + (tensor.vocabulary === null ? "" : ` of ${plural(tensor.vocabulary, "symbol")}`);

/** A row of squares, one for each symbol; of long sequences, fewer. */
function cells(length, varies) {
  const width = lengthOf(length);
  const count = Math.max(1, Math.round(width / PITCH));
  const side = width / count;
  const top = (HEIGHT - CELL) / 2;
  const cell = (/** @type {number} */ index) => `M${round(index * side + 0.5)} ${top}H${round((index + 1) * side - 1)}V${top + CELL}H${round(index * side + 0.5)}Z`;
  const all = Array.from({ length: count }, (_, index) => cell(index));
  const valid = varies ? Math.max(1, Math.round(VALID * count)) : count;
  return { width: Math.ceil(width), height: HEIGHT, path: all.slice(0, valid).join(""), padding: all.slice(valid).join(""), kind: "cells" };
}

function strips(count, width, varies) {
  const whole = stack(count, width, STRIP, "strips");
  if (!varies) return whole;
  return { ...whole, path: stack(count, Math.max(SHIFT, VALID * width), STRIP, "strips").path, padding: whole.path };
}

/** Circles in a row. */
function units(count) {
  const radius = 3;
  const circle = (_, index) => `M${round(index * PITCH + PITCH / 2 - radius)} ${HEIGHT / 2}a${radius} ${radius} 0 1 0 ${2 * radius} 0a${radius} ${radius} 0 1 0 ${-2 * radius} 0Z`;
  return { width: count * PITCH, height: HEIGHT, path: Array.from({ length: count }, circle).join(""), kind: "units" };
}

function bar(count) {
  const width = lengthOf(count);
  return { width: Math.ceil(width), height: HEIGHT, path: `M0.5 ${HEIGHT / 2 - 3}H${round(width - 0.5)}V${HEIGHT / 2 + 3}H0.5Z`, kind: "bar" };
}

/** Sheets one behind another, shifted right and slightly up; only their visible parts are drawn. */
function stack(count, width, height, kind) {
  const rise = count > 1 ? Math.min(kind === "strips" ? STRIP_RISE : RISE, (HEIGHT - 1 - height) / (count - 1)) : 0;
  const shift = Math.min(SHIFT, width);
  const bottom = (HEIGHT + height + rise * (count - 1)) / 2;
  const left = (/** @type {number} */ index) => round(0.5 + shift * index);
  const right = (/** @type {number} */ index) => round(0.5 + shift * index + width);
  const top = (/** @type {number} */ index) => round(bottom - height - rise * index);
  const foot = (/** @type {number} */ index) => round(bottom - rise * index);
  const front = `M${left(0)} ${top(0)}H${right(0)}V${foot(0)}H${left(0)}Z`;
  const behind = Array.from({ length: count - 1 }, (_, before) => {
    const index = before + 1;
    return `M${left(index)} ${top(before)}V${top(index)}H${right(index)}V${foot(index)}H${right(before)}V${top(before)}Z`;
  });
  return { width: Math.ceil(width + shift * (count - 1) + 1), height: HEIGHT, path: front + behind.join(""), kind };
}

const round = (/** @type {number} */ value) => Math.round(100 * value) / 100;

/** The SVG of a tensor, redrawn only if it changes. */
export function tensorView() {
  const root = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  const end = document.createElementNS("http://www.w3.org/2000/svg", "path");
  root.setAttribute("class", "pg-tensor");
  root.setAttribute("aria-hidden", "true");
  end.setAttribute("class", "pg-padding");
  root.append(end, path);
  let shown = "";
  return {
    root,
    /** @param {Tensor|null} tensor @param {number} scale */
    update(tensor, scale) {
      const wanted = JSON.stringify([tensor, scale]);
      if (wanted === shown) return;
      shown = wanted;
      const { width, height, path: outline, padding = "", kind } = tensor ? drawing(tensor, scale) : { width: 0, height: HEIGHT, path: "", kind: "none" };
      root.setAttribute("width", String(width));
      root.setAttribute("height", String(height));
      if (kind === "bar" || kind === "units") root.setAttribute("viewBox", `0 0 ${width} ${height}`); // shorter where there is little room
      else root.removeAttribute("viewBox");
      root.style.setProperty("--pg-width", `${width}px`);
      root.setAttribute("preserveAspectRatio", kind === "bar" ? "none" : "xMidYMid");
      root.dataset.kind = kind;
      path.setAttribute("d", outline);
      end.setAttribute("d", padding);
    },
  };
}
