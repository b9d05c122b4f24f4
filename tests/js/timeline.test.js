import assert from "node:assert/strict";
import { test } from "node:test";

import { append, empty, latest, smooth, thin, visible } from "../../assets/js/timeline.js";

const near = (actual, expected) => assert.ok(Math.abs(actual - expected) < 1e-12, `${actual} is not ${expected}`);

test("rows are added to every column, and what a message leaves out becomes a gap", () => {
  const series = append(empty(), { batch: { step: [1, 2], epoch: [0.1, 0.2], seconds: [0.01, 0.02], train_loss: [2.3, 2.2] } });
  append(series, { batch: { step: [3], epoch: [0.3], seconds: [0.03], train_loss: [2.1] }, evaluated: { step: [3], test_loss: [2.0] } });
  assert.deepEqual(series.batch.step, [1, 2, 3]);
  assert.deepEqual(series.batch.train_loss, [2.3, 2.2, 2.1]);
  assert.deepEqual(series.evaluated.test_loss, [2.0]);
  for (const group of Object.values(series)) assert.equal(new Set(Object.values(group).map((column) => column.length)).size, 1);
});

test("an empty message and an unknown group change nothing", () => {
  assert.deepEqual(append(empty(), undefined), empty());
  assert.deepEqual(append(empty(), { other: { step: [1] }, batch: { step: [] } }), empty());
});

test("a column that earlier messages did not have begins with gaps, one that later messages leave out ends with gaps", () => {
  const rows = (...steps) => ({ step: steps, epoch: steps, seconds: steps });
  const series = append(empty(), { evaluated: { ...rows(1, 2), test_loss: [3, 2] } });
  append(series, { evaluated: { ...rows(3), test_perplexity: [7] } });
  assert.deepEqual(series.evaluated.test_loss, [3, 2, null]);
  assert.deepEqual(series.evaluated.test_perplexity, [null, null, 7]);
});

test("smoothing follows the closed form of the corrected moving average", () => {
  // w = 1/2: (1/2·1/2·a + 1/2·b) / (1 − 1/4) = (a + 2b)/3, and with c: (a + 2b + 4c)/7
  const [first, second, third] = smooth([3, 6, 1], 0.5);
  near(first, 3);
  near(second, (3 + 2 * 6) / 3);
  near(third, (3 + 2 * 6 + 4 * 1) / 7);
});

test("smoothing keeps a constant, leaves gaps, and does nothing at weight zero", () => {
  for (const value of smooth(Array(200).fill(0.7), 0.97)) near(value, 0.7);
  assert.equal(smooth([1, null, 2], 0.5)[1], null);
  near(smooth([1, null, 2], 0.5)[2], (1 + 2 * 2) / 3);
  assert.deepEqual(smooth([3, 1, 2], 0), [3, 1, 2]);
});

test("the visible rows take in one neighbor on either side", () => {
  const x = [0, 1, 2, 3, 4, 5];
  assert.deepEqual(visible(x, null), [0, 6]);
  assert.deepEqual(visible(x, [1.5, 3.5]), [1, 5]);
  assert.deepEqual(visible(x, [-9, -1]), [0, 1]);
  assert.deepEqual(visible(x, [9, 10]), [5, 6]);
});

test("thinning keeps ends, lowest and highest, in order and within bounds", () => {
  const y = Array.from({ length: 10_000 }, (_, row) => Math.sin(row / 300));
  y[4321] = 9;
  y[7654] = -9;
  const rows = thin(y, 200);
  assert.ok(rows.length <= 800);
  assert.deepEqual(rows, [...new Set(rows)].sort((a, b) => a - b));
  for (const row of [0, 4321, 7654, 9999]) assert.ok(rows.includes(row), `row ${row} was lost`);
});

test("thinning leaves few rows alone, looks only at its span, and passes over gaps", () => {
  assert.deepEqual(thin([3, 1, 2], 10), [0, 1, 2]);
  assert.deepEqual(thin([3, 1, 2, 5], 10, [1, 3]), [1, 2]);
  const y = Array(1000).fill(null);
  y[500] = 1;
  assert.ok(thin(y, 10).includes(500));
  const rows = thin(Array.from({ length: 1000 }, (_, row) => row), 10, [200, 800]);
  assert.equal(rows[0], 200);
  assert.equal(rows.at(-1), 799);
});

test("the latest value is the last that is not a gap", () => {
  assert.equal(latest([1, 2, null]), 2);
  assert.equal(latest([null]), null);
  assert.equal(latest([]), null);
});
