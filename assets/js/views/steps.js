/**
 * Test examples, step by step: the input symbol, the true class and the predicted one, each as a cell.
 *
 * @typedef {{values: Float32Array, shape: number[], classes: string[], symbols: string[]}} Steps  shape (3, M, L): symbols, targets and
 *   predictions; NaN where there is none. axes: the names of the three rows
 * @typedef {{x: number, y: number, example: number, step: number, size: number}} Column  the cells of a step, in CSS pixels
 */

import { fresh, write } from "../canvas.js";
import { count, percent, plural } from "../numbers.js";
import { css, ink, rgb } from "../scales.js";

const [INPUT, TARGET, PREDICTED] = [0, 1, 2];
const LEFT = 62;
const TOP = 4;
/** Sides of a cell in CSS pixels, and its height. */
const NARROW = 17;
const WIDE = 26;
const HIGH = 18;
/** Between two lines of cells, and below them. */
const GAP = 9;
const LEGEND = 24;
/** The number of classes that have a color each. */
const COLORS = 10;

/** @param {Steps} view @param {number} row @param {number} example @param {number} step */
const cell = ({ values, shape: [, examples, steps] }, row, example, step) => values[(row * examples + example) * steps + step];

/** Whether the step has a target and the prediction differs from it. @param {Steps} view @param {number} example @param {number} step */
export function isWrong(view, example, step) {
  const target = cell(view, TARGET, example, step);
  return !Number.isNaN(target) && cell(view, PREDICTED, example, step) !== target;
}

/** Steps of an example, without padding. @param {Steps} view @param {number} example */
export function lengthOf(view, example) {
  for (let step = view.shape[2]; step > 0; step--) {
    if ([INPUT, TARGET].some((row) => !Number.isNaN(cell(view, row, example, step - 1)))) return step;
  }
  return 0;
}

/** The classes in one or two letters: as they are, by their first letters, or numbered. @param {string[]} classes */
export function shortNames(classes) {
  if (classes.every((name) => [...name].length <= 2)) return classes;
  const first = classes.map((name) => [...name][0] ?? "");
  return new Set(first).size === classes.length ? first : classes.map((_, number) => String(number + 1));
}

/** The view in a sentence. @param {Steps} view */
export function summary(view) {
  const [, examples, steps] = view.shape;
  let [right, all, whole] = [0, 0, 0];
  for (let example = 0; example < examples; example++) {
    let wrong = 0;
    for (let step = 0; step < steps; step++) {
      if (Number.isNaN(cell(view, TARGET, example, step))) continue;
      all += 1;
      if (isWrong(view, example, step)) wrong += 1;
      else right += 1;
    }
    whole += wrong === 0 ? 1 : 0;
  }
  return `Of ${plural(all, "step")} of ${plural(examples, "test example")}, ${percent(all ? right / all : NaN)} are right; ${count(whole)} of ${plural(examples, "example")} without a mistake.`;
}

/** One step in a sentence. @param {Steps} view @param {number} example @param {number} step */
export function stepText(view, example, step) {
  const [input, target, predicted] = [INPUT, TARGET, PREDICTED].map((row) => cell(view, row, example, step));
  const read = Number.isNaN(input) ? "" : `input ${view.symbols[input]}, `;
  const answer = Number.isNaN(target) ? "no target" : `target ${view.classes[target]}, predicted ${view.classes[predicted]}: ${target === predicted ? "right" : "wrong"}`;
  return `Example ${example + 1}, step ${step + 1}: ${read}${answer}.`;
}

/**
 * Where the steps are drawn: line by line, as many as there is room for.
 *
 * @param {Steps} view @param {{width: number, height: number|null}} room
 * @returns {{columns: Column[], rows: number[], foot: number}} rows: those that have cells; foot: below the last line
 */
export function arranged(view, { width, height }) {
  const [, examples, steps] = view.shape;
  const rows = view.symbols.length ? [INPUT, TARGET, PREDICTED] : [TARGET, PREDICTED];
  const size = Math.max(NARROW, Math.min(WIDE, Math.floor((width - LEFT - 2) / steps)));
  const across = Math.max(1, Math.floor((width - LEFT - 2) / size));
  const line = rows.length * HIGH + GAP;
  const bottom = (height ?? 420) - LEGEND;
  const columns = [];
  let y = TOP;
  for (let example = 0; example < examples; example++) {
    for (let step = 0; step < lengthOf(view, example); step++) {
      if (step % across === 0 && columns.length) y += line;
      if (y + line > bottom && columns.length) return { columns, rows, foot: y };
      columns.push({ x: LEFT + (step % across) * size, y, example, step, size });
    }
  }
  return { columns, rows, foot: y + line };
}

/** @param {HTMLCanvasElement} canvas @param {Steps|null} view @param {any} look */
function draw(canvas, view, look) {
  const { width, axes, colors, classes, pointed } = look;
  if (!view) {
    fresh(canvas, width, 0);
    return null;
  }
  const { columns, rows, foot } = arranged(view, look);
  const pen = fresh(canvas, width, foot + LEGEND);
  const names = shortNames(classes);
  const fills = classes.length <= COLORS ? classes.map((_, number) => rgb(colors.classes[number])) : null;
  for (const { x, y, example, step, size } of columns) {
    rows.forEach((row, place) => {
      const top = y + place * HIGH;
      pen.font = `11px ${colors.font}`;
      if (x === LEFT) {
        pen.fillStyle = colors.muted;
        write(pen, axes[row], LEFT - 6, top + HIGH / 2, "right");
      }
      const value = cell(view, row, example, step);
      if (Number.isNaN(value)) return;
      const fill = row === INPUT ? null : fills?.[value];
      pen.fillStyle = fill ? css(fill) : colors.grid;
      if (row !== INPUT) pen.fillRect(x, top, size - 1, HIGH - 1);
      pen.fillStyle = fill ? ink(fill) : colors.text;
      pen.font = `12px ${colors.mono}`;
      write(pen, shortened((row === INPUT ? view.symbols : names)[value], size), x + (size - 1) / 2, top + HIGH / 2);
      if (row === PREDICTED && isWrong(view, example, step)) mark(pen, x, top, size, colors);
    });
    if (pointed && pointed.example === example && pointed.step === step) {
      pen.strokeStyle = colors.text;
      pen.lineWidth = 1.5;
      pen.strokeRect(x - 1, y - 1, size + 1, rows.length * HIGH + 1);
    }
  }
  legend(pen, foot + 6, width, { classes, names, fills, colors });
  return { columns, down: rows.length * HIGH };
}

const shortened = (/** @type {string} */ text, /** @type {number} */ size) => {
  const letters = Math.floor((size - 2) / 7);
  return text.length > letters ? `${text.slice(0, Math.max(1, letters - 1))}${letters > 1 ? "…" : ""}` : text;
};

/** Marks a wrong prediction. */
function mark(pen, x, y, size, colors) {
  pen.strokeStyle = colors.text;
  pen.lineWidth = 2;
  pen.strokeRect(x + 1, y + 1, size - 3, HIGH - 3);
  pen.fillStyle = colors.text;
  pen.beginPath();
  pen.moveTo(x + size - 8, y);
  pen.lineTo(x + size - 1, y);
  pen.lineTo(x + size - 1, y + 7);
  pen.fill();
}

function legend(pen, y, width, { classes, names, fills, colors }) {
  pen.font = `12px ${colors.font}`;
  let x = LEFT;
  const entry = (text, swatch) => {
    if (x + 20 + pen.measureText(text).width > width) return;
    swatch(x);
    pen.fillStyle = colors.text;
    pen.font = `12px ${colors.font}`;
    write(pen, text, x + 20, y + 7, "left");
    x += 20 + pen.measureText(text).width + 12;
  };
  entry("wrong", (left) => {
    pen.fillStyle = colors.grid;
    pen.fillRect(left, y - 1, 15, HIGH - 3);
    mark(pen, left, y - 2, 16, colors);
  });
  if (!fills || names === classes) return;
  classes.forEach((name, number) => entry(name, (left) => {
    pen.fillStyle = css(fills[number]);
    pen.fillRect(left, y, 14, 14);
    pen.fillStyle = ink(fills[number]);
    pen.font = `11px ${colors.mono}`;
    write(pen, names[number], left + 7, y + 7.5);
  }));
}

/** The step under the pointer. */
function at({ columns, down }, x, y) {
  const { example, step } = columns.find((column) => x >= column.x && x < column.x + column.size && y >= column.y && y < column.y + down) ?? {};
  return example === undefined ? null : { example, step };
}

/** The next step in the direction of an arrow key, at first the first one. */
function beside({ columns }, pointed, [right, down]) {
  const current = columns.findIndex(({ example, step }) => pointed && example === pointed.example && step === pointed.step);
  if (current < 0) return { example: 0, step: 0 };
  const { x, y } = columns[current];
  const next = right
    ? columns[current + right]
    : columns.filter((column) => column.x === x && Math.sign(column.y - y) === down).sort((a, b) => Math.abs(a.y - y) - Math.abs(b.y - y))[0];
  const { example, step } = next ?? columns[current];
  return { example, step };
}

/** @type {import("./index.js").Form} */
export default {
  draw, at, beside, blank: true,
  words: summary,
  fits: ({ shape }) => shape.length === 3 && shape[0] === 3,
  pointedWords: (view, _look, { example, step }) => stepText(view, example, step),
};
