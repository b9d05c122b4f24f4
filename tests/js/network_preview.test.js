import assert from "node:assert/strict";
import test from "node:test";

import { previews, question, serves } from "../../assets/js/network_preview.js";

const edit = (nonce, op = "set") => ({ nonce, op });

const KNOWN = { base: "now", turns: { undo: "before", redo: null } };

test("a question begins with the network there is, or with the one that a step back or forth brings", () => {
  assert.deepEqual(question(KNOWN, [edit("1"), edit("2", "add")]), { base: "now", edits: [edit("1"), edit("2", "add")] });
  assert.deepEqual(question(KNOWN, [edit("1", "undo"), edit("2")]), { base: "before", edits: [edit("2")] });
});

test("only the page knows what lies further back", () => {
  assert.equal(question(KNOWN, []), null);
  assert.equal(question(KNOWN, [edit("1", "redo")]), null);
  assert.equal(question(KNOWN, [edit("1", "undo"), edit("2", "undo")]), null);
  assert.equal(question(KNOWN, [edit("1"), edit("2", "undo")]), null);
  assert.equal(question({ ...KNOWN, base: "" }, [edit("1")]), null);
});

test("an answer serves the same network, as long as its edits are the first that are waited for", () => {
  const known = { base: "a", nonces: ["1", "2"] };
  assert.equal(serves(known, "a", [edit("1"), edit("2")]), true);
  assert.equal(serves(known, "a", [edit("1"), edit("2"), edit("3")]), true);
  assert.equal(serves(known, "a", [edit("2"), edit("3")]), false);
  assert.equal(serves(known, "a", [edit("1")]), false);
  assert.equal(serves(known, "b", [edit("1"), edit("2")]), false);
  assert.equal(serves(null, "a", []), false);
});

test("an answer that another question has overtaken is left aside, and one that fails is none", async (context) => {
  const answers = [];
  context.mock.method(globalThis, "fetch", () => new Promise((resolve, reject) => answers.push({ resolve, reject })));
  let told = 0;
  const preview = previews(() => (told += 1));
  const asks = [preview.ask({ ...KNOWN, base: "a" }, [edit("1")]), preview.ask({ ...KNOWN, base: "a" }, [edit("1"), edit("2")])];
  answers[1].resolve({ json: async () => ({ state: { layers: ["new"] } }) });
  answers[0].resolve({ json: async () => ({ state: { layers: ["old"] } }) });
  assert.deepEqual(await Promise.all(asks), [false, true]);
  assert.equal(told, 1);
  assert.deepEqual(preview.of("a", [edit("1"), edit("2"), edit("3")]), { state: { layers: ["new"] }, count: 2 });
  const failing = preview.ask({ ...KNOWN, base: "a" }, [edit("4")]);
  answers[2].reject(new TypeError("no line"));
  await failing;
  assert.equal(preview.of("a", [edit("4")]), null);
});
