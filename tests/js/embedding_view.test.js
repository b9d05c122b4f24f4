import assert from "node:assert/strict";
import { test } from "node:test";

import embedding, { arrange, exampleText, placesOf, separation, summary, tableOf } from "../../assets/js/views/embedding.js";

const NONE = NaN;
/** Four examples of two classes in the planes of two layers, at the second of which nobody looks. */
const view = {
  shape: [5, 5], classes: ["zero", "one"], axes: [],
  values: Float32Array.from([
    NONE, 0.75, 0.1, NONE, NONE,
    0, -3, 1, NONE, NONE,
    0, -3, -1, NONE, NONE,
    1, 3, 1, NONE, NONE,
    1, 3, -1, NONE, NONE,
  ]),
};

test("a layer in words: its variance, how far classes lie apart, and how far it has moved", () => {
  assert.equal(separation(placesOf(view, 0).points), 6);
  assert.equal(summary(view, 0), "4 test examples; the plane has 75 % of the variance. Classes lie 6.0 times as far apart as they are wide. Moved by 10 % of their spread since the picture before.");
  assert.match(summary(view, 1), /while the run trains/);
  assert.equal(exampleText(view, 2), "Test example 3: one.");
  assert.deepEqual(tableOf(view, 0).rows, [["zero", "2", "−3.00", "0.00", "1.00"], ["one", "2", "3.00", "0.00", "1.00"]]);
  assert.ok(Number.isNaN(separation([{ label: 0, x: 1, y: 1 }])));
});

test("a legend takes as many lines as it needs", () => {
  const entries = arrange([{ room: 40 }, { room: 40 }, { room: 90 }], 100);
  assert.deepEqual(entries.map(({ x, line }) => [x, line]), [[0, 0], [48, 0], [0, 1]]);
});

test("examples are pointed at with the pointer, and reached with the arrow keys", () => {
  const places = placesOf(view, 0).points.map((point) => ({ ...point, across: 100 + 10 * point.x, up: 100 - 10 * point.y }));
  assert.deepEqual(embedding.at({ places }, 72, 88), { example: 0 });
  assert.equal(embedding.at({ places }, 100, 100), null);
  assert.deepEqual(embedding.beside({ places }, { example: 0 }, [1, 0]), { example: 2 });
  assert.deepEqual(embedding.beside({ places }, { example: 0 }, [0, 1]), { example: 1 });
  assert.deepEqual(embedding.beside({ places }, { example: 1 }, [0, 1]), { example: 1 });
  assert.equal(embedding.beside({ places: [] }, null, [1, 0]), null);
});
