/**
 * The network's predictions across the plane, beneath the training and test points.
 *
 * @typedef {{values: Float32Array, shape: number[], bounds: number[]}} Surface  shape (C, H, W), row 0 at the smallest x2; bounds: of both
 *   axes, or of one after the other
 * @typedef {{x1: number[], x2: number[], target: number[]}} Points
 * @typedef {"value"|"binary"|"classes"} Kind
 * @typedef {{values: Float32Array, shape: number[]}} Answers  shape (2, P): predicted classes of training points and of test points
 */

import { fresh, strip, write } from "../canvas.js";
import { along, amount, percent, plural } from "../numbers.js";
import { placeAt, placeBeside } from "../pointing.js";
import { css, diverging, mix, rgb } from "../scales.js";

const MARGIN = { left: 30, top: 6, right: 8, bottom: 20 };
/** Longer names of the second axis stand upright. */
const SHORT_NAME = 3;
const LONGEST_NAME = 20;
const NAME_WIDTH = 14;
const LEGEND = 34;
/** Opacity of the background colors; the points above it are fully opaque. */
const STRENGTH = 0.7;

/** @param {string[]} classes @param {number} channels @returns {Kind} */
export const kindOf = (classes, channels = classes.length) => (classes.length === 0 ? "value" : channels <= 2 && classes.length === 2 ? "binary" : "classes");

/** The ranges of both axes. @param {number[]} bounds @returns {[number[], number[]]} */
export const axesOf = (bounds) => [bounds.slice(0, 2), bounds.slice(-2)];

/** Largest distance from the middle that the signed scale must show. @param {Surface|null} surface @param {Points[]} points @param {number} [middle] */
export function reach(surface, points, middle = 0) {
  let most = 0;
  for (const { target } of points) for (const value of target) most = Math.max(most, Math.abs(value - middle));
  if (!most && surface) for (const value of surface.values) most = Math.max(most, Math.abs(value - middle));
  return most || 1;
}

/** The channel with the largest value at a cell, and that value. @param {Surface} surface @param {number} cell */
export function strongest({ values, shape }, cell) {
  const area = shape[1] * shape[2];
  let best = 0;
  for (let channel = 1; channel < shape[0]; channel++) if (values[channel * area + cell] > values[best * area + cell]) best = channel;
  return { channel: best, value: values[best * area + cell] };
}

/** Probability of class 1, or the value, at a cell. @param {Surface} surface @param {number} cell */
const single = ({ values, shape }, cell) => values[(shape[0] - 1) * shape[1] * shape[2] + cell];

/** The row-major cell of the surface at a point of the plane. @param {Surface} surface @param {number} x1 @param {number} x2 */
export function cellAt({ shape: [, rows, columns], bounds }, x1, x2) {
  const [across, up] = axesOf(bounds);
  const index = (value, cells, [low, high]) => Math.min(cells - 1, Math.max(0, Math.floor(((value - low) / (high - low)) * cells)));
  return index(x2, rows, up) * columns + index(x1, columns, across);
}

/** The value that stands for a prediction when only its side of the middle counts: −1 or 1, 0 in the middle. @param {number} value @param {number} middle */
export const sideOf = (value, middle) => Math.sign(value - middle);

/** How many points of a split are answered, and which of them wrongly. @param {Answers} answers @param {number} split  0: training, 1: test @param {number[]} target */
export function mistakes({ values, shape: [, count] }, split, target) {
  const answered = values.subarray(split * count, split * count + Math.min(count, target.length)).filter(Number.isFinite);
  return { answered: answered.length, wrong: [...answered.keys()].filter((point) => answered[point] !== target[point]) };
}

/** The mistakes in a sentence. @param {Answers} answers @param {{train: Points, test: Points}} points */
export function mistakesText(answers, points) {
  const [train, test] = [points.train, points.test].map(({ target }, split) => mistakes(answers, split, target));
  return ` Wrong: ${train.wrong.length} of ${plural(train.answered, "training point")}, ${test.wrong.length} of ${plural(test.answered, "test point")}.`;
}

/** The prediction at a point, in words. @param {Surface} surface @param {string[]} classes @param {string[]} axes @param {number} x1 @param {number} x2 */
export function pointText(surface, classes, axes, x1, x2) {
  const cell = cellAt(surface, x1, x2);
  const [first, second] = axesOf(surface.bounds).map(([low, high], axis) => `${axes[axis]} ${along([x1, x2][axis], high - low)}`);
  const where = `${first}, ${second}: `;
  switch (kindOf(classes, surface.shape[0])) {
    case "value":
      return `${where}${amount(single(surface, cell))}`;
    case "binary":
      return `${where}${classes[1]} ${percent(single(surface, cell))}`;
    default: {
      const { channel, value } = strongest(surface, cell);
      return `${where}${classes[channel]} ${percent(value)}`;
    }
  }
}

/** The view in a sentence. @param {Surface} surface @param {string[]} classes */
export function summary(surface, classes) {
  const cells = surface.shape[1] * surface.shape[2];
  const kind = kindOf(classes, surface.shape[0]);
  if (kind === "value") {
    const values = surface.values.filter(Number.isFinite);
    return `Predictions from ${amount(values.reduce((a, b) => Math.min(a, b), Infinity))} to ${amount(values.reduce((a, b) => Math.max(a, b), -Infinity))}.`;
  }
  const won = classes.map(() => 0);
  for (let cell = 0; cell < cells; cell++) won[kind === "binary" ? Number(single(surface, cell) > 0.5) : strongest(surface, cell).channel]++;
  return `${classes.map((name, label) => `${name} in ${percent(won[label] / cells, 0)} of the plane`).join(", ")}.`;
}

/**
 * @param {HTMLCanvasElement} canvas
 * @param {Surface|null} surface
 * @param {any} look  size, colors, classes, points by split, whether test points are shown
 */
function draw(canvas, surface, look) {
  const { width, classes, axes, colors, points, tests, discrete, answers, middle = 0 } = look;
  const [[low, high], [least, most]] = axesOf(surface?.bounds ?? look.bounds);
  const ends = [0, 0.5, 1].map((share) => ({ share, across: marked(low, high, share), up: marked(least, most, share) }));
  const upright = axes[1].length > SHORT_NAME;
  const left = Math.max(MARGIN.left, 12 + 6 * Math.max(...ends.map(({ up }) => up.length))) + (upright ? NAME_WIDTH : 0);
  const side = Math.max(120, Math.min(width - left - MARGIN.right, (look.height ?? 420) - MARGIN.top - MARGIN.bottom - LEGEND));
  const { top } = MARGIN;
  const pen = fresh(canvas, width, top + side + MARGIN.bottom + LEGEND);
  const kind = kindOf(classes, surface?.shape[0]);
  const span = kind === "value" ? reach(surface, [points?.train, points?.test].filter(Boolean), middle) : 1;
  const neutral = rgb(colors.surface);
  const signed = diverging(rgb(colors.negative), neutral, rgb(colors.positive));
  const palette = colors.classes.map(rgb);
  if (surface) paintSurface(pen, surface, { left, top, side }, (cell) => {
    if (kind === "value") return signed(STRENGTH * (discrete ? sideOf(single(surface, cell), middle) : (single(surface, cell) - middle) / span));
    if (kind === "binary") return signed(STRENGTH * (discrete ? sideOf(single(surface, cell), 0.5) : 2 * single(surface, cell) - 1));
    const { channel, value } = strongest(surface, cell);
    if (discrete) return mix(neutral, palette[channel % palette.length], STRENGTH);
    const floor = 1 / surface.shape[0];
    return mix(neutral, palette[channel % palette.length], 0.15 + (0.55 * (value - floor)) / (1 - floor));
  });
  pen.strokeStyle = colors.border;
  pen.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
  pen.font = `11px ${colors.font}`;
  pen.fillStyle = colors.muted;
  for (const { share, across, up } of ends) {
    write(pen, across, left + share * side, top + side + 10, share === 0 ? "left" : share === 1 ? "right" : "center");
    write(pen, up, left - 5, top + side - share * side + (share === 0 ? -4 : share === 1 ? 5 : 0), "right");
  }
  write(pen, short(axes[0]), left + side * 0.75, top + side + 10);
  nameUp(pen, short(axes[1]), upright, { left, top, side });
  const colorOf = (target) => (kind === "value" ? signed((target - middle) / span) : kind === "binary" ? rgb(target > 0.5 ? colors.positive : colors.negative) : palette[target % palette.length]);
  const put = (split, mark) => split?.x1.forEach((x1, index) => {
    const [x, y] = [left + ((x1 - low) / (high - low)) * side, top + side - ((split.x2[index] - least) / (most - least)) * side];
    if (x >= left && x <= left + side && y >= top && y <= top + side) mark(x, y, css(colorOf(split.target[index])), index);
  });
  pen.lineWidth = 1;
  put(points?.train, (x, y, color) => dot(pen, x, y, 3, color, kind === "value" ? colors.muted : colors.surface));
  if (tests) {
    pen.lineWidth = 1.5;
    put(points?.test, (x, y, color) => dot(pen, x, y, 3.5, color, colors.text));
  }
  if (answers && points) {
    const crossed = [points.train, tests && points.test].map((split, number) => split && new Set(mistakes(answers, number, split.target).wrong));
    [points.train, points.test].forEach((split, number) => crossed[number] && put(split, (x, y, _color, index) => crossed[number].has(index) && cross(pen, x, y, colors)));
  }
  legend(pen, { x: left, y: top + side + MARGIN.bottom + 4, width: Math.min(side, 300) }, { kind, classes, span, middle, signed, palette, colors });
  return { left, top, side, low, high, up: [least, most] };
}

/** The value at a share of an axis, as short as it can be. */
const marked = (low, high, share) => String(Number(along(low + share * (high - low), high - low))).replace("-", "−");

const short = (name) => (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name);

function nameUp(pen, name, upright, { left, top, side }) {
  if (!upright) {
    write(pen, name, left - 5, top + side * 0.25, "right");
    return;
  }
  pen.save();
  pen.translate(NAME_WIDTH / 2, top + side / 2);
  pen.rotate(-Math.PI / 2);
  write(pen, name, 0, 0);
  pen.restore();
}

/** A cross over a point that is classified wrongly, to be seen on any color. */
function cross(pen, x, y, colors) {
  for (const [color, thick] of [[colors.surface, 4], [colors.text, 1.75]]) {
    pen.strokeStyle = color;
    pen.lineWidth = thick;
    pen.beginPath();
    for (const side of [-1, 1]) {
      pen.moveTo(x - 4, y - 4 * side);
      pen.lineTo(x + 4, y + 4 * side);
    }
    pen.stroke();
  }
}

function dot(pen, x, y, radius, fill, rim) {
  pen.beginPath();
  pen.arc(x, y, radius, 0, 2 * Math.PI);
  pen.fillStyle = fill;
  pen.fill();
  pen.strokeStyle = rim;
  pen.stroke();
}

function paintSurface(pen, surface, { left, top, side }, color) {
  const [, rows, columns] = surface.shape;
  const picture = new ImageData(columns, rows);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      const [red, green, blue] = color(row * columns + column);
      picture.data.set([red, green, blue, 255], 4 * ((rows - 1 - row) * columns + column));
    }
  }
  const small = new OffscreenCanvas(columns, rows);
  small.getContext("2d").putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = true;
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, left, top, side, side);
}

function legend(pen, box, { kind, classes, span, middle, signed, palette, colors }) {
  if (kind === "classes") {
    let x = box.x;
    pen.font = `12px ${colors.font}`;
    classes.forEach((name, number) => {
      dot(pen, x + 5, box.y + 6, 4.5, css(palette[number % palette.length]), colors.surface);
      pen.fillStyle = colors.text;
      write(pen, name, x + 13, box.y + 6, "left");
      x += 13 + pen.measureText(name).width + 14;
    });
    return;
  }
  const marks = kind === "value"
    ? [[0, amount(middle - span)], [0.5, middle ? amount(middle) : "0"], [1, amount(middle + span)]]
    : [[0, classes[0]], [0.5, "undecided"], [1, classes[1]]];
  strip(pen, box, (share) => css(signed(STRENGTH * (2 * share - 1))), marks, colors.muted);
}

/** @type {import("./index.js").Form} */
export default {
  draw, at: placeAt, beside: placeBeside, toggles: ["tests", "discrete", "errors"],
  words: (surface, { classes, answers, points }) => summary(surface, classes) + (answers && points ? mistakesText(answers, points) : ""),
  pointedWords: (surface, { classes, axes }, { x1, x2 }) => pointText(surface, classes, axes, x1, x2),
};
