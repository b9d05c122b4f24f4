import assert from "node:assert/strict";
import test from "node:test";

import { next } from "../../assets/js/thumbnails.js";

test("arrow keys walk over the sheet and stay on it", () => {
  assert.equal(next("ArrowRight", 3, 20, 8), 4);
  assert.equal(next("ArrowDown", 3, 20, 8), 11);
  assert.equal(next("ArrowUp", 11, 20, 8), 3);
  assert.equal(next("ArrowLeft", 0, 20, 8), 0);
  assert.equal(next("ArrowUp", 3, 20, 8), 3);
  assert.equal(next("ArrowDown", 15, 20, 8), 15);
  assert.equal(next("Home", 15, 20, 8), 0);
  assert.equal(next("End", 15, 20, 8), 19);
  assert.equal(next("a", 15, 20, 8), null);
});
