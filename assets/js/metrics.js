/**
 * The metrics that a run declares: what their columns are called, which come first, how their numbers look. Pure.
 *
 * @typedef {"train"|"test"} Split
 * @typedef {{name: string, title: string, chart: string, format: "number"|"percent"|"value", better: "lower"|"higher", splits: Split[],
 *   every_step: boolean, phrase: string, penalized?: boolean}} Metric  see `DeclaredMetric` in playground/catalog/metrics/base.py
 * @typedef {Record<string, {title: string, value: number}>} Baselines  by metric, see playground/catalog/baselines.py
 */

import { amount, loss, percent } from "./numbers.js";

/** @param {Metric} metric @param {Split} split */
export const column = (metric, split) => `${split}_${metric.name}`;

/** What training minimizes, known for the batch of every step. @param {Metric[]} metrics */
export const minimized = (metrics) => metrics.find((metric) => metric.every_step);

/** What people want to know of the test set: the metrics that say more than what training minimizes, or else that one. @param {Metric[]} metrics */
export function headline(metrics) {
  const measured = metrics.filter(({ splits }) => splits.includes("test"));
  const more = measured.filter((metric) => !metric.every_step);
  return more.length ? more : measured;
}

/** The charts in which the metrics are drawn, from top to bottom, each with its metrics. @param {Metric[]} metrics @returns {Map<string, Metric[]>} */
export function charts(metrics) {
  const found = new Map();
  for (const metric of metrics) found.set(metric.chart, [...(found.get(metric.chart) ?? []), metric]);
  return found;
}

/** @param {Metric} metric @param {number|null|undefined} value */
export const text = ({ format }, value) => (format === "percent" ? percent(value) : format === "value" ? amount(value) : loss(value));

const LONGEST = 28;

/** What a metric must beat, such as "guessing “cat”: 80.0 %"; "" if it is not known. @param {Metric} metric @param {Baselines|null|undefined} baselines */
export function baselineText(metric, baselines) {
  const baseline = baselines?.[metric.name];
  if (!baseline) return "";
  const { title } = baseline;
  return `${title.length > LONGEST ? `${title.slice(0, LONGEST - 2)}…${title.endsWith("”") ? "”" : ""}` : title}: ${text(metric, baseline.value)}`;
}
