import assert from "node:assert/strict";
import { test } from "node:test";

import { roomy } from "../../assets/js/canvas.js";
import { shareMarks } from "../../assets/js/scales.js";
import { legendWidth } from "../../assets/js/views/matrix.js";

const measure = (text) => 6 * text.length;
const texts = (width) => roomy(shareMarks("row"), width, measure).map(([, text]) => text);

test("a wide legend has all of its marks", () => {
  assert.deepEqual(texts(260), ["0", "1", "10", "25", "100 % of row"]);
});

test("marks of a narrow legend do not touch", () => {
  assert.deepEqual(texts(128), ["0", "1", "10", "100 % of row"]);
  assert.deepEqual(texts(60), ["0", "100 % of row"]);
});

test("the legend of a matrix of two classes has room for its marks, and none is wider than the canvas", () => {
  assert.deepEqual(texts(legendWidth(128, 400)), ["0", "1", "10", "25", "100 % of row"]);
  assert.equal(legendWidth(640, 700), 260);
  assert.equal(legendWidth(128, 150), 146);
});
