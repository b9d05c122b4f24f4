import assert from "node:assert/strict";
import test from "node:test";

import { colored } from "../../assets/js/marks.js";

test("gray values are the same in every color, and nothing is transparent", () => {
  assert.deepEqual([...colored(Uint8Array.of(0, 200), 2)], [0, 0, 0, 255, 200, 200, 200, 255]);
});

test("red, green and blue stay what they are", () => {
  assert.deepEqual([...colored(Uint8Array.of(255, 0, 0, 1, 2, 3), 2)], [255, 0, 0, 255, 1, 2, 3, 255]);
});
