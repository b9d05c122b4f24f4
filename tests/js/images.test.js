import assert from "node:assert/strict";
import { test } from "node:test";

import { error, pixels, summary } from "../../assets/js/views/images.js";

/** One picture of 1×2 pixels: in, out and wanted. */
const pictures = (values, channels = 1) => ({ values: Float32Array.from(values), shape: [3, 1, channels, 1, 2] });

test("the error is between what came out and what was wanted, whatever went in", () => {
  assert.equal(error(pictures([9, 9, 0.5, 0.25, 0.5, 0.25])), 0);
  assert.ok(Math.abs(error(pictures([0, 0, 1, 0, 0, 0])) - Math.sqrt(0.5)) < 1e-6);
});

test("a gray picture has the same bytes in every color, a colored one its own", () => {
  assert.deepEqual([...pixels(pictures([0, 1, 0, 0, 0, 0]), 0, 0)], [0, 0, 0, 255, 255, 255, 255, 255]);
  const colors = [1, 0, 0, 1, 0, 0]; // red, then green
  assert.deepEqual([...pixels(pictures([...colors, ...colors, ...colors], 3), 1, 0)], [255, 0, 0, 255, 0, 255, 0, 255]);
});

test("the sentence says how far off it is", () => {
  assert.match(summary(pictures([0, 0, 1, 1, 0, 0])), /1 test images: .* 100\.0 %/);
});
