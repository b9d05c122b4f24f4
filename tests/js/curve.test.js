import assert from "node:assert/strict";
import { test } from "node:test";

import { predictionAt, distance, pointText, reach, summary } from "../../assets/js/views/curve.js";
import { geometry } from "../../assets/js/views/matrix.js";

const line = { values: Float32Array.from([0, 1, 0]), shape: [1, 3], bounds: [-6, 6] };

test("between two points the prediction is interpolated linearly", () => {
  assert.equal(predictionAt(line, -6), 0);
  assert.equal(predictionAt(line, 0), 1);
  assert.equal(predictionAt(line, -3), 0.5);
  assert.equal(predictionAt(line, 4.5), 0.25);
  assert.equal(predictionAt(line, 9), 0);
});

test("the distance of prediction and true curve, and both at a point, in words", () => {
  assert.equal(distance(line, [0, 1, 0]), 0);
  assert.equal(distance(line, [2, 1, 0]), Math.sqrt(4 / 3));
  assert.equal(summary(line, [2, 3, 2]), "Root mean square distance to the true curve: 2.00.");
  assert.equal(summary(line, undefined), "Predictions from 0.0000 to 1.00.");
  assert.equal(pointText(line, -3, [2, 2, 2], "x"), "x −3.0: prediction 0.500, true curve 2.00");
  assert.equal(pointText(line, 3, undefined, "x"), "x 3.0: prediction 0.500");
});

test("the axis has room for the points, and for wild predictions only so much", () => {
  const points = { train: { x1: [0], target: [-1] }, test: { x1: [0], target: [1] } };
  assert.deepEqual(reach(points, undefined, null), [-1.1, 1.1]);
  assert.deepEqual(reach(points, undefined, { ...line, values: Float32Array.from([0, 1000, NaN]) }), [-1.1, 2.1]);
  assert.deepEqual(reach(undefined, undefined, null), [-1.1, 1.1]);
});

test("a matrix of many classes stays inside of its room", () => {
  const classes = Array.from({ length: 30 }, (_, place) => `class ${place}`);
  const { left, top, cell, height } = geometry(null, { width: 420, height: 350, classes });
  assert.ok(left + 30 * cell <= 420);
  assert.ok(top + 30 * cell <= height && height <= 350);
});
