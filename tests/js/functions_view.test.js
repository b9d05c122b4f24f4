import assert from "node:assert/strict";
import { test } from "node:test";

import functions, { binText, rowsOf, summary, tableOf } from "../../assets/js/views/functions.js";

/** Two layers and four bins from −4 to 4: a ReLU and a tanh. */
const view = {
  shape: [2, 5, 4],
  values: Float32Array.from([
    -3, -1, 1, 3, 0, 0, 1, 3, 0, 0, 1, 1, 0.25, 0.25, 0.5, 0, 0.5, 0.125, 640, 0,
    -3, -1, 1, 3, -0.995, -0.762, 0.762, 0.995, 0.0098, 0.42, 0.42, 0.0098, 0, 0.5, 0.5, 0, 0, 0, 640, 0,
  ]),
};

test("the layer that is chosen is drawn", () => {
  assert.equal(rowsOf(view, 0).reach, 4);
  assert.deepEqual([...rowsOf(view, 1).share], [0, 0.5, 0.5, 0]);
});

test("where a function is flat is said", () => {
  assert.equal(summary(view, 0), "Flat at 50.0 % of 640 inputs, and at all inputs of 12.5 % of the units.");
  const none = { ...view, values: view.values.map((value) => (value === 640 ? 0 : value)) };
  assert.equal(summary(none, 0), "The inputs of this layer are not numbers.");
});

test("a bin in words, and those at the ends have all beyond", () => {
  assert.equal(binText(view, 0, 2), "Inputs from 0 to 2.00: 50.0 %. At 1.00 the function is 1.00, its slope 1.00.");
  assert.equal(binText(view, 0, 0), "Inputs below −2.00: 25.0 %. At −3.00 the function is 0, its slope 0.");
  assert.match(binText(view, 1, 3), /^Inputs above 2.00: 0.0 %/);
  assert.deepEqual(tableOf(view, 1).rows[1], ["−1.00", "−0.762", "0.420", "50.0 %"]);
});

test("bins are pointed at with the pointer, and reached with the arrow keys", () => {
  const area = { left: 40, top: 8, across: 80, whole: 100, bins: 4 };
  assert.deepEqual(functions.at(area, 61, 50), { bin: 1 });
  assert.equal(functions.at(area, 39, 50), null);
  assert.deepEqual(functions.beside(area, null, [1, 0]), { bin: 2 });
  assert.deepEqual(functions.beside(area, { bin: 3 }, [1, 0]), { bin: 3 });
});
