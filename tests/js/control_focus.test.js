import assert from "node:assert/strict";
import { test } from "node:test";

import { successor } from "../../assets/js/control_focus.js";

test("the focus goes from Train to Pause when training starts, and back to Train when it ends", () => {
  assert.equal(successor(["pause", "stop", "reset"]), "pause");
  assert.equal(successor(["play", "step", "step_epoch", "reset"]), "play");
  assert.equal(successor(["stop", "reset"]), "stop");
  assert.equal(successor([]), undefined);
});
