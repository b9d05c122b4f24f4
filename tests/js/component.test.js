import assert from "node:assert/strict";
import { afterEach, beforeEach, test } from "node:test";

import { component } from "../../assets/js/component.js";

const globals = {};

beforeEach(() => {
  const stubs = {
    document: { createElement: () => ({ dataset: {}, remove() { this.removed = true; } }) },
    getComputedStyle: () => ({ getPropertyValue: () => "#ffffff" }),
    fetch: async () => ({ ok: true, text: async () => "" }),
    CSSStyleSheet: class { async replace() { return this; } },
  };
  for (const [name, stub] of Object.entries(stubs)) [globals[name], globalThis[name]] = [globalThis[name], stub];
});

afterEach(() => Object.assign(globalThis, globals));

/** A component that notes what it is told, and the place that Streamlit gives it. */
function made() {
  const told = [];
  const page = { adoptedStyleSheets: [] };
  const host = { isConnected: true, getRootNode: () => page, append: (root) => (host.root = root) };
  const called = component(() => ({ update: (data, _, changed) => told.push([data, changed]), destroy: () => told.push("destroyed") }));
  return { told, host, call: (data) => called({ data: new TextEncoder().encode(JSON.stringify(data)), parentElement: host }) };
}

/** A call that Streamlit has overtaken before it comes: what it returns is called as soon as it is there, by Streamlit's own steps to it. */
async function overtaken(call, data) {
  const handed = async () => call(data);
  const end = await handed();
  await Promise.resolve(end).then((each) => each());
}

/** What a page does between two tasks. */
const later = () => new Promise((resolve) => setTimeout(resolve, 5));

test("a call that was overtaken and comes late does not bring the old data back", async () => {
  const { told, call } = made();
  await call("new");
  await overtaken(call, "old");
  await later();
  assert.deepEqual(told, [["new", true]]);
});

test("the first call to come may be the one that was overtaken", async () => {
  const { told, call } = made();
  await overtaken(call, "old");
  await call("new");
  await later();
  assert.deepEqual(told, [["new", true]]);
});

test("later calls update the same component, and say whether anything is new", async () => {
  const { told, host, call } = made();
  await call("a");
  await later();
  const { root } = host;
  await call("b");
  await later();
  await call("b");
  await later();
  assert.deepEqual(told, [["a", true], ["b", true], ["b", false]]);
  assert.equal(host.root, root);
});

test("a component goes when its place has left the page, once", async () => {
  const { told, host, call } = made();
  const first = await call("a");
  await later();
  const overtaken = await call("b");
  host.isConnected = false;
  overtaken();
  first();
  await later();
  assert.deepEqual(told, [["a", true], "destroyed"]);
  assert.equal(host.root.removed, true);
});
