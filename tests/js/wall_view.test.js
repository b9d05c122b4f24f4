import assert from "node:assert/strict";
import { test } from "node:test";

import wall, { answersOf, answerText, arranged, pixelsOf, summary, tableOf } from "../../assets/js/views/wall.js";

/** Three gray images of 2×2 pixels: bytes 1 to 4. */
const pixels = [1 * 65536 + 2 * 256 + 3, 4 * 65536];
const view = {
  shape: [4, 5], classes: ["zero", "one"],
  values: Float32Array.from([1, 2, 2, 0, 0, 0, 0, 0.75, ...pixels, 1, 0, 0.5, ...pixels, 0, 1, 0.875, 0, 0]),
};

test("mistakes come first, the most confident ones at the top, and then what was right by little", () => {
  assert.deepEqual(answersOf(view).map(({ image }) => image), [2, 1, 0]);
  assert.equal(summary(view), "1 of 3 test images right. Most confident mistake: zero classified as one (88 %).");
  const right = { ...view, shape: [2, 5], values: view.values.subarray(0, 10) };
  assert.equal(summary(right), "1 of 1 test image right.");
});

test("an image in words", () => {
  assert.equal(answerText(view, 1), "Test image 2: classified as zero (50.0 %), wrong: it is one.");
  assert.equal(answerText(view, 0), "Test image 1: classified as zero (75.0 %), right.");
  assert.deepEqual(tableOf(view).rows[0], ["3", "zero", "one", "87.5 %", "wrong"]);
});

test("bytes are unpacked", () => {
  assert.deepEqual([...pixelsOf(view, 0)], [1, 1, 1, 255, 2, 2, 2, 255, 3, 3, 3, 255, 4, 4, 4, 255]);
  const color = { ...view, shape: [2, 4], values: Float32Array.from([3, 1, 1, 0, 0, 0, 1, 255 * 65536 + 128 * 256 + 7]) };
  assert.deepEqual([...pixelsOf(color, 0)], [255, 128, 7, 255]);
});

test("all images have room, and where there is too little, they are as small as can be read", () => {
  for (const [width, height] of [[420, 350], [350, 350], [800, 350]]) {
    const { columns, side } = arranged(60, width, height);
    assert.ok(columns * (side + 4) - 4 <= width);
    assert.ok(side === 30 || Math.ceil(60 / columns) * (side + 28) <= height);
  }
});

test("images are pointed at with the pointer, and reached with the arrow keys", () => {
  const area = { side: 30, down: 58, columns: 2, places: [{ image: 2, x: 0, y: 0 }, { image: 1, x: 34, y: 0 }, { image: 0, x: 0, y: 58 }] };
  assert.deepEqual(wall.at(area, 40, 50), { image: 1 });
  assert.equal(wall.at(area, 32, 10), null);
  assert.deepEqual(wall.beside(area, null, [1, 0]), { image: 2 });
  assert.deepEqual(wall.beside(area, { image: 2 }, [0, 1]), { image: 0 });
  assert.deepEqual(wall.beside(area, { image: 0 }, [1, 0]), { image: 0 });
});
