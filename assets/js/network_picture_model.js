/**
 * The picture of a network: its columns, where they are, what the pointer is on, and all of it in words. Pure.
 *
 * @typedef {{path: string, what: string, shape: number[], whole: number[], titles: string[], names: string[], layers: number}} Slice
 *   see `Slice` in playground/training/views/base.py
 * @typedef {{at: number, shape: number[], what: string}} Part  where its numbers begin
 * @typedef {{path: string, index: number, layers: number, titles: string[], names: string[], what: string, shape: number[], whole: number[],
 *   at: number, units: number, weights?: Part, bias?: Part}} Column
 *   what: "units" (each over the plane, over a line or for some examples), "maps", "heads" (steps × steps that they
 *   attend to), "steps" (features × steps) or "symbols"
 * @typedef {{unit: number, x: number, y: number, width: number, height: number}} Tile
 * @typedef {{column: number, x: number, y: number, width: number, height: number, tiles: Tile[], hidden: number}} Place
 *   hidden: how many layers before it are not shown
 * @typedef {{places: Place[], width: number, height: number}} Geometry
 * @typedef {{column: number, unit: number, row?: number, cell?: number, from?: number}} Pointed
 *   row, cell: within its tile; from: the unit before that the weight pointed at comes from
 */

import { loss, plural } from "./numbers.js";

/** A number as it stands in texts. @param {number} value */
export const number = (value) => (value === 0 ? "0" : loss(value));

/** The columns of a picture, from left to right. @param {Slice[]} slices @returns {Column[]} */
export function columnsOf(slices) {
  /** @type {Column[]} */
  const columns = [];
  let at = 0;
  for (const { path, what, shape, whole, titles, names, layers } of slices) {
    const part = { at, shape, what };
    at += sizeOf(shape);
    if (titles.length) {
      const index = Number(/^network\[(\d+)\]$/.exec(path)?.[1] ?? -1);
      columns.push({ path, index, layers, titles, names, what, shape, whole, at: part.at, units: what === "steps" ? shape[1] : shape[0] });
    } else if (what === "bias") columns.at(-1).bias = part;
    else columns.at(-1).weights = part;
  }
  return columns;
}

const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);

/** How many numbers the picture has. @param {Slice[]} slices */
export const sizeOfAll = (slices) => slices.reduce((sum, { shape }) => sum + sizeOf(shape), 0);

/** How many layers the network has. @param {Column[]} columns */
export const layerCount = (columns) => (columns.length ? Math.max(...columns.map(({ index, layers }) => Math.max(index, 0) + layers)) : 0);

/** The layers between a column and the one before it that are not shown. @param {Column[]} columns @param {number} at */
const hiddenBefore = (columns, at) => (at === 0 ? 0 : columns[at].index - (Math.max(columns[at - 1].index, 0) + columns[at - 1].layers));

/** Whether there is a line from every unit of the column before. @param {Column} column */
export const hasLines = ({ weights }) => weights?.what === "weight";

/** In CSS pixels. */
const HEAD = 34;
const FOOT = 34;
const TALLEST = 236;
const BETWEEN = 4;
const GAPS = { lines: 58, plain: 26, widest: 110 };
const EDGE = 10;
/** Of the words above and below a column: a letter, the least and the most. */
const WORDS = { letter: 6.4, least: 66, most: 104 };
const STRIP = { width: 64, tallest: 16 };
/** Of text: a letter of its type, and a line. */
export const TYPE = { letter: 6.1, line: 14, across: 20 };
/** Sides of square tiles: the least before they stand in more than one row side by side, and the most. */
const SIDES = { units: [20, 40], image: [28, 44], maps: [28, 60], heads: [34, 60] };
const MOST_ACROSS = 4;
/** A network that is wider than the page is drawn smaller, as far as it stays legible. */
const SCALES = [1, 0.85, 0.7];

/** How large the tiles of a column are, and in how many rows of tiles side by side they stand. @param {Column} column @param {number} scale */
function sized(column, scale) {
  const { what, units, shape: [, rows, cells], weights } = column;
  const tallest = TALLEST * scale;
  if (what === "steps") return { width: scale * Math.min(150, Math.max(56, cells * 4)), height: Math.min(tallest, Math.max(28, rows * 5)), count: 1, across: 1 };
  if (what === "symbols") return { width: TYPE.letter * TYPE.across + 8, height: TYPE.line * Math.min(10, Math.ceil(cells / 6)) + 8, count: 1, across: 1 };
  const image = what === "units" && weights?.what === "image" ? weights : null;
  if (what === "units" && rows === 1 && !image) {
    const height = Math.min(STRIP.tallest, Math.max(3, Math.floor(tallest / units) - 2));
    return { width: STRIP.width * scale, height, count: units, across: 1 };
  }
  const [least, most] = SIDES[image ? "image" : what].map((side) => side * scale);
  const side = (across) => Math.min(most, Math.floor(tallest / Math.ceil(units / across)) - BETWEEN);
  let across = 1;
  while (across < MOST_ACROSS && side(across) < least) across += 1;
  const [height, width] = image ? image.shape.slice(1) : [rows, cells];
  const each = Math.max(6, side(across)) / Math.max(height, width);
  return { width: width * each, height: height * each, count: units, across };
}

/** How wide the words of a column are, roughly. @param {Column} column */
export const wordsOf = ({ titles }) => Math.min(WORDS.most, Math.max(WORDS.least, titles[0].length * WORDS.letter + 6));

/** Where everything is. @param {Column[]} columns @param {number} room in CSS pixels; a long network is wider @returns {Geometry} */
export function geometry(columns, room) {
  let arranged;
  for (const scale of SCALES) {
    arranged = arrangement(columns, room, scale);
    if (arranged.width <= room) break;
  }
  return arranged;
}

/** @param {Column[]} columns @param {number} room @param {number} scale @returns {Geometry} */
function arrangement(columns, room, scale) {
  const sizes = columns.map((column) => sized(column, scale));
  const boxes = sizes.map(({ width, height, count, across }) => ({
    width: across * width + (across - 1) * BETWEEN,
    height: Math.ceil(count / across) * (height + between(height)) - between(height),
  }));
  const halves = boxes.map(({ width }, at) => Math.max(width, wordsOf(columns[at])) / 2);
  const gaps = columns.slice(1).map((column, at) => {
    const words = halves[at] + halves[at + 1] - (boxes[at].width + boxes[at + 1].width) / 2;
    return Math.max(words, hasLines(column) ? GAPS.lines : GAPS.plain);
  });
  const total = (values) => values.reduce((sum, value) => sum + value, 0);
  const left = EDGE + halves[0] - boxes[0].width / 2;
  const fixed = left + total(boxes.map(({ width }) => width)) + halves.at(-1) - boxes.at(-1).width / 2 + EDGE;
  const more = Math.max(0, room - fixed - total(gaps)) / Math.max(1, gaps.length);
  const wider = gaps.map((gap) => Math.max(gap, Math.min(GAPS.widest, gap + more)));
  const taken = Math.ceil(fixed + total(wider));
  const width = Math.max(room, taken);
  const height = Math.max(48, ...boxes.map((box) => box.height));
  let x = left + (width - taken) / 2;
  const places = boxes.map((box, at) => {
    const y = HEAD + (height - box.height) / 2;
    const place = { column: at, x, y, ...box, tiles: tilesOf(sizes[at], x, y), hidden: hiddenBefore(columns, at) };
    x += box.width + (wider[at] ?? 0);
    return place;
  });
  return { places, width, height: HEAD + height + FOOT };
}

const between = (height) => (height < 8 ? 2 : BETWEEN);

/** From top to bottom, then from left to right. */
function tilesOf({ width, height, count, across }, x, y) {
  const down = Math.ceil(count / across);
  return Array.from({ length: count }, (_, unit) => ({
    unit, x: x + Math.floor(unit / down) * (width + BETWEEN), y: y + (unit % down) * (height + between(height)), width, height,
  }));
}

/** The ends of the line of a weight. @param {Geometry} geometry @param {number} column @param {number} unit @param {number} from */
export function lineOf({ places }, column, unit, from) {
  const [start, end] = [places[column - 1].tiles[from], places[column].tiles[unit]];
  return { x1: start.x + start.width, y1: start.y + start.height / 2, x2: end.x, y2: end.y + end.height / 2 };
}

/** A point of the curve that is drawn between the ends of a line. @param {ReturnType<typeof lineOf>} line @param {number} share of the way */
export function alongLine({ x1, y1, x2, y2 }, share) {
  const rest = 1 - share;
  const bend = 3 * rest * share; // its control points are half way across
  const middle = (x1 + x2) / 2;
  return { x: rest ** 3 * x1 + bend * middle + share ** 3 * x2, y: rest ** 3 * y1 + bend * (rest * y1 + share * y2) + share ** 3 * y2 };
}

/** How close the pointer must be to a line, in CSS pixels. */
const REACH = 4;

/** How far along its curve a line is at a share of its width. @param {number} across */
function shareAt(across) {
  let share = across;
  for (let step = 0; step < 3; step++) share -= (share * (1.5 - 1.5 * share + share ** 2) - across) / (1.5 - 3 * share + 3 * share ** 2); // Newton
  return share;
}

/** What is at a position; null for nothing. @param {Column[]} columns @param {Geometry} geometry @param {number} x @param {number} y @returns {Pointed|null} */
export function at(columns, geometry, x, y) {
  for (const { column, tiles } of geometry.places) {
    const tile = tiles.find((each) => x >= each.x - 1 && x <= each.x + each.width + 1 && y >= each.y - 1 && y <= each.y + each.height + 1);
    if (!tile) continue;
    const { what, shape: [, rows, cells] } = columns[column];
    const within = (value, start, size, count) => Math.min(count - 1, Math.max(0, Math.floor(((value - start) / size) * count)));
    const [row, cell] = [within(y, tile.y, tile.height, rows), within(x, tile.x, tile.width, cells)];
    if (what === "steps") return { column, unit: row, row, cell };
    if (what === "symbols") return { column, unit: 0 };
    if (what === "units" && columns[column].weights?.what === "image") return { column, unit: tile.unit };
    return { column, unit: tile.unit, row: what === "units" && rows > 1 ? rows - 1 - row : row, cell }; // the plane's x₂ grows upward
  }
  return lineAt(columns, geometry, x, y);
}

/** The weight whose line is closest. @returns {Pointed|null} */
function lineAt(columns, geometry, x, y) {
  const column = geometry.places.findIndex((place, index) => index > 0 && x < place.x && x > geometry.places[index - 1].x + geometry.places[index - 1].width);
  if (column < 1 || !hasLines(columns[column])) return null;
  const [units, inputs] = columns[column].weights.shape;
  let best = { distance: REACH, unit: -1, from: -1 };
  for (let unit = 0; unit < units; unit++) {
    for (let from = 0; from < inputs; from++) {
      const line = lineOf(geometry, column, unit, from);
      const distance = Math.abs(alongLine(line, shareAt((x - line.x1) / (line.x2 - line.x1))).y - y);
      if (distance < best.distance) best = { distance, unit, from };
    }
  }
  return best.unit < 0 ? null : { column, unit: best.unit, from: best.from };
}

/** The unit that an arrow key moves to. @param {Column[]} columns @param {Pointed|null} pointed @param {number[]} move right, down @returns {Pointed} */
export function beside(columns, pointed, [right, down]) {
  if (!pointed) return { column: 0, unit: 0 };
  const held = (value, count) => Math.min(count - 1, Math.max(0, value));
  const column = held(pointed.column + right, columns.length);
  return { column, unit: held(pointed.unit + down, columns[column].units) };
}

/** The numbers of one unit: (rows × cells), or of a feature its steps. @param {Column} column @param {Float32Array} values @param {number} unit */
export function outputsOf({ at: start, shape: [, rows, cells], what }, values, unit) {
  const [from, size] = what === "steps" ? [start + unit * cells, cells] : [start + unit * rows * cells, rows * cells];
  return values.subarray(from, from + size);
}

/** A unit's share of the slice of its weights. @param {Column} column @param {Float32Array} values @param {number} unit */
export function weightsOf({ weights }, values, unit) {
  if (!weights) return new Float32Array(0);
  const size = sizeOf(weights.shape.slice(1));
  return values.subarray(weights.at + unit * size, weights.at + (unit + 1) * size);
}

/** The largest magnitude of a column's outputs or weights, at least a little. @param {Float32Array} values @param {{at: number, shape: number[]}} part */
export function reachOf(values, { at: start, shape }) {
  let most = 1e-9;
  for (let index = start; index < start + sizeOf(shape); index++) if (Math.abs(values[index]) > most) most = Math.abs(values[index]);
  return most;
}

/** What the units of a column are called. */
const NOUNS = { units: "unit", maps: "map", heads: "head", steps: "feature", symbols: "symbol" };

/** @param {Column} column @param {number} unit */
export const nameOf = ({ names, what }, unit) => (names[unit] === undefined ? `${NOUNS[what]} ${unit + 1}` : names[unit]);

/** "Dense, ReLU". @param {Column} column */
export const titleOf = ({ titles }) => titles.join(", ");

/** How much of a column is shown: "8 units", "16 of 64 maps". @param {Column} column */
export function countText({ what, shape, whole }) {
  if (what === "symbols") return plural(whole[2], "step");
  const axis = what === "steps" ? 1 : 0;
  const noun = NOUNS[what];
  const count = whole[axis] > shape[axis] ? `${shape[axis]} of ${plural(whole[axis], noun)}` : plural(whole[axis], noun);
  return what === "steps" && whole[2] > shape[2] ? `${count}, ${shape[2]} of ${plural(whole[2], "step")}` : count;
}

/** The network in a sentence. @param {Column[]} columns */
export const summary = (columns) => `${columns.map((column) => `${titleOf(column)} (${countText(column)})`).join(", then ")}.`;

/** What a cell of a tile stands for. @param {Column} column @param {Pointed} pointed @param {{axes: string[], bounds: number[]|null}} look */
function where({ what, shape: [, rows, cells] }, { row, cell }, { axes, bounds }) {
  if (what === "steps") return `at step ${cell + 1}`;
  if (what === "heads") return `from step ${row + 1} to step ${cell + 1}`;
  if (what === "maps") return `at row ${row + 1}, column ${cell + 1}`;
  if (!bounds) return `for ${axes[cell]}`;
  const along = (axis, index, count) => bounds[2 * axis] + ((index + 0.5) / count) * (bounds[2 * axis + 1] - bounds[2 * axis]);
  if (rows === 1) return `at ${axes[0]} ${number(bounds[0] + (cell / (cells - 1)) * (bounds[1] - bounds[0]))}`;
  return `at ${axes[0]} ${number(along(0, cell, cells))}, ${axes[1]} ${number(along(1, row, rows))}`;
}

/**
 * A unit or a weight in words, with its numbers.
 *
 * @param {Column[]} columns @param {Float32Array} values @param {Pointed} pointed
 * @param {{axes: string[], bounds: number[]|null, symbols?: string[]}} look
 */
export function pointedWords(columns, values, pointed, look) {
  const column = columns[pointed.column];
  if (pointed.from !== undefined) {
    const weight = weightsOf(column, values, pointed.unit)[pointed.from];
    return `Weight from ${nameOf(columns[pointed.column - 1], pointed.from)} to ${nameOf(column, pointed.unit)} of ${titleOf(column)}: ${number(weight)}.`;
  }
  if (column.what === "symbols") return `The test example that is shown: ${textOf(column, values, look.symbols)}`;
  return `${capital(nameOf(column, pointed.unit))} of ${titleOf(column)}: ${numbersOf(column, values, pointed, look)}`;
}

/** The numbers of a unit, in words. @param {Column} column @param {Float32Array} values @param {Pointed} pointed @param {{axes: string[], bounds: number[]|null}} look */
export function numbersOf(column, values, pointed, look) {
  const outputs = outputsOf(column, values, pointed.unit);
  const parts = [];
  if (pointed.cell !== undefined) {
    const index = column.what === "steps" ? pointed.cell : pointed.row * column.shape[2] + pointed.cell;
    parts.push(`${number(outputs[index])} ${where(column, pointed, look)}`);
  }
  const { low, high, mean } = spread(outputs);
  parts.push(low === high ? `always ${number(low)}` : `from ${number(low)} to ${number(high)}, mean ${number(mean)}`);
  if (column.bias) parts.push(`bias ${number(values[column.bias.at + pointed.unit])}`);
  return `${parts.join("; ")}.`;
}

/** The symbols of a column as text; characters stand without spaces between them. @param {Column} column @param {Float32Array} values @param {string[]} [symbols] */
export function textOf({ at: start, shape: [, , steps] }, values, symbols = []) {
  const names = [...values.subarray(start, start + steps)].filter((symbol) => symbol > 0).map((symbol) => symbols[symbol] ?? `#${symbol}`);
  return names.join(names.every((name) => [...name].length === 1) ? "" : " ");
}

/** How many units output 0 wherever they are shown. @param {Column} column @param {Float32Array} values */
export function silent(column, values) {
  if (column.what !== "units" && column.what !== "maps") return 0;
  return Array.from({ length: column.units }, (_, unit) => outputsOf(column, values, unit)).filter((outputs) => outputs.every((value) => value === 0)).length;
}

const capital = (text) => text[0].toUpperCase() + text.slice(1);

/** The range of some numbers, without those that are missing. @param {Float32Array} values */
export function spread(values) {
  let [low, high, total, count] = [Infinity, -Infinity, 0, 0];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
    total += value;
    count += 1;
  }
  return count ? { low, high, mean: total / count } : { low: NaN, high: NaN, mean: NaN };
}

/** The weights of a unit with the names of where they come from, the largest first. @param {Column[]} columns @param {Float32Array} values @param {number} at @param {number} unit */
export function strongest(columns, values, at, unit) {
  if (!hasLines(columns[at])) return [];
  const before = columns[at - 1];
  return [...weightsOf(columns[at], values, unit)]
    .map((value, from) => ({ name: nameOf(before, from), from, value }))
    .sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
}
