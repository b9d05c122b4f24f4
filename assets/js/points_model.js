/** Points drawn on the plane, as data: adding, removing, undo and redo. Pure.
 *
 * @typedef {[number, number, number]} Point  x, y and the number of its class
 * @typedef {{points: Point[], past: Point[][], future: Point[][]}} Plane  past and future: the points after undo and redo, the next step last
 */

const LONGEST = 100;

/** @param {unknown} points @param {number} most @param {[number, number]} bounds @returns {Plane} without anything that is not a point of the plane */
export function planeOf(points, most, bounds) {
  const kept = Array.isArray(points) ? points.filter((each) => isPoint(each, bounds)).slice(0, most) : [];
  return { points: kept, past: [], future: [] };
}

function isPoint(each, [low, high]) {
  const inside = (value) => typeof value === "number" && value >= low && value <= high;
  return Array.isArray(each) && each.length === 3 && inside(each[0]) && inside(each[1]) && Number.isInteger(each[2]) && each[2] >= 0;
}

/** The plane after one action, such as a point or a stroke of points. @param {Plane} plane @param {Point[]} before @param {Point[]} points @returns {Plane} */
export function after({ past }, before, points) {
  return { points, past: [...past, before].slice(-LONGEST), future: [] };
}

/** @param {Plane} plane @returns {Plane} unchanged if there is nothing to undo */
export function undo(plane) {
  const before = plane.past.at(-1);
  return before ? { points: before, past: plane.past.slice(0, -1), future: [...plane.future, plane.points] } : plane;
}

/** @param {Plane} plane @returns {Plane} unchanged if nothing was undone */
export function redo(plane) {
  const next = plane.future.at(-1);
  return next ? { points: next, past: [...plane.past, plane.points], future: plane.future.slice(0, -1) } : plane;
}

/** With one more point, rounded to thousandths; unchanged if there are too many, or one of the same class is nearer than `gap`. @param {Point[]} points @param {Point} point */
export function withPoint(points, [x, y, label], gap, most) {
  const near = points.some((each) => each[2] === label && Math.hypot(each[0] - x, each[1] - y) < gap);
  return near || points.length >= most ? points : [...points, [round(x), round(y), label]];
}

/** Without points nearer than `radius`; unchanged if there are none. @param {Point[]} points */
export function without(points, x, y, radius) {
  const kept = points.filter((each) => Math.hypot(each[0] - x, each[1] - y) > radius);
  return kept.length === points.length ? points : kept;
}

/** How many of each class. @param {Point[]} points @param {number} classes @returns {number[]} */
export function counts(points, classes) {
  const found = Array(classes).fill(0);
  for (const [, , label] of points) if (label < classes) found[label]++;
  return found;
}

const round = (value) => Math.round(value * 1000) / 1000;
