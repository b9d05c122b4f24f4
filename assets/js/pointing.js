/**
 * Pointing at a place within a plot, by pointer and by keyboard. Pure.
 *
 * @typedef {{left: number, top: number, side: number, down?: number, low: number, high: number, up?: [number, number]}} Area  in CSS pixels;
 *   low, high: the values at the ends of the axes; up: those of the second one, if they differ
 * @typedef {{x1: number, x2: number}} Place  in values
 */

/** Steps of the keyboard from one end to the other. */
const STEPS = 24;

/** The place at a position, null outside. @param {Area} area @param {number} x @param {number} y in CSS pixels @returns {Place|null} */
export function placeAt({ left, top, side, down = side, low, high, up = [low, high] }, x, y) {
  if (x < left || y < top || x > left + side || y > top + down) return null;
  return { x1: low + ((x - left) / side) * (high - low), x2: up[1] - ((y - top) / side) * (up[1] - up[0]) };
}

/** The place one step further, at first the middle. @param {Area} area @param {Place|null} place @param {number[]} move right and down */
export function placeBeside({ low, high, up = [low, high] }, place, [right, down]) {
  const { x1, x2 } = place ?? { x1: (low + high) / 2, x2: (up[0] + up[1]) / 2 };
  const moved = (value, steps, [least, most]) => Math.min(most, Math.max(least, value + (steps * (most - least)) / STEPS));
  return { x1: moved(x1, right, [low, high]), x2: moved(x2, -down, up) };
}
