import assert from "node:assert/strict";
import test from "node:test";

import { arithmetic, cellAt, column, geometry, largest, moved, number, signed, valueAt } from "../../assets/js/step_maps_model.js";

const map = (name, rows, values, more = {}) => ({ name, title: name, rows, values: Float32Array.from(values), low: 0, high: 1, linked: true, ...more });
const two = map("hidden", ["1", "2"], [0.1, 0.2, 0.3, 0.4, 0.5, 0.6]);

test("a cell is found where it was drawn, and nothing outside", () => {
  const place = geometry(two, ["a", "b", "c"], 300);
  for (let step = 0; step < 3; step++) {
    for (let row = 0; row < 2; row++) {
      const [x, y] = [place.left + (step + 0.5) * place.across, place.top + (row + 0.5) * place.cell];
      assert.deepEqual(cellAt(place, two, 3, x, y), { step, row });
    }
  }
  assert.equal(cellAt(place, two, 3, place.left - 1, place.top + 1), null);
  assert.equal(cellAt(place, two, 3, place.left + 1, place.top + 3 * place.cell), null);
  assert.ok(place.left + 3 * place.across <= 300);
});

test("labels turn before they overlap, and go before they are illegible", () => {
  const words = ["delicious", "terrible"];
  assert.equal(geometry(two, words, 600).labels, "upright");
  assert.equal(geometry(two, Array(20).fill("delicious"), 600).labels, "turned");
  assert.equal(geometry(two, Array(200).fill("delicious"), 600).labels, "none");
  assert.ok(geometry(map("many", Array(128).fill("1"), []), words, 600).height < 300);
});

test("arrow keys stay on the map", () => {
  assert.deepEqual(moved("ArrowRight", { step: 0, row: 0 }, 3, 2), { step: 1, row: 0 });
  assert.deepEqual(moved("ArrowRight", { step: 2, row: 0 }, 3, 2), { step: 2, row: 0 });
  assert.deepEqual(moved("ArrowUp", { step: 1, row: 0 }, 3, 2), { step: 1, row: 0 });
  assert.deepEqual(moved("ArrowDown", { step: 1, row: 0 }, 3, 2), { step: 1, row: 1 });
  assert.deepEqual(moved("End", { step: 0, row: 1 }, 3, 2), { step: 2, row: 1 });
  assert.equal(moved("Tab", { step: 0, row: 0 }, 3, 2), null);
});

test("values and the largest ones of a step, without those that are missing", () => {
  assert.ok(Math.abs(valueAt(two, 3, { step: 2, row: 1 }) - 0.6) < 1e-6);
  assert.ok(Number.isNaN(valueAt(two, 3, { step: 0, row: 7 })));
  const answers = map("answer", ["no", "yes", "maybe"], [0.2, NaN, 0.7, NaN, 0.1, NaN]);
  assert.deepEqual(largest(answers, 2, 0, 2).map(({ name }) => name), ["yes", "no"]);
  assert.deepEqual(column(answers, 2, 0, 2).map(({ name }) => name), ["no", "yes"]);
  assert.deepEqual(largest(answers, 2, 1, 2), []);
});

test("numbers", () => {
  assert.deepEqual([number(0), signed(0.5), signed(-0.5), signed(0)], ["0", "+0.500", "−0.500", "0"]);
});

test("a unit's memory and state follow from its gates, with the step before", () => {
  const gates = Object.entries({ input: [0.5, 0.25], forget: [0.9, 0.5], candidate: [0.4, -0.8], output: [1, 0.5], cell: [0.2, -0.1], hidden: [0.197, -0.05] });
  const maps = gates.map(([name, values]) => map(name, ["1"], values));
  const [memory, state] = arithmetic(maps, 2, { step: 1, row: 0 }, 1);
  assert.equal(memory, "memory −0.100 = forget 0.500 × memory before 0.200 + input 0.250 × candidate (−0.800)");
  assert.ok(Math.abs(0.5 * 0.2 + 0.25 * -0.8 - -0.1) < 1e-9);
  assert.match(state, /^state −0\.0500 = output 0\.500 × tanh\(memory/);
  assert.match(arithmetic(maps, 2, { step: 0, row: 0 }, 1)[0], /memory before 0 \+/);
});

test("the second direction starts at the end", () => {
  const maps = [map("update", ["1", "← 1"], [0.5, 0.5, 0.5, 0.5]), map("candidate", ["1", "← 1"], [1, 1, 1, 1]), map("hidden", ["1", "← 1"], [0.5, 0.75, 0.75, 0.5])];
  assert.match(arithmetic(maps, 2, { step: 0, row: 1 }, 1)[0], /state before 0\.500/);
  assert.match(arithmetic(maps, 2, { step: 1, row: 1 }, 1)[0], /state before 0 \+/);
  assert.deepEqual(arithmetic([two], 3, { step: 0, row: 0 }, 2), []);
});
