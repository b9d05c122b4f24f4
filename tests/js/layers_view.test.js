import assert from "node:assert/strict";
import { test } from "node:test";

import layers, { cellText, edgesOf, layersWith, placeOf, rangeOf, rowOf, stepsOf, summary, tableOf, valueAt } from "../../assets/js/views/layers.js";

const NONE = NaN;
const [GRADIENTS, ACTIVATIONS, DEAD, UPDATES] = [0, 1, 2, 3];
/** Two layers at three steps. */
const view = {
  shape: [9, 3], axes: ["1 Dense", "2 ReLU"],
  values: Float32Array.from([
    0, 10, 40,
    0.5, 0.05, 0.005, NONE, NONE, NONE,
    1, 2, 3, 0.5, 1, 4,
    NONE, NONE, NONE, 0, 0.25, 0.5,
    NONE, 0.001, 0, NONE, NONE, NONE,
  ]),
};

test("rows are found by measure and layer", () => {
  assert.deepEqual([...stepsOf(view)], [0, 10, 40]);
  assert.deepEqual([...rowOf(view, ACTIVATIONS, 1)], [0.5, 1, 4]);
  assert.deepEqual([GRADIENTS, ACTIVATIONS, DEAD, UPDATES].map((measure) => layersWith(view, measure)), [[0], [0, 1], [1], [0]]);
});

test("a scale is logarithmic where numbers span magnitudes, and its places are those of its values", () => {
  const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-6, `${actual} for ${expected}`);
  const range = rangeOf(view, GRADIENTS);
  near(placeOf(GRADIENTS, range, 0.05), 0.5);
  near(placeOf(GRADIENTS, range, 0.5), 1);
  near(valueAt(GRADIENTS, range, 0.5), 0.05);
  assert.deepEqual(rangeOf(view, ACTIVATIONS), [0, 4]);
  near(placeOf(ACTIVATIONS, [0, 4], 1), 0.25);
  assert.deepEqual(rangeOf(view, DEAD), [0, 1], "shares are of all units");
  const still = rangeOf(view, UPDATES);
  assert.ok(still[0] > 0 && still[0] < still[1], "of a single number above 0, a decade");
  assert.equal(placeOf(UPDATES, still, 0), 0);
  assert.deepEqual(rangeOf({ ...view, values: new Float32Array(27) }, GRADIENTS), [0, 1]);
});

test("a column reaches halfway to its neighbors", () => {
  assert.deepEqual(edgesOf([0, 10, 40]), [0, 0.125, 0.625, 1]);
  assert.deepEqual(edgesOf([7]), [0, 1]);
});

test("the newest numbers, and those of a cell, in words", () => {
  assert.equal(summary(view, ACTIVATIONS), "Newest mean absolute activation: from 3.00 (1 Dense) to 4.00 (2 ReLU).");
  assert.equal(summary(view, DEAD), "Newest share of dead units: 50.0 % (2 ReLU).");
  assert.match(summary({ ...view, values: view.values.map((value, index) => (index < 15 ? value : NONE)) }, DEAD), /no unit can be dead/);
  assert.equal(cellText(view, GRADIENTS, { layer: 0, moment: 1 }), "1 Dense, step 10: gradient norm 0.0500.");
  assert.equal(cellText(view, UPDATES, { layer: 0, moment: 0 }), "1 Dense, step 0: update per step –.");
});

test("the table has the first moment and the newest", () => {
  assert.deepEqual(tableOf(view, GRADIENTS), { head: ["Layer", "step 0", "step 10", "step 40"], rows: [["1 Dense", "0.500", "0.0500", "0.0050"]] });
  const steps = Array.from({ length: 100 }, (_, step) => 5 * step);
  const long = { ...view, shape: [9, 100], values: Float32Array.from(Array.from({ length: 9 }, () => steps).flat()) };
  const { head } = tableOf(long, ACTIVATIONS);
  assert.deepEqual([head.length, head[1], head.at(-1)], [9, "step 0", "step 495"]);
});

test("cells are pointed at with the pointer, and reached with the arrow keys", () => {
  const area = { left: 100, top: 4, across: 80, high: 20, edges: [100, 110, 150, 180], layers: [0, 3] };
  assert.deepEqual(layers.at(area, 112, 30), { layer: 3, moment: 1 });
  assert.deepEqual(layers.at(area, 180, 5), { layer: 0, moment: 2 });
  assert.equal(layers.at(area, 99, 5), null);
  assert.equal(layers.at(area, 120, 45), null);
  assert.deepEqual(layers.beside(area, null, [1, 0]), { layer: 0, moment: 2 });
  assert.deepEqual(layers.beside(area, { layer: 0, moment: 2 }, [1, 1]), { layer: 3, moment: 2 });
  assert.deepEqual(layers.beside(area, { layer: 3, moment: 0 }, [-1, 1]), { layer: 3, moment: 0 });
});

test("an array of another network is not drawn", () => {
  assert.equal(layers.fits(view), true);
  assert.equal(layers.fits({ ...view, axes: ["1 Dense"] }), false);
  assert.equal(layers.fits({ ...view, shape: [9, 0] }), false);
});
