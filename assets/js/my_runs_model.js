/**
 * The visitor's runs: which are shown and in which order, and what is said of them. Pure.
 *
 * @typedef {{title: string, format: "number"|"percent"|"value", better: "lower"|"higher", value: number}} Result
 * @typedef {{state: string, message: string, epoch: number|null, epochs: number|null, seconds: number|null, result: Result|null,
 *   sparkline: (number|null)[]|null, queue_position: number|null}} Standing  see `Standing` in playground/runs/overview.py
 * @typedef {{id: string, name: string, summary: string, created: number, deleted: number|null} & Standing} Row  times in seconds since 1970
 * @typedef {{text: string, state: string, order: string}} Choice
 */

import { text } from "./metrics.js";
import { NONE, plural } from "./numbers.js";

const GOING = ["queued", "starting", "running"];
/** States of runs that have ended, as in `RunState.ended`. */
export const OVER = ["finished", "stopped", "diverged", "failed", "refused", "interrupted"];
const CONTINUABLE = ["paused", "interrupted", "failed"];

/** What can be chosen to be shown, by name: its title and its states. @type {Record<string, [string, string[]]>} */
export const FILTERS = {
  all: ["All states", [...GOING, "paused", ...OVER]],
  going: ["Training or waiting", GOING],
  paused: ["Paused", ["paused"]],
  finished: ["Finished", ["finished"]],
  ended: ["Stopped, diverged or failed", ["stopped", "diverged", "failed", "refused", "interrupted"]],
};

/** @type {Record<string, [string, (a: Row, b: Row) => number]>} */
export const ORDERS = {
  newest: ["Newest first", (a, b) => b.created - a.created],
  oldest: ["Oldest first", (a, b) => a.created - b.created],
  name: ["By name", (a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }) || b.created - a.created],
  result: ["Best result first", (a, b) => byResult(a.result, b.result) || b.created - a.created],
  longest: ["Longest training first", (a, b) => (b.seconds ?? -1) - (a.seconds ?? -1) || b.created - a.created],
};

/** Results of the same metric by what is better; metrics by title; no result last. @param {Result|null} a @param {Result|null} b */
function byResult(a, b) {
  if (!a || !b) return Number(!a) - Number(!b);
  return a.title.localeCompare(b.title) || (a.better === "higher" ? b.value - a.value : a.value - b.value);
}

/** Whether a run moves. @param {Row} row */
export const moves = ({ state }) => GOING.includes(state) || !(OVER.includes(state) || state === "paused");

/** Whether a run can be continued. @param {Row} row */
export const continuable = ({ state }) => CONTINUABLE.includes(state);

/** The rows to show, in order: those in which every word occurs. @param {Row[]} rows @param {Choice} choice */
export function chosen(rows, { text: wanted, state, order }) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const states = (FILTERS[state] ?? FILTERS.all)[1];
  const found = rows.filter((row) => {
    const words_of = `${row.name} ${row.summary} ${row.state}`.toLowerCase();
    return (state === "all" || states.includes(row.state)) && words.every((word) => words_of.includes(word));
  });
  return found.sort((ORDERS[order] ?? ORDERS.newest)[1]);
}

/** The lines of a sparkline in a box, each an SVG path; gaps part them. @param {(number|null)[]} values  from 0 to 100 @param {number} width @param {number} height */
export function path(values, width, height) {
  const step = width / Math.max(1, values.length - 1);
  let drawn = "";
  let pen = false;
  values.forEach((value, index) => {
    if (value !== null) drawn += `${pen ? "L" : "M"}${(index * step).toFixed(1)},${(height - (value / 100) * height).toFixed(1)}`;
    pen = value !== null;
  });
  return drawn;
}

/** The number that a run reached. @param {Row} row */
export const resultText = ({ result }) => (result ? text(result, result.value) : NONE);

/** What all sparklines of a page show, next to them. */
export const CURVES = "Curves: training loss, each on its own scale";

/** What a sparkline shows, for those who do not see it. @param {(number|null)[]|null} values */
export function shape(values) {
  const known = (values ?? []).filter((value) => value !== null);
  if (known.length < 2) return "Loss: no curve yet";
  const [first, last] = [known[0], known[known.length - 1]];
  return `Loss: ${last < first - 10 ? "fell" : last > first + 10 ? "rose" : "about where it began"}${last > Math.min(...known) + 10 ? ", was lower before" : ""}`;
}

/** The state in words: "finished", "epoch 3 of 20", "waiting, 2nd". @param {Row} row */
export function stateText({ state, epoch, epochs, queue_position: position }) {
  if (state === "queued") return position ? `waiting, number ${position}` : "waiting";
  return state === "running" && epoch !== null && epochs ? `epoch ${Math.floor(epoch)} of ${epochs}` : state;
}

/** How long ago something was, seen from `now`; both in seconds. @param {number} then @param {number} now */
export function ago(then, now) {
  const minutes = Math.max(0, now - then) / 60;
  if (minutes < 1) return "just now";
  if (minutes < 60) return `${Math.floor(minutes)} min ago`;
  if (minutes < 24 * 60) return `${Math.floor(minutes / 60)} h ago`;
  const days = Math.floor(minutes / (24 * 60));
  return days < 30 ? `${plural(days, "day")} ago` : day(then);
}

/** @param {number} seconds since 1970 */
export const day = (seconds) => new Date(1000 * seconds).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** What happens if these runs are deleted. @param {Row[]} rows */
export function deletion(rows) {
  const going = rows.filter((row) => moves(row) || row.state === "paused").length;
  const what = rows.length === 1 ? `“${rows[0].name}”` : plural(rows.length, "run");
  const ended = !going ? "" : rows.length === 1 ? " It has not ended yet and will be stopped first." : ` ${going} of them ${going === 1 ? "has" : "have"} not ended yet and will be stopped first.`;
  return { title: `Delete ${what}?`, text: `${rows.length === 1 ? "The network, its curves and its settings" : "The networks, their curves and their settings"} will be permanently deleted from this server.${ended}` };
}
