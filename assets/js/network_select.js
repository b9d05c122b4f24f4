/** Which layers are selected: one, or several in a row of the same chain. Pure. */

import { layersAt, splitPath } from "./network_paths.js";

/** @typedef {{place: string, count: number}} Group  layers in a row, from a place on */

/** From a place to another of the same chain, or of the chain that is around both. @param {string} from @param {string} to @returns {Group} */
export function span(from, to) {
  const [one, other] = [from.split("."), to.split(".")];
  let depth = 0;
  while (depth < Math.min(one.length, other.length) - 1 && one[depth] === other[depth]) depth += 1;
  const outer = (/** @type {string[]} */ parts) => splitPath(parts.slice(0, depth + 1).join("."));
  const [a, b] = [outer(one), outer(other)];
  if (a.chain !== b.chain) return span(one.slice(0, depth).join("."), other.slice(0, depth).join(".")); // two branches of a block: the block itself
  const first = Math.min(a.index, b.index);
  return { place: `${a.chain}[${first}]`, count: Math.abs(a.index - b.index) + 1 };
}

/** One layer more or less at the end that moves; null where there is none. @param {any[]} network @param {string} head @param {number} by */
export function stepped(network, head, by) {
  const { chain, index } = splitPath(head);
  const next = `${chain}[${index + by}]`;
  return index + by >= 0 && layersAt(network, next).length ? next : null;
}

/** Whether a layer is among those of a group. @param {Group} group @param {string} place */
export function holds(group, place) {
  const [first, at] = [splitPath(group.place), splitPath(place)];
  return first.chain === at.chain && at.index >= first.index && at.index < first.index + group.count;
}

/** All of a group that are there. @param {any[]} network @param {Group} group */
export const layersIn = (network, { place, count }) => layersAt(network, place, count);

/** What an edit leaves selected: the group where it went, or nothing. @param {Group} group @param {any} operation @returns {Group|null} */
export function kept(group, { op, place, to, count = 1 }) {
  if (op === "set" && holds(group, place)) return group;
  return op === "move" && place === group.place && count === group.count ? { place: to, count } : null;
}
