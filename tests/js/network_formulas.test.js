/** Lists of formulas: read, written by hand, and the common ones that an input offers. */

import assert from "node:assert/strict";
import test from "node:test";

import { image, sequence, symbols, vector } from "./tensors.js";
import { joined, legend, listed, offered, plain, pretty, toggled } from "../../assets/js/network_formulas_model.js";

const COMMON = ["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"];

test("a text is a list of formulas, and back", () => {
  assert.deepEqual(listed(" x1,x2 ^ 2, ,sin(x1) ,"), ["x1", "x2 ^ 2", "sin(x1)"]);
  assert.deepEqual(listed(""), []);
  assert.deepEqual(listed(joined(COMMON)), COMMON);
});

test("formulas are shown as they are written by hand", () => {
  assert.deepEqual(COMMON.map(pretty), ["x₁", "x₂", "x₁²", "x₂²", "x₁x₂", "sin x₁", "sin x₂"]);
  assert.equal(pretty("x12"), "x₁₂");
  assert.equal(legend(["petal length", "petal width"]), "x₁\u00a0petal length · x₂\u00a0petal width");
  assert.equal(legend([]), "");
});

test("an input offers what it has the features for, and one with many features nothing", () => {
  assert.deepEqual(offered(COMMON, vector(2)), COMMON);
  assert.deepEqual(offered(COMMON, vector(1)), ["x1", "x1^2", "sin(x1)"]);
  assert.deepEqual(offered(COMMON, sequence(9, 2)), COMMON);
  for (const tensor of [vector(3), image(1, 28, 28), symbols(9, 5), null]) assert.deepEqual(offered(COMMON, tensor), []);
});

test("a formula is added at the end, or taken away", () => {
  assert.deepEqual(toggled(["x1", "x2"], "x1^2"), ["x1", "x2", "x1^2"]);
  assert.deepEqual(toggled(["x1", "x2"], "x1"), ["x2"]);
  assert.deepEqual(toggled(["x1"], "x1"), []);
});

test("the features of points are named; other inputs get no row of buttons", () => {
  assert.deepEqual(plain(vector(2)), ["x1", "x2"]);
  assert.deepEqual(plain(vector(1)), ["x1"]);
  for (const tensor of [vector(3), sequence(9, 2), image(1, 28, 28), symbols(9, 5)]) assert.deepEqual(plain(tensor), []);
});
