import assert from "node:assert/strict";
import test from "node:test";

import { bytes, explained, facts, memoryParts, summary, work } from "../../assets/js/network_help.js";
import { wrongPart } from "../../assets/js/network_text.js";

import { image, vector } from "./tensors.js";

const row = { parameters: 160, trainable: 160, flops: 225_792, kept_bytes: 0, tensor_out: image(16, 28, 28) };

test("bytes have three digits", () => {
  assert.deepEqual([0, 999, 1000, 50_176, 1_024_000, 20_100_000_000].map(bytes), ["0 B", "999 B", "1.00 kB", "50.2 kB", "1.02 MB", "20.1 GB"]);
});

test("a layer's costs are named where it has any", () => {
  assert.equal(work(row), "226 k FLOPs");
  assert.equal(work({ ...row, flops: 0, kept_bytes: 50_176 }), "50.2 kB");
  assert.equal(work({ ...row, kept_bytes: 12 }), "226 k FLOPs · 12 B");
  assert.equal(work(null), "");
});

test("a layer's numbers as sentences", () => {
  assert.equal(facts(row), "Its output is 16 maps of 28×28. It has 160 trainable parameters. It takes 226 k FLOPs (additions and multiplications) per example.");
  assert.match(facts({ ...row, trainable: 0 }), /^Its output is 16 maps of 28×28\. Its parameters are frozen\./);
  assert.equal(facts({ ...row, parameters: 0, trainable: 0, flops: 0, tensor_out: vector(10) }), "Its output is 10 numbers.");
  assert.equal(facts(null), "");
});

test("a network's counts: for beginners without what only others ask for", () => {
  const data = { parameters: 1234, flops: 5_000_000, memory: { total: 2_000_000 } };
  assert.equal(summary(data, 1, true, "beginner"), "1 layer · 1,234 parameters");
  assert.equal(summary(data, 3, true, "advanced"), "3 layers · 1,234 parameters · 5.00 M FLOPs per example · 2.00 MB to train");
  assert.match(summary(data, 3, false, "beginner"), / \(up to the first error\)$/);
});

test("the parts of the memory are all named", () => {
  const told = memoryParts({ batch: 32, total: 1000, weights: 100, gradients: 200, optimizer: 300, activations: 400, by: "Adam" });
  for (const part of ["batches of 32", "1.00 kB", "weights 100 B", "gradients 200 B", "Adam 300 B", "400 B"]) assert.ok(told.includes(part), part);
});

test("only an error of the text has a part of it that is wrong", () => {
  assert.deepEqual(wrongPart({ path: "text[12:17]" }), [12, 17]);
  for (const error of [null, { path: null }, { path: "network[2]" }, { path: "text" }]) assert.equal(wrongPart(error), null);
});

test("all settings that a card shows are explained, in its order", () => {
  const field = (name, more) => ({ name, advanced: false, finer: false, ...more });
  const fields = [field("init", { advanced: true }), field("units"), field("padding", { finer: true })];
  const names = (level) => explained(fields, level).map(({ name }) => name);
  assert.deepEqual(names("beginner"), ["units"]);
  assert.deepEqual(names("advanced"), ["units", "padding", "init"]);
});
