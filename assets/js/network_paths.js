/**
 * Places of layers, as in "network[2]" and, inside blocks, "network[2].layers[0]" and "network[3].branch[1][0]": what stands there, what an
 * edit makes of it, and where a layer can go from there. Pure; the same words as in playground/paths.py.
 */

/** @typedef {import("./network_model.js").Layer} Layer */

/** The chain in which a place is, and the number in it. @param {string} place */
export function splitPath(place) {
  const at = place.lastIndexOf("[");
  return { chain: place.slice(0, at), index: Number(place.slice(at + 1, -1)) };
}

/** The block that a chain is in, and the chain's name there; null for the network itself. @param {string} chain */
export function ownerOf(chain) {
  const at = chain.lastIndexOf(".");
  return at < 0 ? null : { block: chain.slice(0, at), name: chain.slice(at + 1) };
}

/** For people, who count from 1: "network[2].layers[0]" → "3.1". @param {string} place */
export const numbered = (place) => [...place.matchAll(/\[(\d+)\]/g)].map(([, index]) => Number(index) + 1).join(".");

/** @param {Layer[]} network @param {string} chain @returns {Layer[]|null} */
export function layersOf(network, chain) {
  const owner = ownerOf(chain);
  if (!owner) return chain === "network" ? network : null;
  return chainsOf(layerAt(network, owner.block)).find((each) => each.name === owner.name)?.layers ?? null;
}

/** @param {Layer[]} network @param {string} place @returns {Layer|null} */
export function layerAt(network, place) {
  const { chain, index } = splitPath(place);
  return layersOf(network, chain)?.[index] ?? null;
}

/** The chains inside a layer; none for one that is no block. @param {Layer|null} layer */
export const chainsOf = (layer) => layer?.chains ?? [];

/** Parameters of a block that are in none of its layers: of the projection that fits its input to what they give. 0 where that is not known.
 *  @param {Layer} layer */
export function wayRound(layer) {
  const inside = chainsOf(layer).flatMap((chain) => chain.layers);
  if (!layer.row || inside.some((each) => !each.row)) return 0;
  return inside.reduce((left, each) => left - each.row.parameters, layer.row.parameters);
}

/** The shape that comes to a place; null where it is not known. @param {Layer[]} network @param {number[]} input @param {string} place */
export function shapeBefore(network, input, place) {
  const { chain, index } = splitPath(place);
  if (index > 0) return layersOf(network, chain)?.[index - 1]?.row?.shape_out ?? null;
  const owner = ownerOf(chain);
  return owner ? shapeBefore(network, input, owner.block) : input;
}

/**
 * Where a layer can go by one step: up and down in its chain, right into a block or the next branch, left out of it again. Each is its place
 * in the network that it was taken out of, null where there is none.
 *
 * @param {Layer[]} network @param {string} place @param {number} [count]  of layers that go together, from the place on
 */
export function moves(network, place, count = 1) {
  const { chain, index } = splitPath(place);
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
  if (branch) return `${branch.place}[${Math.min(index, branch.layers.length)}]`;
  const last = chainsOf(layers[index - 1]).at(-1);
  return last ? `${chain}[${index - 1}].${last.name}[${last.layers.length}]` : null;
}

/** Out of the block, before it for the first layer, else after it. */
function leftOf(network, chain, index) {
  const owner = ownerOf(chain);
  if (!owner) return null;
  const branch = besides(network, chain, -1);
  if (branch) return `${branch.place}[${Math.min(index, branch.layers.length)}]`;
  const outer = splitPath(owner.block);
  return `${outer.chain}[${outer.index + (index === 0 ? 0 : 1)}]`;
}

/** The chain so many branches further in the same block. */
function besides(network, chain, by) {
  const owner = ownerOf(chain);
  if (!owner) return null;
  const chains = chainsOf(layerAt(network, owner.block));
  const found = chains[chains.findIndex((each) => each.name === owner.name) + by];
  return found ? { place: `${owner.block}.${found.name}`, layers: found.layers } : null;
}

/**
 * The network after an edit that Python has not answered yet, so that the next edit meets the network that the user sees. What cannot be
 * known here (a new layer's settings, a remedy, undo) changes nothing until the answer.
 *
 * @param {Layer[]} network
 * @param {{op: string, place?: string, to?: string, field?: string, value?: unknown, count?: number}} operation
 * @param {import("./network_model.js").Variant[]} [catalog]  for the settings of a new block
 * @returns {Layer[]}
 */
export function expected(network, { op, place, to, field, value, count = 1 }, catalog = []) {
  if (place === undefined) return network;
  if (op === "remove_branch") return withoutBranch(network, place);
  const taken = layersAt(network, place, count);
  const [layer] = taken;
  if (!layer) return network;
  if (op === "remove") return spliced(network, place, count);
  if (op === "duplicate") return spliced(network, place, count, ...taken, ...taken);
  if (op === "set") return spliced(network, place, 1, { ...layer, values: { ...layer.values, [field]: value } });
  if (op === "add_branch") {
    const chains = [...chainsOf(layer), { name: `branch[${chainsOf(layer).length}]`, layers: [] }];
    return spliced(network, place, 1, { ...layer, chains });
  }
  if (op === "wrap_residual") return spliced(network, place, count, block("residual", [{ name: "layers", layers: taken }], catalog));
  if (op === "wrap_parallel") {
    return spliced(network, place, count, block("parallel", [{ name: "branch[0]", layers: taken }, { name: "branch[1]", layers: [] }], catalog));
  }
  if (op === "unwrap" && chainsOf(layer).length) return spliced(network, place, 1, ...chainsOf(layer).flatMap((each) => each.layers));
  if (op === "move") {
    const left = spliced(network, place, count);
    const { chain, index } = splitPath(to);
    const among = layersOf(left, chain);
    return among && index <= among.length ? spliced(left, to, 0, ...taken) : network;
  }
  return network;
}

/** So many layers from a place on; none where there are fewer. @param {Layer[]} network @param {string} place @param {number} [count] @returns {Layer[]} */
export function layersAt(network, place, count = 1) {
  const { chain, index } = splitPath(place);
  const found = layersOf(network, chain)?.slice(index, index + count) ?? [];
  return found.length === count ? found : [];
}

/** A new block of these chains, of which nothing is known yet. @returns {Layer} */
function block(kind, chains, catalog) {
  const fields = catalog.find((variant) => variant.kind === kind)?.fields ?? [];
  return { kind, values: Object.fromEntries(fields.map((field) => [field.name, field.default])), chains, row: null, problems: [] };
}

function withoutBranch(network, place) {
  const owner = ownerOf(place);
  const block = owner && layerAt(network, owner.block);
  const kept = chainsOf(block).filter((each) => each.name !== owner.name);
  if (kept.length === chainsOf(block).length) return network;
  const chains = kept.map((each, index) => ({ ...each, name: `branch[${index}]` }));
  return spliced(network, owner.block, 1, { ...block, chains });
}

/** The network with `items` in the place of `count` layers from the place on. */
function spliced(network, place, count, ...items) {
  const { chain, index } = splitPath(place);
  const layers = layersOf(network, chain) ?? [];
  const changed = [...layers.slice(0, index), ...items, ...layers.slice(index + count)];
  const owner = ownerOf(chain);
  if (!owner) return changed;
  const block = layerAt(network, owner.block);
  const chains = chainsOf(block).map((each) => (each.name === owner.name ? { ...each, layers: changed } : each));
  return spliced(network, owner.block, 1, { ...block, chains });
}
