/**
 * Cut heads, as lists and text. Pure.
 *
 * @typedef {[string, number]} Head  the path of a layer, and the index of a head in it
 * @typedef {{name: string, title: string, format: "number"|"percent", better: "lower"|"higher"}} Metric
 * @typedef {{heads: Head[], title: string, metrics: Record<string, number|null>}} Cut
 * @typedef {{examples: number, of: number, metrics: Metric[], cuts: Cut[]}} Effects  as playground/web/attention_heads.py describes them
 * @typedef {{heads: Head[], title: string, before: number|null, after: number|null, loss: number|null, share: number}} Ranked
 *   loss: how much worse the metric is without the head, negative if it is better; share: of the largest one, 0 to 1
 */

import { loss as number, percent } from "./numbers.js";

/** The heads with this one added, or removed if it was among them. @param {Head[]} heads @param {Head} head @returns {Head[]} */
export function toggled(heads, [path, index]) {
  const others = heads.filter((each) => each[0] !== path || each[1] !== index);
  return others.length < heads.length ? others : [...heads, [path, index]];
}

/** @param {Head[]} heads @param {Head} head */
export const includes = (heads, [path, index]) => heads.some((each) => each[0] === path && each[1] === index);

/** Those of the heads that these layers have. @param {Head[]} heads @param {{path: string, heads: number}[]} layers */
export const existing = (heads, layers) => heads.filter(([path, index]) => layers.some((layer) => layer.path === path && index < layer.heads));

/** What a metric is with nothing cut, and with all these heads cut. @param {Effects} effects @param {string} name @param {Head[]} heads */
export function measured({ cuts }, name, heads) {
  const cut = cuts.find((each) => each.heads.length === heads.length && each.heads.every((head) => includes(heads, head)));
  return { before: cuts[0].metrics[name], after: cut?.metrics[name] ?? null };
}

/**
 * Every head that was cut alone, the one that the metric needs most first; those without which it is not a number lead.
 *
 * @param {Effects} effects @param {Metric} metric @returns {Ranked[]}
 */
export function ranked({ cuts }, { name, better }) {
  const before = cuts[0].metrics[name];
  const rows = cuts.filter(({ heads }) => heads.length === 1).map(({ heads, title, metrics }) => {
    const after = metrics[name];
    const loss = after === null || before === null ? null : better === "lower" ? after - before : before - after;
    return { heads, title, before, after, loss };
  });
  const largest = Math.max(...rows.map(({ loss }) => Math.abs(loss ?? 0))) || 1;
  const key = ({ loss }) => loss ?? Infinity;
  return rows
    .map((row) => ({ ...row, share: row.loss === null ? 1 : Math.abs(row.loss) / largest }))
    .sort((a, b) => (key(a) === key(b) ? 0 : key(b) - key(a)));
}

/** @param {Metric} metric @param {number|null} value */
export const metricText = ({ format }, value) => (format === "percent" ? percent(value) : number(value));

/** A change with its sign: “−8.7 points” of percentages, “+0.213”. @param {Metric} metric @param {number|null} before @param {number|null} after */
export function changeText({ format }, before, after) {
  if (before === null || after === null) return "not a number";
  const change = after - before;
  const size = format === "percent" ? `${(100 * Math.abs(change)).toFixed(1)} points` : number(Math.abs(change));
  if (change === 0 || /^[0.]+( points)?$/.test(size)) return "no change";
  return `${change > 0 ? "+" : "−"}${size}`;
}

/**
 * What happens to a prediction. before, after: as playground/web/attention_answers.py describes them.
 *
 * @param {any} before @param {any} after
 * @returns {{changed: boolean, text: string}}
 */
export function verdict(before, after) {
  if (before.form === "class") {
    const changed = before.label !== after.label;
    return { changed, text: changed ? `The answer changes from “${before.label}” to “${after.label}”.` : `The answer is still “${before.label}”.` };
  }
  if (before.form === "steps") {
    const count = before.labels.filter((label, step) => label !== after.labels[step]).length;
    const total = before.labels.length;
    return { changed: count > 0, text: count ? `${count} of ${total} answers change.` : `All ${total} answers stay the same.` };
  }
  const changed = before.values.some((value, index) => value !== after.values[index]);
  return { changed, text: changed ? "The values change." : "The values stay the same." };
}

/** The likeliest classes before or after, with both shares. @param {any} before @param {any} after @returns {[string, number, number][]} */
export function bothShares(before, after, count = 5) {
  const shares = (prediction) => new Map(prediction.likeliest);
  const [first, second] = [shares(before), shares(after)];
  const rows = [...new Set([...first.keys(), ...second.keys()])].map((label) => [label, first.get(label) ?? 0, second.get(label) ?? 0]);
  return /** @type {any} */ (rows.sort((a, b) => Math.max(b[1], b[2]) - Math.max(a[1], a[2])).slice(0, count));
}
