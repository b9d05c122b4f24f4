/** Announcements of edits for screen readers. Pure. */

import { layersAt, numbered } from "./network_paths.js";

/**
 * @param {any} operation @param {any[]} network  before the edit @param {(layer: any) => string} titleOf
 * @returns {string} "" if the page announces it anyway
 */
export function announcement({ op, path, to, count = 1, kind }, network, titleOf) {
  const layers = path === undefined ? [] : layersAt(network, path, count);
  const what = count > 1 ? `${count} layers` : layers.length ? titleOf(layers[0]) : "";
  if (op === "move") return `${what} moved to position ${numbered(to)}`;
  if (op === "remove") return `${what} removed`;
  if (op === "duplicate") return `${what} duplicated`;
  if (op === "add") return `${titleOf({ kind })} added at position ${numbered(path)}`;
  if (op === "paste") return `Pasted at position ${numbered(path)}`;
  if (op === "wrap_residual") return `${what} wrapped in a residual block`;
  if (op === "wrap_parallel") return `${what} wrapped in parallel branches`;
  if (op === "unwrap") return `${what} unwrapped`;
  if (op === "undo") return "Undone";
  return op === "redo" ? "Redone" : "";
}
