import assert from "node:assert/strict";
import { test } from "node:test";

import { LOSS } from "./declared.js";
import { lossText, shownState, outdated } from "../../assets/js/live_status.js";

test("a run that ended with a loss that is no number shows no older one", () => {
  assert.equal(lossText({ state: "diverged", loss: null, train_loss: 0.0864 }, LOSS), "not finite");
  assert.equal(lossText({ state: "running", loss: 0.25, train_loss: 0.5 }, LOSS), "0.250");
  assert.equal(lossText({ state: "running", loss: null, train_loss: 0.5 }, LOSS), "0.500");
});

test("a run whose losses run away is diverging, as long as it goes on", () => {
  assert.equal(shownState({ state: "running", diverging: true }), "diverging");
  assert.equal(shownState({ state: "running", diverging: false }), "running");
  assert.equal(shownState({ state: "diverged", diverging: true }), "diverged");
  assert.equal(shownState({ state: "paused", diverging: true }), "paused");
});

test("the numbers of the untrained network are not those of a run that is steps ahead", () => {
  assert.equal(outdated({ evaluated_step: 0, step: 12 }), true);
  assert.equal(outdated({ evaluated_step: 0, step: 0 }), false);
  assert.equal(outdated({ evaluated_step: 12, step: 12 }), false);
  assert.equal(outdated({ step: 12 }), false);
});
