import assert from "node:assert/strict";
import { test } from "node:test";

import { inShort, marks, position } from "../../assets/js/change_marks_model.js";

const batch = { step: [1, 2, 3, 6, 9], epoch: [0.25, 0.5, 0.75, 1.5, 2.25], seconds: [0.1, 0.2, 0.3, 0.6, 0.9] };

test("a step is found on every axis, between thinned rows at the next one", () => {
  assert.equal(position(2, batch, "epoch"), 0.5);
  assert.equal(position(5, batch, "seconds"), 0.6);
  assert.equal(position(0, batch, "epoch"), 0);
});

test("a change that the run has not reached has no position", () => {
  assert.equal(position(10, batch, "epoch"), null);
  assert.equal(position(1, { step: [], epoch: [], seconds: [] }, "epoch"), null);
});

test("marks stand where their steps are, and only in the visible range", () => {
  const changes = [{ step: 3, text: "a" }, { step: 9, text: "b" }, { step: 100, text: "c" }];
  const plot = { left: 50, width: 300, range: [0, 3] };
  assert.deepEqual(marks(changes, batch, "epoch", plot), [{ x: 125, label: "Step 3: a" }, { x: 275, label: "Step 9: b" }]);
  assert.deepEqual(marks(changes, batch, "epoch", { ...plot, range: [1, 2] }), []);
});

test("marks that could not be pointed at apart become one, which names a few", () => {
  const changes = [...Array(7)].map((_, index) => ({ step: 3, text: `change ${index}` }));
  const [only, ...others] = marks(changes, batch, "epoch", { left: 0, width: 100, range: [0, 3] });
  assert.equal(others.length, 0);
  assert.deepEqual(only.label.split("\n").slice(-2), ["Step 3: change 3", "and 3 more"]);
});

test("changes in a line", () => {
  assert.equal(inShort([{ step: 1200, text: "learning rate 0.1 → 0.01" }]), "1 change while it trained. Step 1,200: learning rate 0.1 → 0.01");
  assert.equal(inShort([{ step: 1, text: "a" }, { step: 2, text: "b" }]), "2 changes while it trained. The last: step 2: b");
  assert.equal(inShort([{ step: 12, text: "a" }], 12), "1 change while it trained. Step 12: a (the run ended before)");
  assert.equal(inShort([{ step: 11, text: "a" }], 12), "1 change while it trained. Step 11: a");
});
