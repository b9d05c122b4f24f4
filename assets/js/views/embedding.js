/**
 * Test examples in the plane of the first two principal components of a layer's outputs, by class.
 *
 * @typedef {{values: Float32Array, shape: number[], classes: string[], axes: string[]}} Embedding  shape (1 + N, 1 + 2 · layers): first, for each
 *   layer, the share of the variance in its plane and how far the examples have moved since the picture before; then for each example its
 *   class, and its place for each layer; NaN for layers at which nobody looked
 */

import { fresh, write } from "../canvas.js";
import { percent, plural } from "../numbers.js";

const MARGIN = 8;
const LINE = 16;
const COLORS = 10;
const RADIUS = 3.2;
/** How close in CSS pixels a pointer must be. */
const NEAR = 12;

/** What is known of a layer. @param {Embedding} view @param {number} layer */
export function placesOf({ values, shape: [rows, columns] }, layer) {
  const [explained, moved] = values.subarray(1 + 2 * layer, 3 + 2 * layer);
  const points = [];
  for (let row = 1; row < rows; row++) {
    const [x, y] = values.subarray(row * columns + 1 + 2 * layer, row * columns + 3 + 2 * layer);
    if (Number.isFinite(x) && Number.isFinite(y)) points.push({ example: row - 1, label: values[row * columns], x, y });
  }
  return { explained, moved, points };
}

/** Mean distance of the classes' centers relative to the mean distance of examples from the center of their class. @param {{label: number, x: number, y: number}[]} points */
export function separation(points) {
  const classes = new Map();
  for (const { label, x, y } of points) {
    const center = classes.get(label) ?? { x: 0, y: 0, count: 0 };
    classes.set(label, { x: center.x + x, y: center.y + y, count: center.count + 1 });
  }
  const centers = new Map([...classes].map(([label, { x, y, count }]) => [label, { x: x / count, y: y / count }]));
  if (centers.size < 2) return NaN;
  const within = points.reduce((sum, { label, x, y }) => sum + Math.hypot(x - centers.get(label).x, y - centers.get(label).y), 0) / points.length;
  const all = [...centers.values()];
  let [between, pairs] = [0, 0];
  all.forEach((a, first) => all.slice(first + 1).forEach((b) => {
    between += Math.hypot(a.x - b.x, a.y - b.y);
    pairs += 1;
  }));
  return within ? between / pairs / within : NaN;
}

/** The view in a sentence. @param {Embedding} view @param {number} layer */
export function summary(view, layer) {
  const { explained, moved, points } = placesOf(view, layer);
  if (!points.length) return "This layer is computed while the run trains and somebody looks at it.";
  const stable = Number.isFinite(moved) ? ` Moved by ${percent(moved, 0)} of their spread since the picture before.` : "";
  const apart = separation(points);
  const classes = Number.isFinite(apart) ? ` Classes lie ${apart.toFixed(1)} times as far apart as they are wide.` : "";
  return `${plural(points.length, "test example")}; the plane has ${percent(explained, 0)} of the variance.${classes}${stable}`;
}

/** One example in words. @param {Embedding} view @param {number} example */
export const exampleText = (view, example) => `Test example ${example + 1}: ${view.classes[view.values[(example + 1) * view.shape[1]]]}.`;

/** Where each class lies. @param {Embedding} view @param {number} layer */
export function tableOf(view, layer) {
  const { points } = placesOf(view, layer);
  const rows = view.classes.flatMap((name, label) => {
    const own = points.filter((point) => point.label === label);
    if (!own.length) return [];
    const mean = (axis) => own.reduce((sum, point) => sum + point[axis], 0) / own.length;
    const center = { x: mean("x"), y: mean("y") };
    const wide = own.reduce((sum, { x, y }) => sum + Math.hypot(x - center.x, y - center.y), 0) / own.length;
    return [[name, String(own.length), short(center.x), short(center.y), short(wide)]];
  });
  return { head: ["Class", "Examples", "Center, first axis", "Center, second axis", "Mean distance from it"], rows };
}

const short = (value) => value.toPrecision(3).replace("-", "−");

/** @param {HTMLCanvasElement} canvas @param {Embedding|null} view @param {any} look */
function draw(canvas, view, look) {
  const { width, choice, classes, colors, pointed } = look;
  if (!view) {
    fresh(canvas, width, 0);
    return null;
  }
  const { points } = placesOf(view, choice);
  const hues = palette(classes, colors);
  const present = [...new Set(points.map(({ label }) => label))].sort((a, b) => a - b);
  const measured = fresh(canvas, width, 10);
  measured.font = `12px ${colors.font}`;
  const entries = arrange(present.map((label) => ({ label, text: classes[label], room: 18 + measured.measureText(classes[label]).width })), width);
  const foot = entries.length ? (entries[entries.length - 1].line + 1) * LINE : 0;
  const height = (look.height ?? 350) - foot;
  const pen = fresh(canvas, width, height + foot);
  const most = points.reduce((far, { x, y }) => Math.max(far, Math.abs(x), Math.abs(y)), 0) || 1;
  const scale = (Math.min(width, height) / 2 - MARGIN) / most;
  const [middle, center] = [width / 2, height / 2];
  pen.strokeStyle = colors.grid;
  pen.lineWidth = 1;
  pen.beginPath();
  pen.moveTo(0, center);
  pen.lineTo(width, center);
  pen.moveTo(middle, 0);
  pen.lineTo(middle, height);
  pen.stroke();
  const places = points.map((point) => ({ ...point, across: middle + scale * point.x, up: center - scale * point.y }));
  for (const { label, across, up } of places) dot(pen, across, up, RADIUS, label, hues);
  const marked = pointed && places.find(({ example }) => example === pointed.example);
  if (marked) {
    dot(pen, marked.across, marked.up, RADIUS + 3, marked.label, hues);
    pen.strokeStyle = colors.text;
    pen.lineWidth = 2;
    pen.stroke();
  }
  pen.font = `12px ${colors.font}`;
  for (const { label, text, x, line } of entries) {
    dot(pen, x + 6, height + line * LINE + LINE / 2, 4.5, label, hues);
    pen.fillStyle = colors.text;
    write(pen, text, x + 14, height + line * LINE + LINE / 2, "left");
  }
  return { places };
}

/** The colors of classes: of two, those that they have over the plane. */
const palette = (classes, colors) => ({ fills: classes.length === 2 ? [colors.negative, colors.positive] : colors.classes, rim: colors.surface });

/** A dot of a class; beyond the number of colors, classes are squares. */
function dot(pen, x, y, radius, label, { fills, rim }) {
  pen.beginPath();
  if (label < COLORS) pen.arc(x, y, radius, 0, 2 * Math.PI);
  else pen.rect(x - radius, y - radius, 2 * radius, 2 * radius);
  pen.fillStyle = fills[label % COLORS];
  pen.fill();
  pen.strokeStyle = rim;
  pen.lineWidth = 0.75;
  pen.stroke();
}

/** Entries of a legend in as many lines as they need. @template {{room: number}} T @param {T[]} entries @param {number} width @returns {(T & {x: number, line: number})[]} */
export function arrange(entries, width) {
  let [x, line] = [0, 0];
  return entries.map((entry) => {
    if (x && x + entry.room > width) [x, line] = [0, line + 1];
    const placed = { ...entry, x, line };
    x += entry.room + 8;
    return placed;
  });
}

/** The example under the pointer. */
function at({ places }, x, y) {
  let [best, least] = [null, NEAR];
  for (const { example, across, up } of places) {
    const distance = Math.hypot(across - x, up - y);
    if (distance < least) [best, least] = [{ example }, distance];
  }
  return best;
}

/** The closest example in the direction of an arrow key, at first that closest to the middle. */
function beside({ places }, pointed, [right, down]) {
  const current = places.find(({ example }) => example === pointed?.example);
  if (!places.length) return null;
  if (!current) return { example: places.reduce((a, b) => (Math.hypot(a.x, a.y) < Math.hypot(b.x, b.y) ? a : b)).example };
  const ahead = ({ across, up }) => (across - current.across) * right + (up - current.up) * down;
  const cost = (place) => ahead(place) + 3 * Math.abs((place.across - current.across) * down) + 3 * Math.abs((place.up - current.up) * right);
  const next = places.filter((place) => ahead(place) > 0.5).sort((a, b) => cost(a) - cost(b))[0];
  return { example: (next ?? current).example };
}

/** @type {import("./index.js").Form} */
export default {
  draw, at, beside, blank: true,
  words: (view, { choice }) => summary(view, choice),
  fits: ({ shape }) => shape.length === 2 && shape[0] > 1 && shape[1] > 2,
  pointedWords: (view, _look, { example }) => exampleText(view, example),
  table: (view, { choice }) => tableOf(view, choice),
};
