/** What the network editor works out before it draws: which card is which after an edit, what a typed text means, what a search finds. Pure. */

/** @typedef {{name: string, title: string, hint: string, unit: string, kind: "integer"|"number"|"choice"|"switch", minimum: number|null,
 *   maximum: number|null, above: boolean, optional: boolean, options: unknown[], step: number}} Field
 *  @typedef {{kind: string, title: string, help: string, group: string, ranks: number[], fields: Field[]}} Variant
 *  @typedef {{kind: string, values: Record<string, unknown>}} Layer */

/** "1×28×28". @param {number[]} shape */
export const shapeText = (shape) => shape.join("×");

/** A count in three digits: 999, 1.02 k, 20.1 M. @param {number} value */
export function short(value) {
  const units = ["", " k", " M", " G", " T"];
  let unit = 0;
  let size = value;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return unit === 0 ? String(value) : `${size.toPrecision(3)}${units[unit]}`;
}

/** @param {number} count @param {string} thing */
export const plural = (count, thing) => `${count.toLocaleString("en")} ${thing}${count === 1 ? "" : "s"}`;

/**
 * Which of the cards on the screen shows which layer of the new network, so that a card that only moved is moved and keeps its focus.
 *
 * @param {{id: number, layer: Layer}[]} before  @param {Layer[]} after
 * @returns {(number|null)[]} for each new layer the id of its card, null where a new card is needed
 */
export function matchLayers(before, after) {
  const same = (/** @type {Layer} */ a, /** @type {Layer} */ b) => a.kind === b.kind && JSON.stringify(a.values) === JSON.stringify(b.values);
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && same(before[head].layer, after[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && same(before[before.length - 1 - tail].layer, after[after.length - 1 - tail])) tail += 1;
  const free = before.slice(head, before.length - tail);
  const middle = after.slice(head, after.length - tail);
  /** @type {(number|null)[]} */
  const found = middle.map(() => null);
  const take = (/** @type {(a: Layer, b: Layer, place: number, index: number) => boolean} */ fits) => {
    for (const [index, layer] of middle.entries()) {
      if (found[index] !== null) continue;
      const place = free.findIndex((card, at) => card && fits(card.layer, layer, at, index));
      if (place >= 0) {
        found[index] = free[place].id;
        free[place] = undefined;
      }
    }
  };
  take(same);
  if (free.length === middle.length) take((a, b, place, index) => a.kind === b.kind && place === index);
  take((a, b) => a.kind === b.kind);
  return [...before.slice(0, head).map((card) => card.id), ...found, ...before.slice(before.length - tail).map((card) => card.id)];
}

/**
 * The layers after an edit that Python has not answered yet, so that the next edit meets the network that the user sees. What cannot be
 * known here (a new layer's settings, a remedy, undo) changes nothing until the answer.
 *
 * @template {Layer} T @param {T[]} layers @param {{op: string, index?: number, to?: number, field?: string, value?: unknown}} operation @returns {T[]}
 */
export function expected(layers, { op, index, to, field, value }) {
  if (index === undefined || !layers[index]) return layers;
  const rest = layers.filter((_, place) => place !== index);
  if (op === "remove") return rest;
  if (op === "move") return [...rest.slice(0, to), layers[index], ...rest.slice(to)];
  if (op === "duplicate") return [...layers.slice(0, index + 1), ...layers.slice(index)];
  if (op === "set") return layers.map((layer, place) => (place === index ? { ...layer, values: { ...layer.values, [field]: value } } : layer));
  return layers;
}

/**
 * What a typed text means for a field.
 *
 * @param {string} text  @param {Field} field
 * @returns {{value: number}|{error: string}}
 */
export function readNumber(text, field) {
  const plain = text.trim().replace(",", ".");
  const value = Number(plain);
  if (plain === "" || !Number.isFinite(value)) return { error: `${field.title} must be a number` };
  if (field.kind === "integer" && !Number.isInteger(value)) return { error: `${field.title} must be a whole number` };
  if (field.minimum !== null && (field.above ? value <= field.minimum : value < field.minimum)) {
    return { error: `${field.title} must be ${field.above ? "more than" : "at least"} ${field.minimum}` };
  }
  if (field.maximum !== null && value > field.maximum) return { error: `${field.title} must be at most ${field.maximum.toLocaleString("en")}` };
  return { value };
}

/** The variants that have every word of a search in title, kind, group or help; those with it in the title come first.
 *  @param {Variant[]} catalog @param {string} query */
export function search(catalog, query) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const has = (/** @type {string} */ text) => words.every((word) => text.toLowerCase().includes(word));
  const named = catalog.filter((each) => has(`${each.title} ${each.kind}`));
  const told = catalog.filter((each) => !named.includes(each) && has(`${each.title} ${each.kind} ${each.group} ${each.help}`));
  return [...named, ...told];
}

/** By group, in the order in which the groups appear. @param {Variant[]} catalog @returns {[string, Variant[]][]} */
export function grouped(catalog) {
  /** @type {Map<string, Variant[]>} */
  const groups = new Map();
  for (const each of catalog) groups.set(each.group, [...(groups.get(each.group) ?? []), each]);
  return [...groups];
}

/** Why a layer would not work on examples of this shape, in two or three words; "" where it would, or where nothing is known.
 *  @param {Variant} variant @param {number[]|null} shape */
export function unfit(variant, shape) {
  if (!shape || variant.ranks.length === 0 || variant.ranks.includes(shape.length)) return "";
  return variant.ranks.includes(3) ? "needs an image" : "needs a vector";
}

/** The address with the spec's token in it, or without one. @param {string} href @param {string|null} token */
export function addressWith(href, token) {
  const url = new URL(href);
  if (token === null) url.searchParams.delete("spec");
  else url.searchParams.set("spec", token);
  return url.href;
}
