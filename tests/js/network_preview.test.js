import assert from "node:assert/strict";
import test from "node:test";

import { covered, previews, question } from "../../assets/js/network_preview.js";

const edit = (nonce, op = "set") => ({ nonce, op });

const KNOWN = { base: "now", turns: { undo: "before", redo: null } };

test("a preview starts from the current network, or from the one after an undo or redo", () => {
  assert.deepEqual(question(KNOWN, [edit("1"), edit("2", "add")]), { base: "now", edits: [edit("1"), edit("2", "add")] });
  assert.deepEqual(question(KNOWN, [edit("1", "undo"), edit("2")]), { base: "before", edits: [edit("2")] });
});

test("only the page knows older networks", () => {
  assert.equal(question(KNOWN, []), null);
  assert.equal(question(KNOWN, [edit("1", "redo")]), null);
  assert.equal(question(KNOWN, [edit("1", "undo"), edit("2", "undo")]), null);
  assert.equal(question(KNOWN, [edit("1"), edit("2", "undo")]), null);
  assert.equal(question({ ...KNOWN, base: "" }, [edit("1")]), null);
});

test("a preview is valid as long as the page has the network before its edits, or after some of them", () => {
  const preview = { steps: ["a", "b", "c"], nonces: ["1", "2"] };
  assert.equal(covered(preview, "a", [edit("1"), edit("2")]), 2);
  assert.equal(covered(preview, "a", [edit("1"), edit("2"), edit("3")]), 2);
  assert.equal(covered(preview, "b", [edit("2")]), 1);
  assert.equal(covered(preview, "b", [edit("2"), edit("3")]), 1);
  assert.equal(covered(preview, "c", []), 0);
  assert.equal(covered(preview, "a", [edit("2"), edit("3")]), 0);
  assert.equal(covered(preview, "a", [edit("1")]), 0);
  assert.equal(covered(preview, "x", [edit("1"), edit("2")]), 0);
  assert.equal(covered(null, "a", []), 0);
});

test("a superseded response is ignored, and a failed request gives no preview", async (context) => {
  const requests = [];
  context.mock.method(globalThis, "fetch", () => new Promise((resolve, reject) => requests.push({ resolve, reject })));
  let received = 0;
  const preview = previews(() => (received += 1));
  const asks = [preview.ask({ ...KNOWN, base: "a" }, [edit("1")]), preview.ask({ ...KNOWN, base: "a" }, [edit("1"), edit("2")])];
  requests[1].resolve({ json: async () => ({ state: { layers: ["new"], path: ["b", "c"] } }) });
  requests[0].resolve({ json: async () => ({ state: { layers: ["old"], path: ["b"] } }) });
  assert.deepEqual(await Promise.all(asks), [false, true]);
  assert.equal(received, 1);
  assert.deepEqual(preview.of("a", [edit("1"), edit("2"), edit("3")]), { state: { layers: ["new"], path: ["b", "c"] }, count: 2 });
  const failing = preview.ask({ ...KNOWN, base: "a" }, [edit("4")]);
  requests[2].reject(new TypeError("no line"));
  await failing;
  assert.equal(preview.of("a", [edit("4")]), null);
});

test("a preview may take long", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  context.mock.method(globalThis, "fetch", (_, { signal }) => new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason));
    setTimeout(() => resolve({ json: async () => ({ state: { path: ["later"] } }) }), 20_000);
  }));
  const preview = previews(() => {});
  const asked = preview.ask(KNOWN, [edit("1")]);
  context.mock.timers.tick(20_000);
  assert.equal(await asked, true);
  assert.deepEqual(preview.of("now", [edit("1")]), { state: { path: ["later"] }, count: 1 });
});
