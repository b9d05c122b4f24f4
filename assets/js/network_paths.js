/**
 * Paths of layers, such as "network[2]" and, inside blocks, "network[2].layers[0]" and "network[3].branch[1][0]": the layer at a path, the
 * network after an edit, and where a layer can be moved. Pure; the same terms as in playground/paths.py.
 */

/** @typedef {import("./network_model.js").Layer} Layer */

/** The chain that a layer is in, and its index there. @param {string} path */
export function splitPath(path) {
  const at = path.lastIndexOf("[");
  return { chain: path.slice(0, at), index: Number(path.slice(at + 1, -1)) };
}

/** The block that a chain is in, and the chain's name there; null for the network itself. @param {string} chain */
export function ownerOf(chain) {
  const at = chain.lastIndexOf(".");
  return at < 0 ? null : { block: chain.slice(0, at), name: chain.slice(at + 1) };
}

/** The layer number shown to people, counting from 1: "network[2].layers[0]" → "3.1". @param {string} path */
export const numbered = (path) => [...path.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index) + 1).join(".");

/** @param {Layer[]} network @param {string} chain @returns {Layer[]|null} */
export function layersOf(network, chain) {
  const owner = ownerOf(chain);
  if (!owner) return chain === "network" ? network : null;
  return chainsOf(layerAt(network, owner.block)).find((each) => each.name === owner.name)?.layers ?? null;
}

/** @param {Layer[]} network @param {string} path @returns {Layer|null} */
export function layerAt(network, path) {
  const { chain, index } = splitPath(path);
  return layersOf(network, chain)?.[index] ?? null;
}

/** The chains inside a layer; none unless it is a block. @param {Layer|null} layer */
export const chainsOf = (layer) => layer?.chains ?? [];

/** Parameters of a block outside its layers: those of the projection in its shortcut. 0 if unknown. @param {Layer} layer */
export function shortcutParameters(layer) {
  const inside = chainsOf(layer).flatMap((chain) => chain.layers);
  if (!layer.row || inside.some((inner) => !inner.row)) return 0;
  return inside.reduce((rest, inner) => rest - inner.row.parameters, layer.row.parameters);
}

/** The tensor before the layer at a path; null if unknown. @param {Layer[]} network @param {import("./network_model.js").Tensor} input @param {string} path */
export function tensorBefore(network, input, path) {
  const { chain, index } = splitPath(path);
  if (index > 0) return layersOf(network, chain)?.[index - 1]?.row?.tensor_out ?? null;
  const owner = ownerOf(chain);
  return owner ? tensorBefore(network, input, owner.block) : input;
}

/**
 * Where a layer can be moved by one step: up and down in its chain, right into a block or the next branch, left out of it again. Each is its
 * new path in the network without it, null if there is none.
 *
 * @param {Layer[]} network @param {string} path @param {number} [count]  number of layers to move, starting at the path
 */
export function moves(network, path, count = 1) {
  const { chain, index } = splitPath(path);
  const layers = layersOf(network, chain) ?? [];
  const at = (/** @type {number} */ other) => `${chain}[${other}]`;
  return {
    up: index > 0 ? at(index - 1) : null,
    down: index < layers.length - count ? at(index + 1) : null,
    right: layers.slice(index, index + count).some((layer) => layer.kind === "output") ? null : rightOf(network, chain, index, count),
    left: leftOf(network, chain, index),
  };
}

function rightOf(network, chain, index, count) {
  const layers = layersOf(network, chain) ?? [];
  const [first] = chainsOf(layers[index + count]);
  if (first) return `${chain}[${index}].${first.name}[0]`;
  const branch = besides(network, chain, 1);
  if (branch) return `${branch.path}[${Math.min(index, branch.layers.length)}]`;
  const last = chainsOf(layers[index - 1]).at(-1);
  return last ? `${chain}[${index - 1}].${last.name}[${last.layers.length}]` : null;
}

/** Out of the block: before it for the first layer, otherwise after it. */
function leftOf(network, chain, index) {
  const owner = ownerOf(chain);
  if (!owner) return null;
  const branch = besides(network, chain, -1);
  if (branch) return `${branch.path}[${Math.min(index, branch.layers.length)}]`;
  const outer = splitPath(owner.block);
  return `${outer.chain}[${outer.index + (index === 0 ? 0 : 1)}]`;
}

/** The chain `by` branches further in the same block. */
function besides(network, chain, by) {
  const owner = ownerOf(chain);
  if (!owner) return null;
  const chains = chainsOf(layerAt(network, owner.block));
  const branch = chains[chains.findIndex((chain) => chain.name === owner.name) + by];
  return branch ? { path: `${owner.block}.${branch.name}`, layers: branch.layers } : null;
}

/**
 * The network after an edit that Python has not confirmed yet, so that the next edit applies to the network that the user sees. Edits whose
 * result is not known here (a new layer's settings, a fix, undo) change nothing until the response.
 *
 * @param {Layer[]} network
 * @param {{op: string, path?: string, to?: string, field?: string, value?: unknown, count?: number}} operation
 * @param {import("./network_model.js").Variant[]} [catalog]  for the settings of a new block
 * @returns {Layer[]}
 */
export function expected(network, { op, path, to, field, value, count = 1 }, catalog = []) {
  if (path === undefined || op === "fix") return network;
  if (op === "remove_branch") return withoutBranch(network, path);
  const selected = layersAt(network, path, count);
  const [layer] = selected;
  if (!layer) return network;
  if (op === "remove") return spliced(network, path, count);
  if (op === "duplicate") return spliced(network, path, count, ...selected, ...selected);
  if (op === "set") return spliced(network, path, 1, { ...layer, values: { ...layer.values, [field]: value } });
  if (op === "add_branch") {
    const chains = [...chainsOf(layer), { name: `branch[${chainsOf(layer).length}]`, layers: [] }];
    return spliced(network, path, 1, { ...layer, chains });
  }
  if (op === "wrap_residual") return spliced(network, path, count, block("residual", [{ name: "layers", layers: selected }], catalog));
  if (op === "wrap_parallel") {
    return spliced(network, path, count, block("parallel", [{ name: "branch[0]", layers: selected }, { name: "branch[1]", layers: [] }], catalog));
  }
  if (op === "unwrap" && chainsOf(layer).length) return spliced(network, path, 1, ...chainsOf(layer).flatMap((each) => each.layers));
  if (op === "move") {
    const without = spliced(network, path, count);
    const { chain, index } = splitPath(to);
    const target = layersOf(without, chain);
    return target && index <= target.length ? spliced(without, to, 0, ...selected) : network;
  }
  return network;
}

/** `count` layers, starting at a path; none if there are fewer. @param {Layer[]} network @param {string} path @param {number} [count] @returns {Layer[]} */
export function layersAt(network, path, count = 1) {
  const { chain, index } = splitPath(path);
  const layers = layersOf(network, chain)?.slice(index, index + count) ?? [];
  return layers.length === count ? layers : [];
}

/** A new block with these chains, not traced yet. @returns {Layer} */
function block(kind, chains, catalog) {
  const fields = catalog.find((variant) => variant.kind === kind)?.fields ?? [];
  return { kind, values: Object.fromEntries(fields.map((field) => [field.name, field.default])), chains, row: null, problems: [] };
}

function withoutBranch(network, path) {
  const owner = ownerOf(path);
  const block = owner && layerAt(network, owner.block);
  const kept = chainsOf(block).filter((each) => each.name !== owner.name);
  if (kept.length === chainsOf(block).length) return network;
  const chains = kept.map((each, index) => ({ ...each, name: `branch[${index}]` }));
  return spliced(network, owner.block, 1, { ...block, chains });
}

/** The network with `count` layers, starting at the path, replaced by `items`. */
function spliced(network, path, count, ...items) {
  const { chain, index } = splitPath(path);
  const layers = layersOf(network, chain) ?? [];
  const changed = [...layers.slice(0, index), ...items, ...layers.slice(index + count)];
  const owner = ownerOf(chain);
  if (!owner) return changed;
  const block = layerAt(network, owner.block);
  const chains = chainsOf(block).map((each) => (each.name === owner.name ? { ...each, layers: changed } : each));
  return spliced(network, owner.block, 1, { ...block, chains });
}
