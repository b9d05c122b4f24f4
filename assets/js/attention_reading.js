/**
 * What attention maps say, in numbers and words. Pure.
 *
 * @typedef {import("./attention_protocol.js").Layer} Layer
 * @typedef {import("./attention_protocol.js").Maps} Maps
 * @typedef {import("./attention_session.js").Selection} Selection
 */

import { ONE, ROLLOUT } from "./attention_protocol.js";
import { percent } from "./numbers.js";

const NAMED = 3;
/** Shares below this are not worth naming. */
const SMALL = 0.01;

/** The shares of a step's attention, one for each step it attends to. @param {Maps} maps @param {number} head @param {number} query */
export function sharesOf({ steps, heads }, head, query) {
  return Float32Array.from(heads[head].subarray(query * steps, (query + 1) * steps), (weight) => weight / ONE);
}

/** The mean share that each step gets from all steps. @param {Maps} maps @param {number} head */
export function meanShares({ steps, heads }, head) {
  const mean = new Float32Array(steps);
  heads[head].forEach((weight, index) => (mean[index % steps] += weight / ONE / steps));
  return mean;
}

/** The largest shares with their steps, the largest first. @param {ArrayLike<number>} shares @param {number} [count] */
export function largest(shares, count = NAMED) {
  return Array.from(shares, (share, step) => ({ share, step })).sort((a, b) => b.share - a.share).slice(0, count);
}

/**
 * What is pointed at, in a sentence.
 *
 * @param {Maps} maps @param {number} head @param {{query: number|null, key: number|null}} cell
 * @param {(step: number) => string} name  of a step
 * @param {boolean} causal
 */
export function sentence(maps, head, { query, key }, name, causal) {
  const quoted = (step) => `“${name(step)}”`;
  if (query === null) return "Point at a token, or move with the arrow keys, to see what it attends to.";
  if (key !== null && causal && key > query) return `${quoted(query)} cannot see ${quoted(key)}, which comes later.`;
  const shares = sharesOf(maps, head, query);
  if (key !== null) return `${quoted(query)} attends to ${quoted(key)}: ${percent(shares[key])}`;
  const named = largest(shares).filter(({ share }, rank) => rank === 0 || share >= SMALL);
  return `${quoted(query)} attends to ${named.map(({ step, share }) => `${quoted(step)} ${percent(share)}`).join(", ")}`;
}

/**
 * The numbers of the steps that are pointed at, in words; "" if they have none.
 *
 * @param {{query: number|null, key: number|null}} cell
 * @param {(step: number) => string} name  of a step
 * @param {(step: number) => string} value
 */
export function valuesOf({ query, key }, name, value) {
  const steps = [...new Set([query, key])].filter((step) => step !== null && value(step));
  return steps.map((step) => `Step ${name(step)}: ${value(step)}.`).join(" ");
}

/**
 * The selection as far as these layers have it: the same layer and head if they are there, otherwise the first ones; no token that is not.
 *
 * @param {Selection} selection @param {Layer[]} layers @param {boolean} hasRollout @returns {Selection}
 */
export function fitting({ layer, head, token }, layers, hasRollout) {
  const found = layers.find(({ path }) => path === layer) ?? layers[0];
  const rolled = layer === ROLLOUT && hasRollout;
  return {
    layer: rolled ? ROLLOUT : found.path,
    head: rolled ? 0 : Math.min(head, found.heads - 1),
    token: token !== null && token < (rolled ? layers[0] : found).steps ? token : null,
  };
}

/**
 * The maps that can be chosen, in order: every head of every layer, then the rollout.
 *
 * @param {Layer[]} layers @param {boolean} hasRollout @returns {{layer: string, head: number, title: string}[]}
 */
export function choices(layers, hasRollout) {
  const heads = layers.flatMap(({ path, title, heads: count }) =>
    Array.from({ length: count }, (_, head) => ({ layer: path, head, title: `${title}, head ${head + 1}` })));
  return hasRollout ? [...heads, { layer: ROLLOUT, head: 0, title: "All layers: rollout" }] : heads;
}

/**
 * The choice that a key moves to: left and right to the next head, up and down to the same head of another layer.
 *
 * @param {{layer: string, head: number}[]} offered @param {number} at @param {string} key @returns {number|null} null if the key has no meaning
 */
export function moved(offered, at, key) {
  const last = offered.length - 1;
  const side = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: last }[key];
  if (side !== undefined) return Math.min(last, Math.max(0, side));
  if (key !== "ArrowUp" && key !== "ArrowDown") return null;
  const layers = [...new Set(offered.map(({ layer }) => layer))];
  const { layer, head } = offered[at];
  const next = layers[layers.indexOf(layer) + (key === "ArrowUp" ? -1 : 1)];
  if (next === undefined) return at;
  const row = offered.filter((each) => each.layer === next);
  return offered.indexOf(row[Math.min(head, row.length - 1)]);
}

/** The cell that a key moves to, at first the first one; null if the key has no meaning. Escape points at nothing.
 *
 * @param {{query: number|null, key: number|null}} cell @param {string} key @param {number} steps */
export function cellAfter({ query, key }, pressed, steps) {
  if (pressed === "Escape") return { query: null, key: null };
  const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[pressed];
  if (!move) return null;
  if (query === null) return { query: 0, key: null };
  const held = (value) => Math.min(steps - 1, Math.max(0, value));
  return { query: held(query + move[0]), key: move[1] === 0 ? key : held((key ?? -1) + move[1]) };
}
