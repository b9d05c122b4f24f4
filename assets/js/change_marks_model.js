/**
 * The changes of a run on the axes of its chart. Pure.
 *
 * @typedef {{step: number, text: string}} Change  text: "learning rate 0.1 → 0.01"
 * @typedef {{x: number, label: string}} Mark  where it stands, in pixels, and what it says
 */

/** Marks nearer than this become one, in pixels: narrower ones cannot be pointed at. */
export const NEAR = 8;
/** As many changes are named in one mark. */
const NAMED = 4;

/** @param {Change} change @param {number} [end]  the last step of a run that is over */
export const told = ({ step, text }, end = Infinity) => `Step ${step.toLocaleString("en")}: ${text}${step < end ? "" : " (the run ended before)"}`;

/**
 * Where a step lies on an axis: at the first row that is not before it; null if the run is not there yet.
 *
 * @param {number} step @param {import("./timeline.js").Columns} batch  a row per step, thinned @param {import("./timeline.js").Axis} axis
 */
export function position(step, batch, axis) {
  if (step === 0) return 0;
  let [low, high] = [0, batch.step.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (batch.step[middle] < step) low = middle + 1;
    else high = middle;
  }
  return batch[axis][low] ?? null;
}

/**
 * A mark for each place where something changes, from left to right, without those outside of the visible range.
 *
 * @param {Change[]} changes  in the order of their steps @param {import("./timeline.js").Columns} batch @param {import("./timeline.js").Axis} axis
 * @param {{left: number, width: number, range: [number, number]}} plot  in pixels, and what its axis shows
 * @returns {Mark[]}
 */
export function marks(changes, batch, axis, { left, width, range: [low, high] }) {
  /** @type {{x: number, changes: Change[]}[]} */
  const places = [];
  for (const change of changes) {
    const value = position(change.step, batch, axis);
    if (value === null || value < low || value > high) continue;
    const x = left + (width * (value - low)) / (high - low || 1);
    const last = places[places.length - 1];
    if (last && x - last.x < NEAR) last.changes.push(change);
    else places.push({ x, changes: [change] });
  }
  return places.map(({ x, changes: here }) => ({ x, label: labelled(here) }));
}

/** @param {Change[]} changes */
function labelled(changes) {
  const more = changes.length > NAMED ? [`and ${changes.length - NAMED} more`] : [];
  return [...changes.slice(0, NAMED).map((change) => told(change)), ...more].join("\n");
}

/** What is said of all changes, in a line. @param {Change[]} changes @param {number} [end]  the last step of a run that is over */
export function inShort(changes, end) {
  if (changes.length === 1) return `1 change while it trained. ${told(changes[0], end)}`;
  return `${changes.length} changes while it trained. The last: ${told(changes[changes.length - 1], end).replace("Step", "step")}`;
}
