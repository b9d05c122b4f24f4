/**
 * The arithmetic of one token in one head, as text. Pure.
 *
 * @typedef {{token: number, product: number, score: number, seen: boolean, exponential: number, weight: number, key?: number[],
 *   value?: number[]}} Listed
 * @typedef {{layer: string, head: number, token: number, size: number, query: number[], scale: number, causal: boolean, rotary: boolean,
 *   steps: number, hidden: number, highest: number, total: number, listed: Listed[], sum: number[], output: number[]}} Arithmetic
 *   as playground/web/attention_arithmetic.py describes it
 */

import { loss as number } from "./numbers.js";

/** Numbers of a vector that are shown before it is opened. */
export const SHORT = 4;

/** Numbers with three digits each: 0.42, −1.3 @param {number[]} vector */
export const list = (vector) => vector.map(number).join(", ");

/** The beginning of a vector: (0.42, −1.3, …) @param {number[]} vector */
export const short = (vector) => `(${list(vector.slice(0, SHORT))}${vector.length > SHORT ? ", …" : ""})`;

/** A number as a factor, a negative one in parentheses. @param {number} value */
const factor = (value) => (value < 0 ? `(${number(value)})` : number(value));

/** A dot product written out: 0.12 · 0.3 + (−0.4) · 0.51 + … @param {number[]} first @param {number[]} second */
export function products(first, second) {
  const terms = first.slice(0, SHORT).map((value, index) => `${factor(value)} · ${factor(second[index])}`);
  return terms.join(" + ") + (first.length > SHORT ? " + …" : "");
}

/** How the query and the keys came to be. @param {Arithmetic} arithmetic @param {string} token */
export function queryText({ size, rotary }, token) {
  const numbers = `${size} number${size === 1 ? "" : "s"}`;
  const turned = rotary ? " Rotary positions have already turned it, and all keys, by their places in the sequence." : "";
  return `What “${token}” looks for, as ${numbers}: a matrix computes them from the token.${turned}`;
}

/** What the mask does. @param {Arithmetic} arithmetic @param {string} token */
export function maskText({ causal, hidden, steps }, token) {
  if (!causal) return `Mask: none, “${token}” sees all ${steps} tokens.`;
  if (!hidden) return `Mask: this layer is causal, and “${token}” is the last token, so it sees all ${steps}.`;
  return `Mask: this layer is causal, so the ${hidden} token${hidden === 1 ? "" : "s"} after “${token}” get the score −∞.`;
}

/** How scores become weights. @param {Arithmetic} arithmetic */
export function softmaxText({ highest, total }) {
  return `Softmax: e to the power of (score − ${factor(highest)}, the highest), divided by the sum of all of these, ${number(total)}.`;
}

/** The weighted sum written out with the largest weights. @param {Arithmetic} arithmetic @param {(step: number) => string} name */
export function sumText({ listed }, name) {
  const largest = [...listed].sort((a, b) => b.weight - a.weight).filter(({ seen }) => seen).slice(0, 3);
  const terms = largest.map(({ token, weight }) => `${number(weight)} · v(${name(token)})`);
  return `sum = ${terms.join(" + ")}${listed.length > largest.length ? " + …" : ""}`;
}
