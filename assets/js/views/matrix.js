/**
 * A confusion matrix: counts of test examples, on the diagonal those that are correct; color is the share of the row.
 *
 * @typedef {{values: Float32Array, shape: number[], classes: string[]}} Confusion  shape (K, K), by class along both axes, rows first
 */

import { fresh, strip, write } from "../canvas.js";
import { count, percent, plural } from "../numbers.js";
import { css, ink, magnitude, rgb, shareMarks } from "../scales.js";

const LEGEND = 30;
const EDGE = 16;
/** Cell sizes in CSS pixels: the smallest, and the smallest with room for its own row label. */
const SMALLEST = 2;
const WITH_LABEL = 10;
/** Font sizes in CSS pixels: the largest, and the smallest legible one. */
const LARGEST_TYPE = 12;
const LEGIBLE = 8;

/** @param {Confusion} view */
export function rowTotals({ values, shape: [size] }) {
  return Array.from({ length: size }, (_, row) => values.subarray(row * size, (row + 1) * size).reduce((sum, value) => sum + value, 0));
}

/** The matrix in a sentence. @param {Confusion} view */
export function summary(view) {
  const { values, shape: [size], classes } = view;
  let [right, all, worst] = [0, 0, -1];
  values.forEach((value, cell) => {
    all += value;
    if (Math.floor(cell / size) === cell % size) right += value;
    else if (value > 0 && (worst < 0 || value > values[worst])) worst = cell;
  });
  const mistake = worst < 0 ? "" : ` Most common mistake: ${classes[Math.floor(worst / size)]} classified as ${classes[worst % size]} (${plural(values[worst], "time")}).`;
  return `${count(right)} of ${plural(all, "test example")} correct.${mistake}`;
}

/** One cell in a sentence. @param {Confusion} view @param {number} row @param {number} column */
export function cellText(view, row, column) {
  const value = view.values[row * view.shape[0] + column];
  const total = rowTotals(view)[row];
  const outcome = row === column ? "correct" : `classified as ${view.classes[column]}`;
  return `${view.classes[row]} ${outcome}: ${count(value)} of ${count(total)}${total ? ` (${percent(value / total)})` : ""}`;
}

/** Font size at which the longest number fits its cell; 0 if none would be legible: then there are only colors, and pointing at a cell shows
 *  its number. @param {Confusion} view @param {number} cell */
export function numberSize({ values }, cell) {
  const letters = count(values.reduce((most, value) => Math.max(most, value), 0)).length;
  const size = Math.min(LARGEST_TYPE, (cell - 3) / (0.58 * letters), cell - 3);
  return size < LEGIBLE ? 0 : size;
}

/** @param {Confusion|null} view @param {{width: number, height: number|null, classes: string[]}} room */
export function geometry(view, { width, height, classes }) {
  const size = classes.length;
  const longest = Math.max(...classes.map((label) => label.length), 1);
  const left = EDGE + Math.min(96, 7 + 7 * longest);
  const top = EDGE + 18;
  const cell = Math.max(SMALLEST, Math.min((width - left - 4) / size, ((height ?? 420) - top - LEGEND) / size, 64));
  return { left, top, cell, height: top + cell * size + LEGEND };
}

/** Of two or three classes, the legend is wider than the matrix, so that its marks have room. @param {number} matrix @param {number} room */
export const legendWidth = (matrix, room) => Math.min(Math.max(matrix - 1, 200), 260, room - 4);

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Confusion|null} view
 * @param {any} look
 */
function draw(canvas, view, look) {
  const { width, classes, axes, colors, pointed } = look;
  const size = classes.length;
  const { left, top, cell, height } = geometry(view, look);
  const pen = fresh(canvas, width, height);
  const color = magnitude(rgb(colors.surface), rgb(colors.magnitude));
  const totals = view ? rowTotals(view) : [];
  const type = view ? numberSize(view, cell) : 0;
  pen.font = `12px ${colors.font}`;
  pen.fillStyle = colors.muted;
  write(pen, axes[1], left + (cell * size) / 2, EDGE / 2);
  pen.save();
  pen.translate(EDGE / 2, top + (cell * size) / 2);
  pen.rotate(-Math.PI / 2);
  write(pen, axes[0], 0, 0);
  pen.restore();
  const room = Math.floor(cell / 6.5);
  const short = (label, letters) => (label.length > letters ? `${label.slice(0, Math.max(1, letters - 1))}…` : label);
  classes.forEach((label, index) => {
    pen.fillStyle = colors.text;
    if (room > 1 || label.length === 1) write(pen, short(label, Math.max(1, room)), left + (index + 0.5) * cell, EDGE + 9);
    if (index % Math.ceil(WITH_LABEL / cell) === 0) write(pen, short(label, 13), left - 6, top + (index + 0.5) * cell, "right");
  });
  for (let row = 0; row < size; row++) {
    for (let column = 0; column < size; column++) {
      const value = view ? view.values[row * size + column] : 0;
      const fill = view && totals[row] ? color(value / totals[row]) : rgb(colors.surface);
      pen.fillStyle = css(fill);
      pen.fillRect(left + column * cell, top + row * cell, cell - (cell > 4), cell - (cell > 4));
      if (!value || !type) continue;
      pen.fillStyle = ink(fill);
      pen.font = `${type}px ${colors.font}`;
      write(pen, count(value), left + (column + 0.5) * cell - 0.5, top + (row + 0.5) * cell);
    }
  }
  pen.strokeStyle = colors.border;
  pen.lineWidth = 1;
  pen.strokeRect(left - 0.5, top - 0.5, cell * size, cell * size);
  if (pointed) {
    pen.strokeStyle = colors.text;
    pen.lineWidth = 2;
    pen.strokeRect(left + pointed.column * cell, top + pointed.row * cell, cell - 1, cell - 1);
  }
  pen.font = `11px ${colors.font}`;
  strip(pen, { x: left, y: top + cell * size + 6, width: legendWidth(cell * size, width - left) }, (share) => css(color(share * share)), shareMarks("row"), colors.muted);
  return { left, top, cell, size };
}

/** The cell under the pointer. */
function at({ left, top, cell, size }, x, y) {
  const [column, row] = [Math.floor((x - left) / cell), Math.floor((y - top) / cell)];
  return row >= 0 && column >= 0 && row < size && column < size ? { row, column } : null;
}

/** The next cell, at first the first one. */
function beside({ size }, pointed, [right, down]) {
  const held = (value) => Math.min(size - 1, Math.max(0, value));
  return pointed ? { row: held(pointed.row + down), column: held(pointed.column + right) } : { row: 0, column: 0 };
}

/** @type {import("./index.js").Form} */
export default {
  draw, at, beside, blank: true,
  words: summary,
  fits: ({ shape, classes }) => shape[0] === classes.length,
  pointedWords: (view, _look, { row, column }) => cellText(view, row, column),
};
