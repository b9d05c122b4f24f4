import assert from "node:assert/strict";
import { test } from "node:test";

import { afterSteps, amount, count, duration, loss, ordinal, percent, plural, rate, tick } from "../../assets/js/numbers.js";

test("losses keep three significant digits or so", () => {
  assert.deepEqual([0, 0.0213, 0.213, 2.302585, 23.02585, 230.2585].map(loss), ["0.0000", "0.0213", "0.213", "2.30", "23.0", "230"]);
  assert.deepEqual([0.00012, -0.00012, 1_234_567].map(loss), ["1.2 e-4", "−1.2 e-4", "1.2 e6"]);
});

test("ticks are as short as they can be", () => {
  assert.deepEqual([0, 0.5, -20, 1500, 1990].map(tick), ["0", "0.5", "−20", "1500", "1990"]);
  assert.deepEqual([99_000, 200_000, -1_100_000, 3e9].map(tick), ["99k", "200k", "−1.1M", "3B"]);
  assert.deepEqual([-2e26, 5e-5].map(tick), ["−2 e26", "5 e−5"]);
});

test("what is missing is a dash", () => {
  for (const format of [loss, percent, count, rate, duration]) {
    for (const nothing of [null, undefined, NaN, Infinity]) assert.equal(format(nothing), "–");
  }
});

test("shares, counts and rates", () => {
  assert.equal(percent(0.9512), "95.1 %");
  assert.equal(percent(1, 0), "100 %");
  assert.equal(count(1234567), "1,234,567");
  assert.equal(rate(41234.5), "41,200");
  assert.equal(rate(87.6), "88");
  assert.equal(rate(0), "0");
  assert.deepEqual([0, 1, 1234].map(afterSteps), ["after 0 steps", "after 1 step", "after 1,234 steps"]);
});

test("spans of time, without a sixty that should have carried over", () => {
  assert.deepEqual([0, 4.26, 9.96, 59.6, 80, 3599.7, 7500].map(duration), ["0.0 s", "4.3 s", "10 s", "1 min 0 s", "1 min 20 s", "1 h 0 min", "2 h 5 min"]);
});

test("one thing is written in the singular", () => {
  assert.deepEqual([0, 1, 2, 1500].map((value) => plural(value, "step")), ["0 steps", "1 step", "2 steps", "1,500 steps"]);
  assert.equal(afterSteps(1), "after 1 step");
});

test("places in a queue", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 22].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "22nd"]);
});

test("amounts are written in full", () => {
  assert.deepEqual([48_123, -412_345.6, 999, 0.0312, null].map(amount), ["48,120", "−412,300", "999", "0.0312", "–"]);
});
