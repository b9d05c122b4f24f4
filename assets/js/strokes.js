/** Strokes as data: extending them, smoothing them, undo and redo. Pure.
 *
 * @typedef {{x: number, y: number, pressure: number}} Point  Canvas units (0 to SIDE); at pressure 1, a stroke is as wide as the brush.
 * @typedef {{width: number, erase: boolean, points: Point[]}} Stroke
 * @typedef {{clear: true} | Stroke} Act  A stroke, or clearing the whole canvas.
 * @typedef {{done: Act[], undone: Act[]}} History
 * @typedef {{from: Point, control: Point, to: Point, width: number}} Curve  A quadratic Bézier curve of one width.
 */

/** Side of the canvas in its own units, independent of its size on the screen. */
export const SIDE = 280;

const LEAST_DISTANCE = 0.8;
const MARGIN = 60;
const MAX_STORED = 4_000_000;

/** Adds a point to the stroke, unless it is so close to the last one that it would only add noise. @returns {boolean} whether it was added */
export function extend(/** @type {Stroke} */ stroke, /** @type {Point} */ point) {
  const last = stroke.points.at(-1);
  if (last && Math.hypot(point.x - last.x, point.y - last.y) < LEAST_DISTANCE) return false;
  const bounded = (value) => Math.round(Math.min(SIDE + MARGIN, Math.max(-MARGIN, value)) * 10) / 10;
  stroke.points.push({ x: bounded(point.x), y: bounded(point.y), pressure: Math.round(point.pressure * 100) / 100 });
  return true;
}

/** The relative width of a stroke at this pressure; 1 for mouse and touch, which have none. */
export function pressureOf(/** @type {string} */ pointerType, /** @type {number} */ pressure) {
  return pointerType === "pen" && pressure > 0 ? 0.4 + 1.2 * Math.min(1, pressure) : 1;
}

/** The smooth line through a stroke: curves between the midpoints of its points, with the points as control points.
 * @returns {Curve[]} at least one; of zero length for a dot */
export function curves(/** @type {Stroke} */ stroke) {
  const { points, width } = stroke;
  if (points.length === 1) return [{ from: points[0], control: points[0], to: points[0], width: width * points[0].pressure }];
  const result = [];
  let from = points[0];
  for (let i = 1; i < points.length; i++) {
    const isLast = i === points.length - 1;
    const control = isLast ? from : points[i];
    const to = isLast ? points[i] : middle(points[i], points[i + 1]);
    result.push({ from, control, to, width: (width * (from.pressure + to.pressure)) / 2 });
    from = to;
  }
  return result;
}

function middle(a, b) {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, pressure: (a.pressure + b.pressure) / 2 };
}

/** @returns {History} */
export function blank() {
  return { done: [], undone: [] };
}

/** The history after one more action. Undone actions are discarded, as are those before the last but one clear. */
export function after(/** @type {History} */ history, /** @type {Act} */ act) {
  const done = [...history.done, act];
  const clears = done.flatMap((action, i) => (action.clear ? [i] : []));
  return { done: clears.length > 2 ? done.slice(clears.at(-2)) : done, undone: [] };
}

export function undo(/** @type {History} */ { done, undone }) {
  return done.length ? { done: done.slice(0, -1), undone: [...undone, done.at(-1)] } : { done, undone };
}

export function redo(/** @type {History} */ { done, undone }) {
  return undone.length ? { done: [...done, undone.at(-1)], undone: undone.slice(0, -1) } : { done, undone };
}

/** The strokes on the canvas. @returns {Stroke[]} */
export function visible(/** @type {History} */ history) {
  return history.done.slice(history.done.findLastIndex((act) => act.clear) + 1);
}

/** Text for the browser's storage; "" if it would be too long. */
export function stored(/** @type {History} */ history) {
  const text = JSON.stringify({ version: 1, ...history });
  return text.length > MAX_STORED ? "" : text;
}

/** The history in a stored text; an empty one if the text is invalid. @returns {History} */
export function restored(/** @type {string | null} */ text) {
  try {
    const { version, done, undone } = JSON.parse(text ?? "");
    if (version === 1 && [done, undone].every((acts) => Array.isArray(acts) && acts.every(isAct))) return { done, undone };
  } catch {
    // Not JSON: the same as nothing stored.
  }
  return blank();
}

function isAct(act) {
  if (act?.clear === true) return true;
  const isPoint = (p) => [p?.x, p?.y, p?.pressure].every(Number.isFinite);
  return Number.isFinite(act?.width) && Array.isArray(act.points) && act.points.length > 0 && act.points.every(isPoint);
}
