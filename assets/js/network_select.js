/** Which layers are selected: one, or several consecutive ones of a chain. Pure. */

import { layersAt, splitPath } from "./network_paths.js";

/** @typedef {{path: string, count: number}} Group  consecutive layers, starting at a path */

/** From one path to another in the same chain, or in the innermost chain around both. @param {string} from @param {string} to @returns {Group} */
export function span(from, to) {
  const [one, other] = [from.split("."), to.split(".")];
  let depth = 0;
  while (depth < Math.min(one.length, other.length) - 1 && one[depth] === other[depth]) depth += 1;
  const outer = (/** @type {string[]} */ parts) => splitPath(parts.slice(0, depth + 1).join("."));
  const [a, b] = [outer(one), outer(other)];
  if (a.chain !== b.chain) return span(one.slice(0, depth).join("."), other.slice(0, depth).join(".")); // two branches of a block: the block itself
  const first = Math.min(a.index, b.index);
  return { path: `${a.chain}[${first}]`, count: Math.abs(a.index - b.index) + 1 };
}

/** The head of the selection moved by one layer; null if there is none. @param {any[]} network @param {string} head @param {number} by */
export function stepped(network, head, by) {
  const { chain, index } = splitPath(head);
  const next = `${chain}[${index + by}]`;
  return index + by >= 0 && layersAt(network, next).length ? next : null;
}

/** Whether a layer is in a group. @param {Group} group @param {string} path */
export function holds(group, path) {
  const [first, at] = [splitPath(group.path), splitPath(path)];
  return first.chain === at.chain && at.index >= first.index && at.index < first.index + group.count;
}

/** The layers of a group; none if they no longer exist. @param {any[]} network @param {Group} group */
export const layersIn = (network, { path, count }) => layersAt(network, path, count);

/** The selection after an edit: the group at its new path, or none. @param {Group} group @param {any} operation @returns {Group|null} */
export function kept(group, { op, path, to, count = 1 }) {
  if (op === "set" && holds(group, path)) return group;
  return op === "move" && path === group.path && count === group.count ? { path: to, count } : null;
}
