import assert from "node:assert/strict";
import test from "node:test";

import { image, sequence, symbols, vector } from "./tensors.js";
import { axesText, drawing, inWords, lengthOf, scaleOf, sheetsOf, stripsOf } from "../../assets/js/network_tensor.js";

/** The corners of a path that moves by absolute coordinates. @param {string} path */
function corners(path) {
  let [x, y] = [0, 0];
  return [...path.matchAll(/([MHV])([\d.-]+)(?: ([\d.-]+))?/g)].map(([, command, first, second]) => {
    if (command === "M") [x, y] = [Number(first), Number(second)];
    else if (command === "H") x = Number(first);
    else y = Number(first);
    return [x, y];
  });
}

const TENSORS = [
  ...[[1, 28, 28], [3, 32, 32], [16, 28, 28], [512, 7, 7], [64, 1, 1], [1024, 224, 224], [1, 1, 9]].map((sizes) => image(...sizes)),
  ...[[100, 4], [12, 512]].map((sizes) => sequence(...sizes)),
  symbols(10000, 90),
  ...[1, 10, 11, 784, 100352].map(vector),
];

test("every tensor fits into its row, and its drawing into its own box", () => {
  const scale = scaleOf(TENSORS);
  for (const tensor of TENSORS) {
    const { width, height, path, kind } = drawing(tensor, scale);
    assert.ok(height <= 20 && width <= 320, `${JSON.stringify(tensor)}: ${width}×${height}`);
    if (kind === "units") continue;
    for (const [x, y] of corners(path)) assert.ok(x >= 0 && x <= width && y >= 0 && y <= height, `${JSON.stringify(tensor)}: ${x}, ${y} in ${width}×${height}`);
  }
});

test("from 1 to 512 channels more are always longer, and the first ones can be counted", () => {
  const powers = [1, 2, 3, 4, 6, 8, 16, 32, 64, 128, 256, 512, 1024];
  const widths = powers.map((channels) => drawing(image(channels, 28, 28), 3).width);
  assert.deepEqual(widths, [...new Set(widths)].sort((a, b) => a - b));
  for (const channels of [1, 3, 6, 8]) assert.equal(drawing(image(channels, 28, 28), 3).path.split("Z").length - 1, channels);
  assert.equal(sheetsOf(32) - sheetsOf(16), sheetsOf(512) - sheetsOf(256));
});

test("strips of a sequence do not overlap, and more features never give fewer strips", () => {
  const counts = [1, 2, 6, 12, 64, 512, 1024].map(stripsOf);
  assert.deepEqual(counts, [...new Set(counts)].sort((a, b) => a - b));
  const tops = corners(drawing(sequence(28, 512), 3).path).map(([, y]) => y);
  assert.ok(Math.max(...tops) - Math.min(...tops) >= 5 + 1.05 * (stripsOf(512) - 1));
});

test("a vector is drawn as its units as long as they can be told apart, then as a bar that goes on from there", () => {
  assert.equal(drawing(vector(10), 3).kind, "units");
  assert.equal(drawing(vector(10), 3).path.split("M").length - 1, 10);
  assert.equal(drawing(vector(11), 3).kind, "bar");
  const lengths = [1, 2, 10, 11, 64, 256, 784, 8192].map(lengthOf);
  assert.deepEqual(lengths, [...new Set(lengths)].sort((a, b) => a - b));
});

test("one scale for a network: sides of maps keep their ratio by the root, however large the largest is", () => {
  for (const largest of [28, 224]) {
    const scale = scaleOf([image(3, largest, largest), image(8, largest / 4, largest / 4), null, vector(10)]);
    const side = (sides) => {
      const ys = corners(drawing(image(1, ...sides), scale).path).map(([, y]) => y);
      return Math.max(...ys) - Math.min(...ys);
    };
    assert.ok(Math.abs(side([largest, largest]) / side([largest / 4, largest / 4]) - 2) < 0.05);
    assert.ok(side([largest, largest]) <= 17.01);
  }
  assert.equal(scaleOf([]), scaleOf([vector(10)]));
});

test("a map that is wider than high is drawn so", () => {
  const points = corners(drawing(image(1, 4, 16), 3).path);
  const span = (axis) => Math.max(...points.map((point) => point[axis])) - Math.min(...points.map((point) => point[axis]));
  assert.ok(Math.abs(span(0) / span(1) - 2) < 0.01);
});

const shapes = (/** @type {string} */ path) => path.split("Z").length - 1;

test("a sequence is drawn as steps × features, symbols as a row of cells, one each if there is room", () => {
  const [long, short, thick] = [sequence(200, 4), sequence(20, 4), sequence(20, 40)].map((tensor) => drawing(tensor, 3));
  assert.ok(long.width > short.width && thick.path.length > short.path.length);
  for (const length of [1, 3, 10]) assert.equal(shapes(drawing(symbols(length, 90), 3).path), length);
  const counts = [10, 16, 64, 512].map((length) => shapes(drawing(symbols(length, 90), 3).path));
  assert.deepEqual(counts, [...new Set(counts)].sort((a, b) => a - b));
});

test("where sequences may end early, the end is drawn apart", () => {
  const [fixed, varying] = [symbols(10, 90), { ...symbols(10, 90), varies: true }].map((tensor) => drawing(tensor, 3));
  assert.deepEqual([shapes(fixed.path), shapes(fixed.padding)], [10, 0]);
  assert.deepEqual([shapes(varying.path), shapes(varying.padding)], [7, 3]);
  assert.equal(shapes(drawing({ ...symbols(1, 90), varies: true }, 3).path), 1);
  const strips = drawing(sequence(29, 12, true), 3);
  const right = (path) => Math.max(...corners(path).map(([x]) => x));
  assert.ok(right(strips.path) < right(strips.padding) && right(strips.padding) <= strips.width);
  assert.equal(drawing(sequence(29, 12), 3).padding, undefined);
});

test("axes have names", () => {
  assert.equal(axesText(sequence(28, 12)), "length × features");
  assert.equal(axesText(symbols(64, 90)), "length of 90 symbols");
  assert.equal(axesText(image(1, 28, 28)), "channels × height × width");
});

test("tensors in words", () => {
  assert.equal(inWords(image(16, 28, 28)), "16 maps of 28×28");
  assert.equal(inWords(image(1, 28, 28)), "1 map of 28×28");
  assert.equal(inWords(vector(1568)), "1,568 numbers");
  assert.equal(inWords(vector(1)), "1 number");
  assert.equal(inWords(sequence(28, 12)), "28 steps × 12 features");
  assert.equal(inWords(sequence(29, 1, true)), "up to 29 steps × 1 feature");
  assert.equal(inWords(symbols(64, 90)), "64 symbols");
});
