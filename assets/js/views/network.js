/**
 * A network from left to right: each layer a column of what its units, maps or features output, with weights as lines between units. Blue is
 * positive, orange negative; the stronger the color and the thicker the line, the larger the number.
 *
 * @typedef {{values: Float32Array, shape: number[]}} Picture  all slices that the view declares, one after another
 */

import { fresh, strip, write } from "../canvas.js";
import {
  TYPE, at, beside, countText, geometry, hasLines, lineOf, number, pointedWords, reachOf, silent, sizeOfAll, summary, textOf, weightsOf, wordsOf,
} from "../network_picture_model.js";
import { css, diverging, rgb } from "../scales.js";

const LEGEND = 22;
/** Weights below this share of the largest one of their layer are not drawn. */
const FAINT = 0.03;
/** Lines of a layer are drawn in so many classes of thickness. */
const CLASSES = 8;
const THICKEST = 3.5;
/** From so many lines of a layer on, they are thinner. */
const MANY = 64;

/** @type {OffscreenCanvas|undefined} */
let small;

/** @param {HTMLCanvasElement} canvas @param {Picture|null} view @param {any} look  with columns */
function draw(canvas, view, look) {
  const { width: room, columns, colors, pointed } = look;
  const area = geometry(columns, room);
  const { places, width, height } = area;
  canvas.style.width = `${width}px`;
  const pen = fresh(canvas, width, height + LEGEND);
  const scale = diverging(rgb(colors.negative), rgb(colors.surface), rgb(colors.positive));
  columns.forEach((column, index) => {
    if (index && view && hasLines(column)) drawLines(pen, area, column, index, view.values, colors);
    else if (index) drawArrow(pen, places[index - 1], places[index], colors);
  });
  columns.forEach((column, index) => {
    const reach = view ? reachOf(view.values, column) : 0;
    if (column.what === "symbols") drawText(pen, places[index], view ? textOf(column, view.values, look.symbols) : "", colors);
    else drawTiles(pen, places[index], column, view, reach, scale, colors);
    drawWords(pen, area, index, column, view && column.what !== "symbols" ? rangeText(column, view.values, reach) : "", colors);
  });
  if (pointed) drawPointed(pen, area, columns, pointed, colors);
  pen.font = `11px ${colors.font}`;
  const wide = Math.min(220, room - 20);
  strip(pen, { x: (Math.min(room, width) - wide) / 2, y: height - 2, width: wide, height: 6 }, (share) => css(scale(2 * share - 1)), [[0, "−largest"], [0.5, "0"], [1, "+largest of its layer"]], colors.muted);
  return { ...area, columns };
}

function drawLines(pen, area, column, index, values, colors) {
  const [units, inputs] = column.weights.shape;
  const reach = reachOf(values, column.weights);
  const thickest = Math.max(1, THICKEST * Math.min(1, Math.sqrt(MANY / (units * inputs))));
  /** @type {Map<number, Path2D>} by class, negative for negative weights */
  const paths = new Map();
  for (let unit = 0; unit < units; unit++) {
    const weights = weightsOf(column, values, unit);
    for (let from = 0; from < inputs; from++) {
      const share = Math.abs(weights[from]) / reach;
      if (!(share > FAINT)) continue;
      const kind = Math.ceil(share * CLASSES) * Math.sign(weights[from]);
      if (!paths.has(kind)) paths.set(kind, new Path2D());
      const { x1, y1, x2, y2 } = lineOf(area, index, unit, from);
      const path = paths.get(kind);
      path.moveTo(x1, y1);
      path.bezierCurveTo((x1 + x2) / 2, y1, (x1 + x2) / 2, y2, x2, y2);
    }
  }
  for (const [kind, path] of [...paths].sort(([one], [other]) => Math.abs(one) - Math.abs(other))) {
    const share = Math.abs(kind) / CLASSES;
    pen.strokeStyle = kind < 0 ? colors.negative : colors.positive;
    pen.globalAlpha = 0.12 + 0.78 * share;
    pen.lineWidth = 0.4 + (thickest - 0.4) * share;
    pen.stroke(path);
  }
  pen.globalAlpha = 1;
}

/** From a column to the next one, where single weights are not drawn. */
function drawArrow(pen, before, place, colors) {
  const [left, right, y] = [before.x + before.width + 3, place.x - 3, place.y + place.height / 2];
  pen.strokeStyle = colors.muted;
  pen.fillStyle = colors.muted;
  pen.lineWidth = 1;
  pen.globalAlpha = 0.6;
  pen.setLineDash(place.hidden ? [2, 3] : []);
  pen.beginPath();
  pen.moveTo(left, y);
  pen.lineTo(right, y);
  pen.stroke();
  pen.setLineDash([]);
  pen.beginPath();
  pen.moveTo(right + 1, y);
  pen.lineTo(right - 4, y - 3);
  pen.lineTo(right - 4, y + 3);
  pen.fill();
  pen.globalAlpha = 1;
}

function drawTiles(pen, { tiles }, column, view, reach, scale, colors) {
  const image = column.what === "units" && column.weights?.what === "image" ? column.weights : null;
  const [rows, cells] = image ? image.shape.slice(1) : column.shape.slice(1);
  const plane = column.what === "units" && rows > 1 && !image;
  const [start, most] = image && view ? [image.at, reachOf(view.values, image)] : [column.at, reach];
  for (const { unit, x, y, width, height } of tiles) {
    if (view) paint(pen, view.values, start + unit * rows * cells, rows, cells, { x, y, width, height }, (value) => scale(value / most), plane);
    pen.strokeStyle = colors.border;
    pen.lineWidth = 1;
    if (height > 6) pen.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
    if (!view || !column.bias || column.what === "steps" || height < 14) continue;
    pen.fillStyle = view.values[column.bias.at + unit] < 0 ? colors.negative : colors.positive;
    pen.fillRect(x - 1, y + height - 3, 4, 4); // the sign of its bias
  }
}

/** One tile. plane: whether row 0 is the lowest, and the picture is smooth. */
export function paint(pen, values, start, rows, cells, { x, y, width, height }, color, plane) {
  const picture = new ImageData(cells, rows);
  const bytes = picture.data;
  for (let row = 0; row < rows; row++) {
    for (let cell = 0; cell < cells; cell++) {
      const value = values[start + row * cells + cell];
      const to = 4 * ((plane ? rows - 1 - row : row) * cells + cell);
      if (!Number.isFinite(value)) continue; // stays transparent
      const [red, green, blue] = color(value);
      bytes[to] = red;
      bytes[to + 1] = green;
      bytes[to + 2] = blue;
      bytes[to + 3] = 255;
    }
  }
  small ??= new OffscreenCanvas(64, 64);
  if (small.width < cells || small.height < rows) Object.assign(small, { width: Math.max(small.width, cells), height: Math.max(small.height, rows) });
  small.getContext("2d").putImageData(picture, 0, 0);
  pen.imageSmoothingEnabled = plane;
  pen.drawImage(small, 0, 0, cells, rows, x, y, width, height);
}

const cut = (pen, text, room) => {
  if (pen.measureText(text).width <= room) return text;
  let length = text.length - 1;
  while (length > 1 && pen.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return `${text.slice(0, length)}…`;
};

/** The range of its colors, and how many of its units do nothing. */
function rangeText(column, values, reach) {
  const zeros = silent(column, values);
  return `±${number(reach)}${zeros ? ` · ${zeros} always 0` : ""}`;
}

function drawWords(pen, { places, width, height }, index, column, range, colors) {
  const place = places[index];
  const center = ({ x, width: wide }) => x + wide / 2;
  const middle = center(place);
  const left = index ? (middle - center(places[index - 1])) / 2 : middle;
  const right = index + 1 < places.length ? (center(places[index + 1]) - middle) / 2 : width - middle;
  const room = Math.max(wordsOf(column), 2 * Math.min(left, right) - 4);
  const [title, ...others] = column.titles;
  pen.font = `600 11px ${colors.font}`;
  pen.fillStyle = colors.text;
  write(pen, cut(pen, title, room), middle, 9);
  pen.font = `10px ${colors.font}`;
  pen.fillStyle = colors.muted;
  write(pen, cut(pen, others.join(", "), room), middle, 22);
  write(pen, cut(pen, countText(column), room), middle, height - 24);
  write(pen, cut(pen, range, room), middle, height - 12);
  if (place.hidden) write(pen, `${place.hidden} more`, (place.x + places[index - 1].x + places[index - 1].width) / 2, place.y + place.height / 2 - 9);
}

/** The text of the example that is shown, in lines of equal length. */
function drawText(pen, { x, y, width, height }, text, colors) {
  pen.font = `10px ${colors.mono}`;
  pen.fillStyle = colors.text;
  const lines = text.match(new RegExp(`.{1,${TYPE.across}}`, "gsu")) ?? [];
  const most = Math.floor((height - 8) / TYPE.line);
  lines.slice(0, most).forEach((line, index) => {
    const last = index === most - 1 && lines.length > most;
    write(pen, last ? `${line.slice(0, -1)}…` : line, x + 4, y + 4 + (index + 0.5) * TYPE.line, "left");
  });
  pen.strokeStyle = colors.border;
  pen.lineWidth = 1;
  pen.strokeRect(x - 0.5, y - 0.5, width + 1, height + 1);
}

function drawPointed(pen, area, columns, pointed, colors) {
  const { column, unit, from } = pointed;
  const place = area.places[column];
  pen.strokeStyle = colors.text;
  pen.lineWidth = 2;
  if (from !== undefined) {
    const { x1, y1, x2, y2 } = lineOf(area, column, unit, from);
    pen.beginPath();
    pen.moveTo(x1, y1);
    pen.bezierCurveTo((x1 + x2) / 2, y1, (x1 + x2) / 2, y2, x2, y2);
    pen.stroke();
    return;
  }
  const { what, units } = columns[column];
  if (what === "steps") {
    const [{ x, y, width, height }] = place.tiles;
    pen.strokeRect(x - 1, y + (unit * height) / units - 1, width + 2, height / units + 2);
    return;
  }
  const { x, y, width, height } = place.tiles[what === "symbols" ? 0 : unit];
  pen.strokeRect(x - 1, y - 1, width + 2, height + 2);
}

/** @type {import("./index.js").Form} */
export default {
  draw, blank: true,
  at: (area, x, y) => at(area.columns, area, x, y),
  beside: ({ columns }, pointed, move) => beside(columns, pointed, move),
  words: (_view, { columns }) => summary(columns),
  fits: ({ values, slices }) => values.length === sizeOfAll(slices),
  pointedWords: (view, look, pointed) => pointedWords(look.columns, view.values, pointed, look),
};
