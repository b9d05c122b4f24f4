/**
 * Pointing at a place within a plot with one scale on both axes, by pointer and by keyboard. Pure.
 *
 * @typedef {{left: number, top: number, side: number, down?: number, low: number, high: number}} Area  in CSS pixels; low, high: the values
 *   at the ends of the axes
 * @typedef {{x1: number, x2: number}} Place  in values
 */

/** Steps of the keyboard from one end to the other. */
const STEPS = 24;

/** The place at a position, null outside. @param {Area} area @param {number} x @param {number} y in CSS pixels @returns {Place|null} */
export function placeAt({ left, top, side, down = side, low, high }, x, y) {
  if (x < left || y < top || x > left + side || y > top + down) return null;
  return { x1: low + ((x - left) / side) * (high - low), x2: high - ((y - top) / side) * (high - low) };
}

/** The place one step further, at first the middle. @param {Area} area @param {Place|null} place @param {number[]} move right and down */
export function placeBeside({ low, high }, place, [right, down]) {
  const { x1, x2 } = place ?? { x1: (low + high) / 2, x2: (low + high) / 2 };
  const held = (value) => Math.min(high, Math.max(low, value));
  const step = (high - low) / STEPS;
  return { x1: held(x1 + right * step), x2: held(x2 - down * step) };
}
