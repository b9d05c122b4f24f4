/**
 * Attention beside an attribution, as text. Pure.
 *
 * @typedef {{layer: string, head: number, from: number|null, answer: number|null, parts: number[], attention: number[], attribution: number[],
 *   elsewhere: number, correlation: number|null, grid: {rows: number, columns: number, height: number, width: number}|null, method: string,
 *   methods: [string, string][], signed: boolean, target: number, classes: string[], delta: number|null, seconds: number}} Beside
 *   as playground/web/attention_beside.py describes it
 */

import { loss as number, percent } from "./numbers.js";

/** Why the two differ. Sources: Jain and Wallace 2019, arXiv:1902.10186; Wiegreffe and Pinter 2019, arXiv:1908.04626. */
export const WHY =
  "They answer different questions: attention says where this layer reads, after earlier layers have mixed the tokens; an attribution says what changes the answer.";

/** Shares of the largest magnitude: −1 to 1, or 0 to 1 if nothing is negative. @param {number[]} values */
export function relative(values) {
  const most = Math.max(...values.map(Math.abs)) || 1;
  return values.map((value) => value / most);
}

/** Below this many parts, chance alone often gives a large correlation. */
const FEW = 8;

/** How far the two orders agree, in words. @param {number|null} correlation @param {number} parts  how many are compared */
export function agreement(correlation, parts) {
  if (correlation === null) return "Rank correlation: none, as there are too few different numbers.";
  const size = Math.abs(correlation);
  const words = size < 0.2 ? "they order the parts almost independently" : size < 0.5 ? "weak" : size < 0.8 ? "moderate" : "strong";
  const sign = correlation < 0 && size >= 0.2 ? ", and opposite" : "";
  const few = parts < FEW ? `, though of only ${parts} parts` : "";
  return `Rank correlation ρ = ${number(correlation)} (${words}${sign}${few}): Spearman, of the attention and the size of the attribution.`;
}

/** Whose attention is shown. @param {Beside} beside @param {string} title  of the layer @param {(step: number) => string} name */
export function attentionText({ layer, head, from, elsewhere }, title, name) {
  const where = layer === "rollout" ? "Rollout over all layers" : `${title}, head ${head + 1}`;
  const whose = from === null ? "mean over all tokens" : `from “${name(from)}”`;
  const rest = elsewhere >= 0.0005 ? ` ${percent(elsewhere)} goes to the class token, which is no part of the input.` : "";
  return `${where}, ${whose}.${rest}`;
}

/** What the attribution explains. @param {Beside} beside @param {(step: number) => string} name */
export function attributionText({ method, methods, answer, target, classes, delta }, name) {
  const title = methods.find(([kind]) => kind === method)?.[1] ?? method;
  const of = classes.length ? `“${classes[target] ?? target}”` : "the value";
  const at = answer === null ? "" : ` at “${name(answer)}”`;
  return `${title}, for ${of}${at}.${delta === null ? "" : ` Off by ${number(Math.abs(delta))} in all.`}`;
}
