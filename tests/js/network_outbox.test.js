import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { outbox } from "../../assets/js/network_outbox.js";

let sent;
let root;
let outgoing;

beforeEach(() => {
  globalThis.document = new EventTarget();
  globalThis.requestAnimationFrame = (draw) => setTimeout(draw, 16);
  sent = 0;
  root = Object.assign(new EventTarget(), { contains: (node) => node === root });
  outgoing = outbox(root, () => (sent += 1));
});

afterEach(() => {
  outgoing.destroy();
  delete globalThis.document;
  delete globalThis.requestAnimationFrame;
});

test("edits go when their shapes can be seen, and once", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  outgoing.put();
  outgoing.put();
  assert.equal(sent, 0);
  outgoing.afterFrame();
  context.mock.timers.tick(16);
  context.mock.timers.tick(1);
  assert.equal(sent, 1);
  context.mock.timers.tick(1000);
  assert.equal(sent, 1);
});

test("where no shapes come they go after a moment, and with nothing to send nothing goes", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  outgoing.now();
  assert.equal(sent, 0);
  outgoing.put();
  context.mock.timers.tick(1000);
  assert.equal(sent, 1);
});

test("they go before what is clicked or typed elsewhere, and not for what is done in the editor", () => {
  for (const kind of ["pointerdown", "keydown", "visibilitychange"]) {
    outgoing.put();
    document.dispatchEvent(new Event(kind));
  }
  assert.equal(sent, 3);
  outgoing.put();
  root.contains = () => true;
  document.dispatchEvent(new Event("pointerdown"));
  assert.equal(sent, 3);
});

test("they go when the focus leaves the editor", () => {
  const leave = (to) => root.dispatchEvent(Object.assign(new Event("focusout"), { relatedTarget: to }));
  outgoing.put();
  leave(root);
  assert.equal(sent, 0);
  for (const elsewhere of [{}, null]) {
    outgoing.put();
    leave(elsewhere);
  }
  assert.equal(sent, 2);
});

test("what was sent goes again before what is clicked elsewhere, since it may have been lost", () => {
  outgoing.put();
  outgoing.now();
  outgoing.now();
  assert.equal(sent, 1);
  document.dispatchEvent(new Event("pointerdown"));
  assert.equal(sent, 2);
});
