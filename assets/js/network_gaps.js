/**
 * Where a layer that is dragged would go: the gap that a pointer means, its place once the layer was taken out, and how fast the page follows.
 * Pure; lengths in CSS pixels, from one corner for all.
 */

import { splitPath } from "./network_paths.js";

/** @typedef {{place: string, middle: number, left: number, right: number, node?: HTMLElement}} Gap  before the layer of its place
 *  @typedef {{left: number, top: number, right: number, bottom: number, gaps: Gap[]}} Chain  a chain of layers with the room it takes */

const REACH = 80; // so far beside the network is still meant

/**
 * The gap that a point means: in the innermost chain around it the nearest one.
 *
 * @param {Chain[]} chains  the network first, what is in a block after what is around the block
 * @param {number} x @param {number} y
 * @returns {Gap|null} null far from the network
 */
export function gapAt(chains, x, y) {
  const within = (/** @type {Chain} */ chain, reach = 0) =>
    x >= chain.left - reach && x <= chain.right + reach && y >= chain.top - reach && y <= chain.bottom + reach;
  const [network, ...inner] = chains;
  const meant = inner.findLast((chain) => within(chain)) ?? (network && within(network, REACH) ? network : null);
  const far = (/** @type {Gap} */ gap) => Math.abs(gap.middle - y);
  return meant?.gaps.reduce((best, gap) => (best && far(best) <= far(gap) ? best : gap), /** @type {Gap|null} */ (null)) ?? null;
}

/**
 * Where a gap is in the network that layers were taken out of.
 *
 * @param {string} gap @param {string} place  of the first of them @param {number} count
 * @returns {string|null} null for a gap inside one of them, in which it cannot go
 */
export function afterTaking(gap, place, count) {
  const { chain, index } = splitPath(place);
  const [, number, rest] = gap.startsWith(`${chain}[`) ? (/^\[(\d+)\](.*)$/.exec(gap.slice(chain.length)) ?? []) : [];
  if (number === undefined) return gap;
  const at = Number(number);
  if (rest && at >= index && at < index + count) return null;
  return `${chain}[${at >= index + count ? at - count : Math.min(at, index)}]${rest}`;
}

/** How fast the page scrolls, in px/s, while a pointer is near an edge of what is seen of it: faster the nearer. @param {number} y
 *  @param {number} top @param {number} bottom @param {number} [margin] @param {number} [fastest] */
export function scrollSpeed(y, top, bottom, margin = 96, fastest = 900) {
  const edge = Math.min(margin, (bottom - top) / 4);
  const near = (/** @type {number} */ distance) => Math.min(1, Math.max(0, 1 - distance / edge));
  return fastest * (near(bottom - y) - near(y - top));
}
