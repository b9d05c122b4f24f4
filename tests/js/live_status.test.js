import assert from "node:assert/strict";
import { test } from "node:test";

import { LOSS } from "./declared.js";
import { lossText, outdated, shownState } from "../../assets/js/live_status.js";
import { sharing } from "../../assets/js/sharing.js";

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

test("a run says with how many others it takes turns, and when it starts", () => {
  assert.equal(sharing({ state: "running", turns_with: 28 }), "taking turns with 28 other runs");
  assert.equal(sharing({ state: "running", turns_with: 1 }), "taking turns with 1 other run");
  assert.equal(sharing({ state: "running", turns_with: 0 }), "");
  assert.equal(sharing({ state: "paused", turns_with: 3 }), "");
  assert.equal(sharing({ state: "queued", queue_position: 3, starts_in: 4.2 }), "3rd in line, starts in about 5 s");
  assert.equal(sharing({ state: "queued", queue_position: 1, starts_in: 0.4 }), "1st in line, starts within a second");
  assert.equal(sharing({ state: "queued", queue_position: 2 }), "2nd in line");
  assert.equal(sharing({ state: "finished" }), "");
});
