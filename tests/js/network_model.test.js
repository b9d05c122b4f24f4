import assert from "node:assert/strict";
import test from "node:test";

import { image, sequence, symbols, vector } from "./tensors.js";
import { addressWith, changed, grouped, matchLayers, readNumber, search, short, unfit } from "../../assets/js/network_model.js";

const layer = (kind, values = {}) => ({ kind, values });
const cards = (...layers) => layers.map((each, index) => ({ id: index + 1, layer: each }));
const A = layer("dense", { units: 256 });
const B = layer("relu");
const C = layer("dropout", { rate: 0.2 });
const D = layer("output");

test("a card follows its layer when it moves", () => {
  assert.deepEqual(matchLayers(cards(A, B, C, D), [A, C, B, D]), [1, 3, 2, 4]);
  assert.deepEqual(matchLayers(cards(A, B, C, D), [D, A, B, C]), [4, 1, 2, 3]);
});

test("an added layer gets a new card, a removed one loses its own", () => {
  assert.deepEqual(matchLayers(cards(A, B, D), [A, B, C, D]), [1, 2, null, 3]);
  assert.deepEqual(matchLayers(cards(A, B, C, D), [A, B, D]), [1, 2, 4]);
  assert.deepEqual(matchLayers([], [A]), [null]);
  assert.deepEqual(matchLayers(cards(A), []), []);
});

test("a layer whose setting changed keeps its card", () => {
  assert.deepEqual(matchLayers(cards(A, B, D), [layer("dense", { units: 64 }), B, D]), [1, 2, 3]);
});

test("a block keeps its card when a layer in it changes, and is told from another by what is in it", () => {
  const block = (...layers) => ({ kind: "residual", values: {}, chains: [{ name: "layers", layers }] });
  assert.deepEqual(matchLayers(cards(A, block(A), D), [A, block(A, B), D]), [1, 2, 3]);
  assert.deepEqual(matchLayers(cards(block(A), block(B), D), [block(B), block(A), D]), [2, 1, 3]);
});

test("two equal layers have two cards", () => {
  const found = matchLayers(cards(A, A, D), [A, A, A, D]);
  assert.equal(new Set(found.filter((id) => id !== null)).size, 3);
  assert.equal(found.length, 4);
});

const units = { name: "units", title: "Units", kind: "integer", minimum: 1, maximum: 4096, above: false, optional: false };
const rate = { ...units, name: "lr", title: "Rate", kind: "number", minimum: 0, maximum: 1, above: true };

test("numbers are read as people type them, within their range", () => {
  assert.deepEqual(readNumber(" 64 ", units), { value: 64 });
  assert.deepEqual(readNumber("0,5", rate), { value: 0.5 });
  assert.match(readNumber("0", units).error, /at least 1/);
  assert.match(readNumber("1e99", units).error, /at most 4,096/);
  assert.match(readNumber("1.5", units).error, /whole number/);
  assert.match(readNumber("0", rate).error, /more than 0/);
  for (const text of ["", "abc", "1e999", "NaN", "--3"]) assert.match(readNumber(text, units).error, /must be a number/);
});

const catalog = [
  { kind: "dense", title: "Dense", help: "Every input to every unit", keywords: "linear fully connected MLP", group: "Dense", stands_in_for: ["bilinear"], needs: [["features"]], takes_symbols: false, fields: [] },
  { kind: "conv2d", title: "Convolution 2D", help: "Slides filters", keywords: "CNN skip convnet", stands_in_for: ["depthwise separable convolution"], group: "Convolution", needs: [["channels", "height", "width"]], takes_symbols: false, fields: [] },
  { kind: "batch_norm", title: "Batch normalization", help: "Between dense layers", keywords: "BN", stands_in_for: ["instance normalization"], group: "Normalization", needs: [], takes_symbols: false, fields: [] },
];

const kinds = (variants) => variants.map((each) => each.kind);

test("a search finds by title before keywords before help, and needs every word", () => {
  assert.deepEqual(kinds(search(catalog, "dense").matches), ["dense", "batch_norm"]);
  assert.deepEqual(kinds(search(catalog, "CONV 2d").matches), ["conv2d"]);
  assert.deepEqual(kinds(search(catalog, "batch-norm").matches), ["batch_norm"]);
  assert.deepEqual(kinds(search(catalog, "fully connected").matches), ["dense"]);
  assert.deepEqual(kinds(search(catalog, "convnet").matches), ["conv2d"]);
  assert.equal(search(catalog, "").matches.length, 3);
  assert.ok(["dense", "CONV", "bn", "", "unit"].every((query) => search(catalog, query).nearest.length === 0));
});

test("for a layer that does not exist, a search finds the nearest one: as declared, or by its spelling", () => {
  assert.deepEqual(kinds(search(catalog, "depthwise conv").nearest), ["conv2d"]);
  assert.deepEqual(kinds(search(catalog, "instance norm").nearest), ["batch_norm"]);
  assert.deepEqual(kinds(search(catalog, "denze").nearest), ["dense"]);
  assert.deepEqual(kinds(search(catalog, "lineer").nearest), ["dense"]);
  assert.deepEqual(search(catalog, "zzz qqq"), { matches: [], nearest: [] });
});

test("settings that are not as usual are counted", () => {
  const rare = [{ ...units, name: "bias", default: true }, { ...units, name: "l2", default: 0 }];
  assert.equal(changed(rare, { bias: true, l2: 0, units: 7 }), 0);
  assert.equal(changed(rare, { bias: false, l2: 0.1 }), 2);
});

test("groups keep their order", () => {
  assert.deepEqual(grouped(catalog).map(([group]) => group), ["Dense", "Convolution", "Normalization"]);
});

test("what a layer needs is said where the shape does not fit", () => {
  assert.equal(unfit(catalog[0], image(1, 28, 28)), "needs a vector or a sequence");
  assert.equal(unfit(catalog[1], vector(10)), "needs an image");
  assert.equal(unfit(catalog[2], vector(10)), "");
  assert.equal(unfit(catalog[0], sequence(4, 10)), "");
  const either = { ...catalog[1], needs: [["length", "features"], ["channels", "height", "width"]] };
  assert.equal(unfit(either, vector(10)), "needs an image or a sequence");
  assert.equal(unfit(either, sequence(4, 10)), "");
  const embedding = { ...catalog[0], needs: [["length"]], takes_symbols: true };
  assert.equal(unfit(embedding, sequence(4, 10)), "needs symbols");
  assert.equal(unfit(embedding, symbols(4, 10)), "");
  assert.equal(unfit(catalog[2], symbols(4, 10)), "needs numbers");
  assert.equal(unfit(catalog[0], null), "");
  const output = { ...catalog[0], kind: "output" };
  assert.equal(unfit(output, vector(10), true), "only at the end of the network");
  assert.equal(unfit(output, vector(10), false), "");
});

test("counts are short", () => {
  assert.deepEqual([0, 999, 1000, 203530, 999_600, 20_100_000].map(short), ["0", "999", "1.00 k", "204 k", "1.00 M", "20.1 M"]);
});

test("the address carries the spec and keeps the rest", () => {
  assert.equal(addressWith("http://host/playground?run=c1", "tok-en"), "http://host/playground?run=c1&spec=tok-en");
  assert.equal(addressWith("http://host/playground?spec=old&run=c1", null), "http://host/playground?run=c1");
});
