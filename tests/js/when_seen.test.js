import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { WhenSeen } from "../../assets/js/when_seen.js";

/** @type {{seen: (isIntersecting: boolean) => void, watched: unknown[], over: boolean}} */
let observer;
const before = globalThis.IntersectionObserver;

beforeEach(() => {
  globalThis.IntersectionObserver = class {
    constructor(told) {
      observer = { seen: (isIntersecting) => told([{ isIntersecting }]), watched: [], over: false };
    }

    observe(root) { observer.watched.push(root); }

    disconnect() { observer.over = true; }
  };
});

afterEach(() => { globalThis.IntersectionObserver = before; });

function mounted() {
  const told = [];
  const root = { classList: { add() {} } };
  const instance = new WhenSeen(root);
  const streamlit = { setTriggerValue: (name, value) => told.push([name, value]) };
  instance.update({}, streamlit);
  instance.update({}, streamlit);
  return { told, root, instance };
}

test("it is watched once, and says nothing as long as it is not on the screen", () => {
  const { told, root } = mounted();
  observer.seen(false);
  assert.deepEqual(observer.watched, [root]);
  assert.deepEqual(told, []);
});

test("it says so when it comes to be on the screen", () => {
  const { told } = mounted();
  observer.seen(true);
  assert.deepEqual(told, [["seen", true]]);
});

test("it is no longer watched when it is gone", () => {
  mounted().instance.destroy();
  assert.equal(observer.over, true);
});
