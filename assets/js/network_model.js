/** Logic of the network editor without drawing: matching cards to layers after an edit, parsing input, searching the catalog. Pure. */

/** @typedef {{name: string, title: string, hint: string, unit: string, kind: "integer"|"number"|"choice"|"switch"|"texts", minimum: number|null,
 *   maximum: number|null, above: boolean, optional: boolean, advanced: boolean, finer: boolean, default: unknown, options: unknown[], step: number}} Field
 *  @typedef {{kind: string, title: string, help: string, beginners: string, keywords: string, stands_in_for: string[], group: string, needs: string[][], takes_symbols: boolean, fields: Field[], inside: string, branches: number}} Variant
 *  @typedef {{axes: [string, number][], vocabulary: number|null, varies: boolean}} Tensor  one example between two layers, as in playground/catalog/tensors.py
 *  @typedef {{kind: string, values: Record<string, unknown>, chains?: {name: string, layers: Layer[]}[], row?: any, problems?: any[]}} Layer */

/** "1×28×28". @param {Tensor} tensor */
export const sizesText = (tensor) => tensor.axes.map(([, size]) => size).join("×");

/** The size of an axis; undefined if there is none of that name. @param {Tensor} tensor @param {string} name @returns {number|undefined} */
export const sizeOf = (tensor, name) => tensor.axes.find(([axis]) => axis === name)?.[1];

/** A count with three significant digits: 999, 1.02 k, 20.1 M. @param {number} value */
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

/** The content of a layer as text, equal for equal layers. @param {Layer} layer @returns {string} */
const content = (layer) => JSON.stringify([layer.kind, layer.values, (layer.chains ?? []).map(({ name, layers }) => [name, layers.map(content)])]);

/**
 * Which existing card shows which layer of the new network, so that the card of a moved layer is moved and keeps the focus.
 *
 * @param {{id: number, layer: Layer}[]} before  @param {Layer[]} after
 * @returns {(number|null)[]} for each new layer the id of its card, null if a new card is needed
 */
export function matchLayers(before, after) {
  const same = (/** @type {Layer} */ a, /** @type {Layer} */ b) => a.kind === b.kind && content(a) === content(b);
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && same(before[head].layer, after[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && same(before[before.length - 1 - tail].layer, after[after.length - 1 - tail])) tail += 1;
  const free = before.slice(head, before.length - tail);
  const middle = after.slice(head, after.length - tail);
  /** @type {(number|null)[]} */
  const ids = middle.map(() => null);
  const take = (/** @type {(a: Layer, b: Layer, before: number, after: number) => boolean} */ fits) => {
    for (const [index, layer] of middle.entries()) {
      if (ids[index] !== null) continue;
      const match = free.findIndex((card, at) => card && fits(card.layer, layer, at, index));
      if (match >= 0) {
        ids[index] = free[match].id;
        free[match] = undefined;
      }
    }
  };
  take(same);
  if (free.length === middle.length) take((a, b, before, after) => a.kind === b.kind && before === after);
  take((a, b) => a.kind === b.kind);
  return [...before.slice(0, head).map((card) => card.id), ...ids, ...before.slice(before.length - tail).map((card) => card.id)];
}

/**
 * Parses the text typed into a field.
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

/** The words of a text: "Conv-2D" → "conv", "2d". @param {string} text */
const wordsOf = (text) => text.toLowerCase().split(/[\s_-]+/).filter(Boolean);

/** How many letters must be replaced, added or left out to make one word of the other. @param {string} one @param {string} other */
function distance(one, other) {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  [...one].forEach((letter, line) => {
    const next = [line + 1];
    [...other].forEach((another, index) => next.push(Math.min(next[index] + 1, row[index + 1] + 1, row[index] + Number(letter !== another))));
    row = next;
  });
  return row[other.length];
}

const MOST_NEAREST = 3;
/** Shorter words are too much like others. */
const SPELLED = 5;

/**
 * The variants that a search finds: those with every word of it in title or kind, then those with words that begin so among their keywords,
 * then those with every word in group or help. If neither name nor keywords match, `nearest` are those that stand in for a layer of that
 * name, or if nothing matches, those whose names are spelled most like it.
 *
 * @param {Variant[]} catalog @param {string} query
 * @returns {{matches: Variant[], nearest: Variant[]}}
 */
export function search(catalog, query) {
  const wanted = wordsOf(query);
  const contains = (/** @type {string} */ text) => wanted.every((word) => text.toLowerCase().includes(word));
  const begins = (/** @type {string} */ text) => wanted.every((word) => wordsOf(text).some((start) => start.startsWith(word)));
  const named = catalog.filter((variant) => contains(`${variant.title} ${variant.kind}`));
  const known = catalog.filter((variant) => !named.includes(variant) && begins(`${variant.title} ${variant.kind} ${variant.keywords}`));
  const nearest = named.length || known.length ? [] : catalog.filter((variant) => variant.stands_in_for.some(begins));
  const others = catalog.filter((variant) => ![...named, ...known, ...nearest].includes(variant));
  const described = others.filter((variant) => contains(`${variant.title} ${variant.kind} ${variant.keywords} ${variant.group} ${variant.help}`));
  const matches = [...named, ...known, ...described];
  return { matches, nearest: matches.length || nearest.length ? nearest : alike(catalog, wanted) };
}

/** The variants with a name, or next best a keyword, that differs from a word by a third of its letters at most; best first.
 *  @param {Variant[]} catalog @param {string[]} wanted */
function alike(catalog, wanted) {
  const spelled = wanted.filter((word) => word.length >= SPELLED);
  const least = (/** @type {string} */ word, /** @type {string} */ text) => Math.min(...wordsOf(text).map((name) => distance(word, name)));
  const off = (/** @type {Variant} */ { title, kind, keywords }) =>
    Math.min(...spelled.map((word) => Math.min(least(word, `${title} ${kind}`), least(word, keywords) + 0.5) / word.length));
  const near = catalog.map((variant) => ({ variant, off: off(variant) })).filter((each) => each.off <= 1 / 3);
  return near.sort((a, b) => a.off - b.off).slice(0, MOST_NEAREST).map((each) => each.variant);
}

/** Variants by group, in order of first appearance. @param {Variant[]} catalog @returns {[string, Variant[]][]} */
export function grouped(catalog) {
  /** @type {Map<string, Variant[]>} */
  const groups = new Map();
  for (const variant of catalog) groups.set(variant.group, [...(groups.get(variant.group) ?? []), variant]);
  return [...groups];
}

/** What has these axes, in words. @param {string[]} axes */
const having = (axes) => (axes.includes("height") ? "an image" : axes.includes("length") ? "a sequence" : "a vector or a sequence");

/** Why a layer would not work on such examples, or inside a block, in a few words; "" if it would, or if unknown.
 *  @param {Variant} variant @param {Tensor|null} tensor @param {boolean} [inside] */
export function unfit(variant, tensor, inside = false) {
  if (inside && variant.kind === "output") return "only at the end of the network";
  if (!tensor) return "";
  if (variant.takes_symbols !== (tensor.vocabulary !== null)) return `needs ${variant.takes_symbols ? "symbols" : "numbers"}`;
  const fits = variant.needs.length === 0 || variant.needs.some((axes) => axes.every((name) => sizeOf(tensor, name) !== undefined));
  return fits ? "" : `needs ${variant.needs.map(having).reverse().join(" or ")}`;
}

/** How many of these settings differ from their defaults. @param {Field[]} fields @param {Record<string, unknown>} values */
export const changed = (fields, values) => fields.filter((field) => values[field.name] !== field.default).length;

/** The address with the spec's token, or without one. @param {string} href @param {string|null} token */
export function addressWith(href, token) {
  const url = new URL(href);
  if (token === null) url.searchParams.delete("spec");
  else url.searchParams.set("spec", token);
  return url.href;
}
