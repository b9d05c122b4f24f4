/**
 * Maps of steps × rows that belong to one sequence: what stands where, and in words. Pure.
 *
 * @typedef {{name: string, title: string, rows: string[], values: Float32Array, low: number, high: number, linked: boolean}} StepMap
 *   values: row by row, NaN where there is none; linked: whether its rows are the units that the cursor is on
 * @typedef {{step: number, row: number}} Cursor
 */

import { loss } from "./numbers.js";

/** A number to three digits; zero as it is. @param {number} value */
export const number = (value) => (value === 0 ? "0" : loss(value));

/** Room for the names of rows, in CSS pixels. */
const LETTER = 6.6;
const WIDEST_NAME = 96;
/** Cell heights in CSS pixels: the most, that of a row with its own name, and the least. */
const TALLEST = 18;
const NAMED = 11;
const LOWEST = 2;
const HEIGHT = 170;
/** Above a map: its steps in words, upright or turned. */
const UPRIGHT = 16;
const TURNED = 52;

/** @param {StepMap} map @param {string[]} steps @param {number} width in CSS pixels */
export function geometry({ rows }, steps, width) {
  const cell = Math.max(LOWEST, Math.min(TALLEST, HEIGHT / rows.length));
  const longest = Math.max(...rows.map((name) => name.length), 1);
  const left = Math.min(WIDEST_NAME, Math.ceil(longest * LETTER) + 8);
  const across = Math.max(1, (width - left - 2) / Math.max(1, steps.length));
  const letters = Math.max(...steps.map((name) => name.length), 1);
  const labels = across >= letters * LETTER + 4 ? "upright" : across >= NAMED ? "turned" : "none";
  const top = labels === "turned" ? Math.min(TURNED, letters * LETTER + 8) : UPRIGHT;
  return { left, top, across, cell, labels, height: Math.ceil(top + cell * rows.length + 2), every: Math.ceil(NAMED / cell) };
}

/** The cell at a position; null outside. @param {ReturnType<typeof geometry>} geometry @param {StepMap} map @param {number} steps
 *  @param {number} x @param {number} y in CSS pixels @returns {Cursor|null} */
export function cellAt({ left, top, across, cell }, { rows }, steps, x, y) {
  const [step, row] = [Math.floor((x - left) / across), Math.floor((y - top) / cell)];
  return step >= 0 && row >= 0 && step < steps && row < rows.length ? { step, row } : null;
}

/** The cell that a key moves to; null if the key has no meaning here. @param {string} key @param {Cursor} cursor @param {number} steps @param {number} rows */
export function moved(key, { step, row }, steps, rows) {
  const to = {
    ArrowLeft: [step - 1, row], ArrowRight: [step + 1, row], ArrowUp: [step, row - 1], ArrowDown: [step, row + 1], Home: [0, row], End: [steps - 1, row],
  }[key];
  if (!to) return null;
  const held = (value, count) => Math.min(count - 1, Math.max(0, value));
  return { step: held(to[0], steps), row: held(to[1], rows) };
}

/** @param {StepMap} map @param {number} steps @param {Cursor} cursor */
export const valueAt = ({ values, rows }, steps, { step, row }) => (row < rows.length ? values[row * steps + step] : NaN);

/** The first values of a step that are not missing, with the names of their rows. @param {StepMap} map @param {number} steps @param {number} step @param {number} [count] */
export const column = (map, steps, step, count) =>
  map.rows.map((name, row) => ({ name, value: valueAt(map, steps, { step, row }) })).filter(({ value }) => Number.isFinite(value)).slice(0, count);

/** The largest values of a step. @param {StepMap} map @param {number} steps @param {number} step @param {number} count */
export const largest = (map, steps, step, count) => column(map, steps, step).sort((a, b) => b.value - a.value).slice(0, count);

/** A number with its sign. @param {number} value */
export const signed = (value) => (value > 0 ? `+${number(value)}` : number(value));

/**
 * How the state of a unit follows from its gates, with their numbers; [] if there are no gates.
 *
 * @param {StepMap[]} maps @param {number} steps @param {Cursor} cursor @param {number} units of one direction: those of the second read backwards
 */
export function arithmetic(maps, steps, { step, row }, units) {
  const of = (name, at = step) => {
    const map = maps.find((each) => each.name === name);
    if (!map) return undefined;
    return at < 0 || at >= steps ? 0 : valueAt(map, steps, { step: at, row });
  };
  const before = row < units ? step - 1 : step + 1;
  const [update, forget] = [of("update"), of("forget")];
  const text = (value) => (value < 0 ? `(${number(value)})` : number(value));
  if (forget !== undefined) {
    const kept = of("cell", before);
    return [
      `memory ${number(of("cell"))} = forget ${number(forget)} × memory before ${text(Number.isNaN(kept) ? 0 : kept)} + input ${number(of("input"))} × candidate ${text(of("candidate"))}`,
      `state ${number(of("hidden"))} = output ${number(of("output"))} × tanh(memory ${text(of("cell"))})`,
    ];
  }
  if (update === undefined) return [];
  const kept = of("hidden", before);
  return [
    `state ${number(of("hidden"))} = update ${number(update)} × state before ${text(Number.isNaN(kept) ? 0 : kept)} + (1 − update) ${number(1 - update)} × candidate ${text(of("candidate"))}`,
  ];
}
