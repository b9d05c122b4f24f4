/**
 * Where a dragged layer would be dropped: the gap nearest to the pointer, its path once the layer is removed, and the scroll speed.
 * Pure; lengths in CSS pixels, all from the same corner.
 */

import { splitPath } from "./network_paths.js";

/** @typedef {{path: string, middle: number, left: number, right: number, node?: HTMLElement}} Gap  before the layer at its path
 *  @typedef {{left: number, top: number, right: number, bottom: number, gaps: Gap[]}} Chain  a chain of layers and its bounds */

const REACH = 80; // a pointer this far beside the network still counts

/**
 * The gap for a point: the nearest one in the innermost chain around it.
 *
 * @param {Chain[]} chains  the network first, chains in a block after those around it
 * @param {number} x @param {number} y
 * @returns {Gap|null} null if far from the network
 */
export function gapAt(chains, x, y) {
  const within = (/** @type {Chain} */ chain, reach = 0) =>
    x >= chain.left - reach && x <= chain.right + reach && y >= chain.top - reach && y <= chain.bottom + reach;
  const [network, ...inner] = chains;
  const target = inner.findLast((chain) => within(chain)) ?? (network && within(network, REACH) ? network : null);
  const far = (/** @type {Gap} */ gap) => Math.abs(gap.middle - y);
  return target?.gaps.reduce((best, gap) => (best && far(best) <= far(gap) ? best : gap), /** @type {Gap|null} */ (null)) ?? null;
}

/**
 * The path of a gap in the network without the dragged layers.
 *
 * @param {string} gap @param {string} path  of the first dragged layer @param {number} count
 * @returns {string|null} null for a gap inside one of them
 */
export function afterTaking(gap, path, count) {
  const { chain, index } = splitPath(path);
  const [, number, rest] = gap.startsWith(`${chain}[`) ? (/^\[(\d+)\](.*)$/.exec(gap.slice(chain.length)) ?? []) : [];
  if (number === undefined) return gap;
  const at = Number(number);
  if (rest && at >= index && at < index + count) return null;
  return `${chain}[${at >= index + count ? at - count : Math.min(at, index)}]${rest}`;
}

/** Scroll speed in px/s while the pointer is near an edge of the visible area: the nearer, the faster. @param {number} y
 *  @param {number} top @param {number} bottom @param {number} [margin] @param {number} [fastest] */
export function scrollSpeed(y, top, bottom, margin = 96, fastest = 900) {
  const edge = Math.min(margin, (bottom - top) / 4);
  const near = (/** @type {number} */ distance) => Math.min(1, Math.max(0, 1 - distance / edge));
  return fastest * (near(bottom - y) - near(y - top));
}
