/** Strokes as data: how they grow, how they become curves, and what undo and redo make of them. Nothing here touches the screen.
 *
 * @typedef {{x: number, y: number, pressure: number}} Point  Paper units (0 to SIDE); pressure 1 is the brush's own width.
 * @typedef {{width: number, erase: boolean, points: Point[]}} Stroke
 * @typedef {{clear: true} | Stroke} Act  A stroke, or the wiping of the whole paper.
 * @typedef {{done: Act[], undone: Act[]}} History
 * @typedef {{from: Point, control: Point, to: Point, width: number}} Curve  A quadratic Bézier curve of one width.
 */

/** Side of the paper in its own units, whatever its size on the screen. */
export const SIDE = 280;

const LEAST_DISTANCE = 0.8;
const MARGIN = 60;
const MAX_STORED = 4_000_000;

/** Adds a point in place, unless it is so near to the last one that it would only add noise. @returns {boolean} whether it was added */
export function extend(/** @type {Stroke} */ stroke, /** @type {Point} */ point) {
  const last = stroke.points.at(-1);
  if (last && Math.hypot(point.x - last.x, point.y - last.y) < LEAST_DISTANCE) return false;
  const bounded = (value) => Math.round(Math.min(SIDE + MARGIN, Math.max(-MARGIN, value)) * 10) / 10;
  stroke.points.push({ x: bounded(point.x), y: bounded(point.y), pressure: Math.round(point.pressure * 100) / 100 });
  return true;
}

/** How wide a pen of this pressure writes, as a share of the brush; mice and fingers know no pressure. */
export function pressureOf(/** @type {string} */ pointerType, /** @type {number} */ pressure) {
  return pointerType === "pen" && pressure > 0 ? 0.4 + 1.2 * Math.min(1, pressure) : 1;
}

/** The smooth line through a stroke: from middle to middle of its points, each point pulling the curve towards itself.
 * @returns {Curve[]} at least one; of no length for a dot */
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

/** After one more act. What was undone before is gone for good, and so is what lies before the last clear but one. */
export function after(/** @type {History} */ history, /** @type {Act} */ act) {
  const done = [...history.done, act];
  const clears = done.flatMap((each, i) => (each.clear ? [i] : []));
  return { done: clears.length > 2 ? done.slice(clears.at(-2)) : done, undone: [] };
}

export function undo(/** @type {History} */ { done, undone }) {
  return done.length ? { done: done.slice(0, -1), undone: [...undone, done.at(-1)] } : { done, undone };
}

export function redo(/** @type {History} */ { done, undone }) {
  return undone.length ? { done: [...done, undone.at(-1)], undone: undone.slice(0, -1) } : { done, undone };
}

/** The strokes that lie on the paper. @returns {Stroke[]} */
export function visible(/** @type {History} */ history) {
  return history.done.slice(history.done.findLastIndex((act) => act.clear) + 1);
}

/** Text for the browser's storage; "" where it would be too long to keep. */
export function stored(/** @type {History} */ history) {
  const text = JSON.stringify({ version: 1, ...history });
  return text.length > MAX_STORED ? "" : text;
}

/** The history in a stored text; a blank one if the text is none of ours. @returns {History} */
export function restored(/** @type {string | null} */ text) {
  try {
    const { version, done, undone } = JSON.parse(text ?? "");
    if (version === 1 && [done, undone].every((acts) => Array.isArray(acts) && acts.every(isAct))) return { done, undone };
  } catch {
    // Not JSON: as good as nothing stored.
  }
  return blank();
}

function isAct(act) {
  if (act?.clear === true) return true;
  const isPoint = (p) => [p?.x, p?.y, p?.pressure].every(Number.isFinite);
  return Number.isFinite(act?.width) && Array.isArray(act.points) && act.points.length > 0 && act.points.every(isPoint);
}
