import assert from "node:assert/strict";
import { test } from "node:test";

import { baselineText, charts, column, headline, minimized, text } from "../../assets/js/metrics.js";
import { ACCURACY, LOSS } from "./declared.js";

test("columns are named after split and metric, as in files", () => {
  assert.equal(column(LOSS, "train"), "train_loss");
  assert.equal(column(ACCURACY, "test"), "test_accuracy");
});

test("people want to know what says more than the loss, or else the loss", () => {
  assert.equal(minimized([ACCURACY, LOSS]), LOSS);
  assert.deepEqual(headline([LOSS, ACCURACY]), [ACCURACY]);
  assert.deepEqual(headline([LOSS]), [LOSS]);
  assert.deepEqual(headline([LOSS, { ...ACCURACY, splits: ["train"] }]), [LOSS]);
});

test("metrics that name the same chart share it", () => {
  const whole = { ...ACCURACY, name: "whole" };
  assert.deepEqual([...charts([LOSS, ACCURACY, whole])], [["loss", [LOSS]], ["accuracy", [ACCURACY, whole]]]);
});

test("a metric says how its numbers look", () => {
  assert.equal(text(LOSS, 0.25), "0.250");
  assert.equal(text(ACCURACY, 0.25), "25.0 %");
  assert.equal(text(ACCURACY, null), "–");
});

test("what a metric must beat is said with its name, and a long name is shortened", () => {
  assert.equal(baselineText(ACCURACY, { accuracy: { title: "guessing “cat”", value: 0.8 } }), "guessing “cat”: 80.0 %");
  assert.equal(baselineText(ACCURACY, { accuracy: { title: `guessing “${"a".repeat(60)}”`, value: 0.8 } }), `guessing “${"a".repeat(16)}…”: 80.0 %`);
  assert.equal(baselineText(LOSS, { accuracy: { title: "guessing “cat”", value: 0.8 } }), "");
  assert.equal(baselineText(LOSS, null), "");
});
