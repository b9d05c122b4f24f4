/**
 * A training step taken apart: its phases, and where the numbers of a layer are drawn. Pure.
 *
 * @typedef {"forward"|"loss"|"backward"|"update"} Phase
 * @typedef {{maps: number, rows: number, columns: number, size: number, across: number, along: number, stride: number, image: boolean, count: number}} Layout
 *   see `Layout` in playground/web/layouts.py; count: how many numbers there are, drawn or not
 * @typedef {{map: number, row: number, column: number}} Cell
 * @typedef {{cell: [number, number], perLine: number, map: [number, number], width: number, height: number}} Geometry
 *   in CSS pixels: width and height of a cell; of a map with the gap after it; of everything. perLine: maps in a line
 */

/** @type {Phase[]} */
export const PHASES = ["forward", "loss", "backward", "update"];

export const TITLES = { forward: "Forward", loss: "Loss", backward: "Backward", update: "Update" };

/** What happens in a phase, in a sentence. @type {Record<Phase, string>} */
export const ABOUT = {
  forward: "The example passes through the layers, from top to bottom: each number y follows from the numbers x of the layer before, with weights w and bias b.",
  loss: "The loss L compares the outputs o with the target y, in one number. p and q are predicted probabilities, K is the number of outputs.",
  backward: "The gradient ∂L/∂y flows back, from bottom to top: how fast the loss rises with a number y. It adds up the gradients δ in the next layer, times how much w each of its numbers rises with y.",
  update: "The gradient g of a weight adds up the gradients δ at the layer's outputs, times how much x each of them rises with the weight. The optimizer turns it into a step to the new weight.",
};

/** The phase that is so many phases later; the same at the ends. @param {Phase} phase @param {number} by @returns {Phase} */
export const later = (phase, by) => PHASES[Math.min(PHASES.length - 1, Math.max(0, PHASES.indexOf(phase) + by))];

/** The phase to which a key moves; null if the key has no meaning here. @param {string} key @param {Phase} phase @returns {Phase|null} */
export function phaseAfter(key, phase) {
  if (key === "ArrowLeft" || key === "ArrowRight") return later(phase, key === "ArrowRight" ? 1 : -1);
  return key === "Home" ? PHASES[0] : key === "End" ? PHASES[PHASES.length - 1] : null;
}

/** 16-bit shares → numbers from −1 to 1. @param {Uint8Array} packed little-endian @returns {Float32Array} */
export function shares(packed) {
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  return Float32Array.from({ length: packed.byteLength / 2 }, (_, index) => view.getInt16(2 * index, true) / 32767);
}

const GAP = 3;
const WIDEST = 26;
const WRITTEN = 62;
/** Up to so many numbers are written in their cells. */
export const MOST_WRITTEN = 8;
const TALLEST = 22;
const MAP = 84;
const STEPS_HEIGHT = 130;

/** @param {Layout} layout @param {number} width in CSS pixels @returns {Geometry} */
export function geometry(layout, width) {
  const { rows, columns, maps } = layout;
  const isMap = layout.image;
  const widest = layout.count <= MOST_WRITTEN ? WRITTEN : WIDEST;
  const across = isMap ? Math.max(1, Math.min(TALLEST, Math.floor(Math.min(width, MAP) / columns))) : Math.max(1, Math.min(widest, width / columns));
  const down = isMap ? across : Math.max(2, Math.min(TALLEST, (rows > 1 ? STEPS_HEIGHT : TALLEST) / rows));
  const map = /** @type {[number, number]} */ ([columns * across + GAP, rows * down + GAP]);
  const perLine = Math.max(1, Math.min(maps, Math.floor((width + GAP) / map[0])));
  return { cell: [across, down], perLine, map, width: perLine * map[0] - GAP, height: Math.ceil(maps / perLine) * map[1] - GAP };
}

/** The upper left corner of a cell. @param {Geometry} geometry @param {Cell} cell @returns {[number, number]} */
export function cornerOf({ cell, perLine, map }, { map: number, row, column }) {
  return [(number % perLine) * map[0] + column * cell[0], Math.floor(number / perLine) * map[1] + row * cell[1]];
}

/** The cell at a position; null between and outside of the maps. @param {Layout} layout @param {Geometry} geometry @param {number} x @param {number} y @returns {Cell|null} */
export function cellAt(layout, { cell, perLine, map }, x, y) {
  const [across, down] = [Math.floor(x / map[0]), Math.floor(y / map[1])];
  const found = { map: down * perLine + across, row: Math.floor((y - down * map[1]) / cell[1]), column: Math.floor((x - across * map[0]) / cell[0]) };
  const inside = x >= 0 && y >= 0 && across < perLine && found.map < layout.maps && found.row < layout.rows && found.column < layout.columns;
  return inside && unitAt(layout, found) < layout.count ? found : null;
}

/** The index of the number in a cell. @param {Layout} layout @param {Cell} cell */
export const unitAt = ({ size, across, along, stride }, { map, row, column }) => map * size + row * stride * across + column * stride * along;

/** The cell in which a number is drawn, or beside it where only some are; null if it is not drawn. @param {Layout} layout @param {number} unit @returns {Cell|null} */
export function cellOf({ maps, rows, columns, size, across, along, stride }, unit) {
  const [map, rest] = [Math.floor(unit / size), unit % size];
  const [row, column] = across >= along ? [Math.floor(rest / across), Math.floor((rest % across) / along)] : [rest % along, Math.floor(rest / along)];
  const cell = { map, row: Math.floor(row / stride), column: Math.floor(column / stride) };
  return map < maps && cell.row < rows && cell.column < columns ? cell : null;
}

/** The cell to which an arrow key moves; null if the key has no meaning here. @param {string} key @param {Layout} layout @param {Cell} cell @returns {Cell|null} */
export function moved(key, layout, { map, row, column }) {
  const to = {
    ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1], ArrowUp: [row - 1, column], ArrowDown: [row + 1, column],
  }[key];
  if (!to) return null;
  const next = { map, row: to[0], column: to[1] };
  if (next.column < 0 && map > 0) Object.assign(next, { map: map - 1, column: layout.columns - 1 });
  if (next.column >= layout.columns && map < layout.maps - 1) Object.assign(next, { map: map + 1, column: 0 });
  const outside = next.row < 0 || next.row >= layout.rows || next.column < 0 || next.column >= layout.columns;
  return outside || unitAt(layout, next) >= layout.count ? { map, row, column } : next;
}

/** How many numbers are drawn. @param {Layout} layout */
export const drawn = ({ maps, rows, columns, count, stride }) => (stride > 1 ? maps * rows * columns : Math.min(count, maps * rows * columns));

/** The index among the drawn numbers: map by map and row by row. @param {Layout} layout @param {Cell} cell */
export const indexOf = ({ rows, columns }, { map, row, column }) => (map * rows + row) * columns + column;

/** Points as shares of their axes. @param {number[][]} places @param {number[][]} bounds of each axis */
export const shared = (places, bounds) => places.map((place) => place.map((value, axis) => (value - bounds[axis][0]) / (bounds[axis][1] - bounds[axis][0])));

/** The nearest point to a position, by its index. @param {number[][]} places @param {number} x @param {number} y */
export function nearest(places, x, y) {
  let best = -1;
  let least = Infinity;
  places.forEach(([left, up], index) => {
    const distance = (left - x) ** 2 + (up - y) ** 2;
    if (distance < least) [best, least] = [index, distance];
  });
  return best;
}
