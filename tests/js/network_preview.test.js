import assert from "node:assert/strict";
import test from "node:test";

import { askable, previews, serves } from "../../assets/js/network_preview.js";

const edit = (nonce, op = "set") => ({ nonce, op });

test("only the page knows what was, and remedies", () => {
  assert.equal(askable("token", [edit("1"), edit("2", "add")]), true);
  for (const op of ["undo", "redo", "fix"]) assert.equal(askable("token", [edit("1"), edit("2", op)]), false);
  assert.equal(askable("token", []), false);
  assert.equal(askable("", [edit("1")]), false);
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
  const asks = [preview.ask("a", [edit("1")]), preview.ask("a", [edit("1"), edit("2")])];
  answers[1].resolve({ json: async () => ({ state: { layers: ["new"] } }) });
  answers[0].resolve({ json: async () => ({ state: { layers: ["old"] } }) });
  assert.deepEqual(await Promise.all(asks), [false, true]);
  assert.equal(told, 1);
  assert.deepEqual(preview.of("a", [edit("1"), edit("2"), edit("3")]), { state: { layers: ["new"] }, count: 2 });
  const failing = preview.ask("a", [edit("4")]);
  answers[2].reject(new TypeError("no line"));
  await failing;
  assert.equal(preview.of("a", [edit("4")]), null);
});
