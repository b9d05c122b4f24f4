import assert from "node:assert/strict";
import { test } from "node:test";

import {
  alongLine, at, beside, columnsOf, countText, geometry, layerCount, lineOf, nameOf, outputsOf, pointedWords, silent, sizeOfAll, spread, strongest, summary,
  textOf, weightsOf,
} from "../../assets/js/network_picture_model.js";
import network from "../../assets/js/views/network.js";

const slice = (path, what, shape, more = {}) => ({ path, what, shape, whole: shape, titles: [], names: [], layers: 0, ...more });

/** 2 inputs, 3 units of tanh and an output over a plane of 2 × 2 points. */
const SLICES = [
  slice("input", "units", [2, 2, 2], { titles: ["Input"], names: ["x1", "x2"] }),
  slice("network[0]", "units", [3, 2, 2], { titles: ["Dense", "Tanh"], layers: 2, whole: [40, 2, 2] }),
  slice("network[0]", "weight", [3, 2]),
  slice("network[0]", "bias", [3]),
  slice("network[2]", "units", [1, 2, 2], { titles: ["Output"], layers: 1 }),
  slice("network[2]", "weight", [1, 3]),
];
/** Each number is its index. */
const VALUES = Float32Array.from({ length: sizeOfAll(SLICES) }, (_, index) => index);
const COLUMNS = columnsOf(SLICES);
const PLANE = { axes: ["x₁", "x₂"], bounds: [-6, 6, -3, 3] };

/** An image, a convolution whose maps are shown in part, and a dense layer on all of its numbers. */
const IMAGES = columnsOf([
  slice("input", "maps", [1, 8, 8], { titles: ["Input"] }),
  slice("network[0]", "maps", [16, 8, 8], { titles: ["Convolution 2D"], layers: 1, whole: [64, 8, 8] }),
  slice("network[0]", "kernel", [16, 1, 3, 3]),
  slice("network[0]", "bias", [16]),
  slice("network[180]", "units", [10, 1, 12], { titles: ["Output"], layers: 1 }),
]);

test("the declaration divides the numbers into columns, and leaves none", () => {
  assert.equal(VALUES.length, 8 + 12 + 6 + 3 + 4 + 3);
  assert.deepEqual(COLUMNS.map(({ path, at, units }) => [path, at, units]), [["input", 0, 2], ["network[0]", 8, 3], ["network[2]", 29, 1]]);
  assert.deepEqual([...outputsOf(COLUMNS[1], VALUES, 1)], [12, 13, 14, 15]);
  assert.deepEqual([...weightsOf(COLUMNS[1], VALUES, 2)], [24, 25]);
  assert.deepEqual([...weightsOf(COLUMNS[2], VALUES, 0)], [33, 34, 35]);
  assert.equal(COLUMNS[1].bias.at, 26);
  assert.equal(layerCount(COLUMNS), 3);
  assert.equal(layerCount(IMAGES), 181);
  assert.equal(layerCount([]), 0);
});

test("a picture that was made for other columns is not drawn", () => {
  assert.equal(network.fits({ values: VALUES, slices: SLICES }), true);
  assert.equal(network.fits({ values: VALUES, slices: SLICES.slice(1) }), false);
});

test("columns stand from left to right without touching, in the middle if there is room, and wider than the page if there is none", () => {
  for (const columns of [COLUMNS, IMAGES]) {
    for (const room of [320, 800]) {
      const { places, width, height } = geometry(columns, room);
      assert.ok(width >= room);
      places.forEach((place, index) => {
        if (index) assert.ok(place.x > places[index - 1].x + places[index - 1].width);
        for (const tile of place.tiles) assert.ok(tile.x >= 0 && tile.x + tile.width <= width && tile.y > 0 && tile.y + tile.height < height);
        assert.equal(place.tiles.length, columns[index].units);
      });
    }
  }
  const many = columnsOf(Array.from({ length: 24 }, (_, index) => slice(`network[${index}]`, "units", [1, 1, 12], { titles: ["Dense"], layers: 1 })));
  assert.ok(geometry(many, 320).width > 320);
});

test("layers that are not shown are counted", () => {
  assert.deepEqual(geometry(IMAGES, 400).places.map(({ hidden }) => hidden), [0, 0, 179]);
  assert.deepEqual(geometry(COLUMNS, 400).places.map(({ hidden }) => hidden), [0, 0, 0]);
});

test("what the pointer is on: a point of a unit's plane, a pixel of a map, a weight, nothing", () => {
  const area = geometry(COLUMNS, 600);
  const { x, y, width, height } = area.places[1].tiles[2];
  assert.deepEqual(at(COLUMNS, area, x + 1, y + 1), { column: 1, unit: 2, row: 1, cell: 0 }, "the second axis grows upward");
  assert.deepEqual(at(COLUMNS, area, x + width - 1, y + height - 1), { column: 1, unit: 2, row: 0, cell: 1 });
  const line = lineOf(area, 1, 0, 1);
  for (const share of [0.1, 0.3, 0.6, 0.9]) {
    const point = alongLine(line, share);
    assert.deepEqual(at(COLUMNS, area, point.x, point.y), { column: 1, unit: 0, from: 1 });
  }
  assert.deepEqual([alongLine(line, 0), alongLine(line, 1)], [{ x: line.x1, y: line.y1 }, { x: line.x2, y: line.y2 }]);
  assert.equal(at(COLUMNS, area, 1, 1), null);
  const images = geometry(IMAGES, 600);
  const tile = images.places[1].tiles[5];
  assert.deepEqual(at(IMAGES, images, tile.x + tile.width - 1, tile.y + 1), { column: 1, unit: 5, row: 0, cell: 7 });
  const between = images.places[1].x - 4;
  assert.equal(at(IMAGES, images, between, images.places[1].y + 10), null);
});

test("arrow keys move between units and stay in the network", () => {
  assert.deepEqual(beside(COLUMNS, null, [1, 0]), { column: 0, unit: 0 });
  assert.deepEqual(beside(COLUMNS, { column: 0, unit: 1 }, [1, 0]), { column: 1, unit: 1 });
  assert.deepEqual(beside(COLUMNS, { column: 1, unit: 2 }, [1, 0]), { column: 2, unit: 0 });
  assert.deepEqual(beside(COLUMNS, { column: 1, unit: 2 }, [0, 1]), { column: 1, unit: 2 });
  assert.deepEqual(beside(COLUMNS, { column: 0, unit: 0 }, [-1, -1]), { column: 0, unit: 0 });
});

test("units and weights in words", () => {
  assert.equal(nameOf(COLUMNS[0], 1), "x2");
  assert.equal(nameOf(COLUMNS[1], 1), "unit 2");
  assert.equal(countText(COLUMNS[1]), "3 of 40 units");
  assert.equal(countText(IMAGES[1]), "16 of 64 maps");
  assert.equal(countText(IMAGES[0]), "1 map");
  assert.equal(summary(COLUMNS), "Input (2 units), then Dense, Tanh (3 of 40 units), then Output (1 unit).");
  assert.equal(
    pointedWords(COLUMNS, VALUES, { column: 1, unit: 1, row: 1, cell: 0 }, PLANE),
    "Unit 2 of Dense, Tanh: 14.0 at x₁ −3.00, x₂ 1.50; from 12.0 to 15.0, mean 13.5; bias 27.0.",
  );
  assert.equal(pointedWords(COLUMNS, VALUES, { column: 1, unit: 2, from: 0 }, PLANE), "Weight from x1 to unit 3 of Dense, Tanh: 24.0.");
  assert.equal(pointedWords(COLUMNS, VALUES, { column: 2, unit: 0 }, PLANE), "Unit 1 of Output: from 29.0 to 32.0, mean 30.5.");
  const zeros = new Float32Array(VALUES.length);
  assert.equal(pointedWords(COLUMNS, zeros, { column: 2, unit: 0 }, PLANE), "Unit 1 of Output: always 0.");
});

test("the cells of units without a plane are named after the examples, those of a sequence after its steps", () => {
  const columns = columnsOf([slice("input", "units", [1, 1, 2], { titles: ["Input"] }), slice("network[0]", "steps", [1, 2, 3], { titles: ["LSTM"], layers: 1 })]);
  const values = Float32Array.from([1, 2, 10, 11, 12, 20, 21, 22]);
  assert.equal(columns[1].units, 2);
  assert.match(pointedWords(columns, values, { column: 0, unit: 0, row: 0, cell: 1 }, { axes: ["cat", "dog"], bounds: null }), /2\.00 for dog/);
  assert.match(pointedWords(columns, values, { column: 1, unit: 1, row: 1, cell: 2 }, { axes: [], bounds: null }), /^Feature 2 of LSTM: 22\.0 at step 3;/);
  assert.deepEqual([...outputsOf(columns[1], values, 1)], [20, 21, 22]);
  const area = geometry(columns, 400);
  const [tile] = area.places[1].tiles;
  assert.deepEqual(at(columns, area, tile.x + tile.width - 1, tile.y + tile.height - 1), { column: 1, unit: 1, row: 1, cell: 2 });
});

test("the text of an example is shown as text, without its padding", () => {
  const columns = columnsOf([slice("input", "symbols", [1, 1, 4], { titles: ["Input"] }), slice("network[0]", "units", [1, 1, 1], { titles: ["Output"], layers: 1 })]);
  const values = Float32Array.from([2, 1, 3, 0, 5]);
  assert.equal(textOf(columns[0], values, ["(padding)", "a", "b", "c"]), "bac");
  assert.equal(textOf(columns[0], values, ["(padding)", "the", "a", "cat"]), "a the cat");
  assert.equal(textOf(columns[0], values), "#2 #1 #3");
  const area = geometry(columns, 400);
  const [{ x, y }] = area.places[0].tiles;
  assert.deepEqual(at(columns, area, x + 5, y + 5), { column: 0, unit: 0 });
  assert.equal(pointedWords(columns, values, { column: 0, unit: 0 }, { axes: [], bounds: null, symbols: ["", "a", "b", "c"] }), "The test example that is shown: bac");
});

test("units that output 0 everywhere are counted", () => {
  const values = VALUES.slice();
  values.fill(0, 12, 16);
  assert.equal(silent(COLUMNS[1], values), 1);
  assert.equal(silent(COLUMNS[1], VALUES), 0);
});

test("heads are maps of steps that attend to steps, beside what comes of it", () => {
  const columns = columnsOf([
    slice("input", "steps", [1, 2, 4], { titles: ["Input"] }),
    slice("network[0]", "heads", [2, 4, 4], { titles: ["Attention", "attention"] }),
    slice("network[0]", "steps", [1, 2, 4], { titles: ["Attention"], layers: 1 }),
  ]);
  const values = Float32Array.from({ length: 48 }, (_, index) => index / 48);
  const area = geometry(columns, 500);
  const { x, y, width, height } = area.places[1].tiles[1];
  const pointed = at(columns, area, x + width - 1, y + height / 2 - 1);
  assert.deepEqual(pointed, { column: 1, unit: 1, row: 1, cell: 3 });
  assert.match(pointedWords(columns, values, pointed, { axes: [], bounds: null }), /^Head 2 of Attention, attention: 0\.646 from step 2 to step 4;/);
  assert.deepEqual(area.places.map(({ hidden }) => hidden), [0, 0, 0]);
  assert.equal(layerCount(columns), 1);
});

test("missing numbers do not count", () => {
  assert.deepEqual(spread(Float32Array.from([NaN, 1, 3])), { low: 1, high: 3, mean: 2 });
  assert.ok(Number.isNaN(spread(Float32Array.from([NaN])).mean));
});

test("the weights of a unit, the largest first", () => {
  const values = VALUES.slice();
  values.set([1, -5, 2], 33);
  assert.deepEqual(strongest(COLUMNS, values, 2, 0).map(({ name, value }) => [name, value]), [["unit 2", -5], ["unit 3", 2], ["unit 1", 1]]);
  assert.deepEqual(strongest(IMAGES, VALUES, 1, 0), []);
});
