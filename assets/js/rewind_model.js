/**
 * Where a visitor is in the past of a run, and what is said of it. Pure.
 *
 * @typedef {object} Moment  what a run showed after a step
 * @property {number} step @property {number} epoch @property {Record<string, number|null>} numbers  the metrics by the names of their columns
 * @property {Map<string, import("./socket.js").View>} views
 */

import { count } from "./numbers.js";

/** The moment closest to a step; null for now, which is after `end` steps. @param {number[]} steps  in order @param {number} step @param {number} end */
export function nearest(steps, step, end) {
  let best = end;
  for (const kept of steps) if (Math.abs(kept - step) < Math.abs(best - step)) best = kept;
  return best >= end ? null : best;
}

/**
 * The moment so many moments later, or earlier.
 *
 * @param {number[]} steps  in order @param {number|null} step  where the visitor is, null for now @param {number} by @param {number} end  the steps taken by now
 * @returns {number|null} null for now
 */
export function moved(steps, step, by, end) {
  const places = steps.filter((kept) => kept < end);
  if (!places.length) return null;
  const here = step === null ? places.length : places.findIndex((kept) => kept >= step);
  const exact = here < 0 || places[here] === step || step === null;
  const next = (here < 0 ? places.length : here) + by + (exact || by < 0 ? 0 : -1);
  return next >= places.length ? null : places[Math.max(0, next)];
}

/** How many moments a key moves by; undefined for other keys. @param {string} key */
export const move = (key) => ({ ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageDown: -10, PageUp: 10, Home: -Infinity, End: Infinity })[key];

/** The value of a column of the batches at a step, between two of them interpolated; null if it is not known. @param {import("./timeline.js").Columns} batch
 *  @param {number} step @param {string} column */
export function valueAt(batch, step, column) {
  const values = batch[column];
  if (!values) return null;
  const after = batch.step.findIndex((other) => other >= step);
  if (after < 0) return values.at(-1) ?? null;
  if (batch.step[after] === step) return values[after];
  const [from, to] = after ? [batch.step[after - 1], batch.step[after]] : [0, batch.step[0]];
  const [low, high] = after ? [values[after - 1], values[after]] : [0, values[0]];
  return low === null || high === null ? null : low + ((high - low) * (step - from)) / (to - from);
}

/** The numbers of the status at a moment: what is not known of it is missing. @param {Moment} moment @param {Record<string, any>} status  of now
 *  @param {import("./timeline.js").Series} series @param {string} [minimized]  the column of what training minimizes */
export function statusAt(moment, status, { batch }, minimized = "train_loss") {
  const { step, epoch, numbers } = moment;
  const loss = step === 0 ? null : valueAt(batch, step, minimized);
  return { ...status, ...numbers, step, epoch, evaluated_step: step, loss, seconds: step === 0 ? 0 : valueAt(batch, step, "seconds"), samples_per_second: null, seconds_left: null };
}

/** Where a moment is along an axis of the chart. @param {Moment} moment @param {import("./timeline.js").Series} series @param {import("./timeline.js").Axis} axis */
export const along = (moment, { batch }, axis) => (axis === "seconds" ? (moment.step === 0 ? 0 : valueAt(batch, moment.step, "seconds")) : moment[axis]);

/** What is on the screen, in a few words. @param {Moment|null} moment @param {Record<string, any>} status @param {boolean} over  whether the run has ended */
export const told = (moment, { step }, over) => (moment ? `Showing step ${count(moment.step)} of ${count(step)}` : `${over ? "The end" : "Live"}: step ${count(step)}`);
