import assert from "node:assert/strict";
import test from "node:test";

import { PHASES, cellAt, cellOf, cornerOf, drawn, geometry, indexOf, later, moved, nearest, phaseAfter, shared, shares, unitAt } from "../../assets/js/one_step_model.js";

const VECTOR = { maps: 1, rows: 1, columns: 4, size: 4, across: 64, along: 1, stride: 1, image: false, count: 4 };
const LONG = { maps: 1, rows: 3, columns: 64, size: 150, across: 64, along: 1, stride: 1, image: false, count: 150 };
const MAPS = { maps: 3, rows: 4, columns: 5, size: 20, across: 5, along: 1, stride: 1, image: true, count: 160 };
const COARSE = { maps: 2, rows: 2, columns: 2, size: 16, across: 4, along: 1, stride: 2, image: true, count: 32 };
const STEPS = { maps: 1, rows: 3, columns: 7, size: 42, across: 1, along: 6, stride: 1, image: false, count: 42 };
const LAYOUTS = [VECTOR, LONG, MAPS, COARSE, STEPS];

test("phases follow one another and end at the last", () => {
  assert.deepEqual(PHASES.map((phase) => later(phase, 1)), ["loss", "backward", "update", "update"]);
  assert.equal(later("forward", -1), "forward");
  assert.equal(phaseAfter("ArrowRight", "loss"), "backward");
  assert.equal(phaseAfter("ArrowLeft", "loss"), "forward");
  assert.equal(phaseAfter("End", "forward"), "update");
  assert.equal(phaseAfter("Home", "update"), "forward");
  assert.equal(phaseAfter("Enter", "loss"), null);
});

test("numbers arrive as shares of the largest one", () => {
  const packed = new Uint8Array(new Int16Array([32767, -32767, 0, 16384]).buffer);
  const found = shares(packed);
  assert.equal(found[0], 1);
  assert.equal(found[1], -1);
  assert.equal(found[2], 0);
  assert.ok(Math.abs(found[3] - 0.5) < 1e-4);
});

test("each drawn number is found where it was drawn, and nothing outside", () => {
  for (const layout of LAYOUTS) {
    for (const width of [240, 700]) {
      const place = geometry(layout, width);
      assert.ok(place.width <= Math.max(width, place.map[0]), `${place.width} of ${width}`);
      let seen = 0;
      for (let map = 0; map < layout.maps; map++) {
        for (let row = 0; row < layout.rows; row++) {
          for (let column = 0; column < layout.columns; column++) {
            const cell = { map, row, column };
            const unit = unitAt(layout, cell);
            const [x, y] = cornerOf(place, cell);
            const at = cellAt(layout, place, x + place.cell[0] / 2, y + place.cell[1] / 2);
            if (unit >= layout.count) {
              assert.equal(at, null);
              continue;
            }
            assert.deepEqual(at, cell);
            assert.deepEqual(cellOf(layout, unit), cell);
            assert.equal(indexOf(layout, cell), seen);
            seen += 1;
          }
        }
      }
      assert.equal(seen, drawn(layout));
      assert.equal(cellAt(layout, place, -1, 0), null);
      assert.equal(cellAt(layout, place, 0, place.height + 5), null);
      assert.equal(cellAt(layout, place, place.width + 5, 0), null);
    }
  }
});

test("units are those of PyTorch's flattened tensors", () => {
  assert.equal(unitAt(MAPS, { map: 2, row: 3, column: 1 }), 2 * 20 + 3 * 5 + 1);
  assert.equal(unitAt(STEPS, { map: 0, row: 2, column: 4 }), 4 * 6 + 2); // step 5, feature 3 of (7, 6)
  assert.equal(unitAt(COARSE, { map: 1, row: 1, column: 1 }), 16 + 2 * 4 + 2);
});

test("a unit that is not drawn has no cell", () => {
  assert.equal(cellOf(MAPS, 3 * 20), null);
  assert.equal(cellOf(STEPS, 3), null);
});

test("arrow keys stay among the numbers, and go on to the next map", () => {
  assert.deepEqual(moved("ArrowRight", VECTOR, { map: 0, row: 0, column: 0 }), { map: 0, row: 0, column: 1 });
  assert.deepEqual(moved("ArrowRight", VECTOR, { map: 0, row: 0, column: 3 }), { map: 0, row: 0, column: 3 });
  assert.deepEqual(moved("ArrowDown", LONG, { map: 0, row: 1, column: 60 }), { map: 0, row: 1, column: 60 });
  assert.deepEqual(moved("ArrowRight", MAPS, { map: 0, row: 2, column: 4 }), { map: 1, row: 2, column: 0 });
  assert.deepEqual(moved("ArrowLeft", MAPS, { map: 1, row: 2, column: 0 }), { map: 0, row: 2, column: 4 });
  assert.deepEqual(moved("ArrowLeft", MAPS, { map: 0, row: 2, column: 0 }), { map: 0, row: 2, column: 0 });
  assert.equal(moved("Tab", MAPS, { map: 0, row: 0, column: 0 }), null);
});

test("a click picks the nearest point", () => {
  assert.deepEqual(shared([[0, 5], [2, 10]], [[-2, 2], [0, 10]]), [[0.5, 0.5], [1, 1]]);
  assert.equal(nearest([[0, 0], [3, 1], [-2, 4]], 2.5, 0), 1);
  assert.equal(nearest([], 0, 0), -1);
});
