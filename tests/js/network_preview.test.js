import assert from "node:assert/strict";
import test from "node:test";

import { held, previews, question } from "../../assets/js/network_preview.js";

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

test("an answer holds as long as the page has the network before its edits, or after some of them", () => {
  const answer = { steps: ["a", "b", "c"], nonces: ["1", "2"] };
  assert.equal(held(answer, "a", [edit("1"), edit("2")]), 2);
  assert.equal(held(answer, "a", [edit("1"), edit("2"), edit("3")]), 2);
  assert.equal(held(answer, "b", [edit("2")]), 1);
  assert.equal(held(answer, "b", [edit("2"), edit("3")]), 1);
  assert.equal(held(answer, "c", []), 0);
  assert.equal(held(answer, "a", [edit("2"), edit("3")]), 0);
  assert.equal(held(answer, "a", [edit("1")]), 0);
  assert.equal(held(answer, "x", [edit("1"), edit("2")]), 0);
  assert.equal(held(null, "a", []), 0);
});

test("an answer that another question has overtaken is left aside, and one that fails is none", async (context) => {
  const answers = [];
  context.mock.method(globalThis, "fetch", () => new Promise((resolve, reject) => answers.push({ resolve, reject })));
  let told = 0;
  const preview = previews(() => (told += 1));
  const asks = [preview.ask({ ...KNOWN, base: "a" }, [edit("1")]), preview.ask({ ...KNOWN, base: "a" }, [edit("1"), edit("2")])];
  answers[1].resolve({ json: async () => ({ state: { layers: ["new"], path: ["b", "c"] } }) });
  answers[0].resolve({ json: async () => ({ state: { layers: ["old"], path: ["b"] } }) });
  assert.deepEqual(await Promise.all(asks), [false, true]);
  assert.equal(told, 1);
  assert.deepEqual(preview.of("a", [edit("1"), edit("2"), edit("3")]), { state: { layers: ["new"], path: ["b", "c"] }, count: 2 });
  const failing = preview.ask({ ...KNOWN, base: "a" }, [edit("4")]);
  answers[2].reject(new TypeError("no line"));
  await failing;
  assert.equal(preview.of("a", [edit("4")]), null);
});
