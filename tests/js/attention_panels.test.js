/** The panels below the maps: the arithmetic and the comparison in words, and what is asked once. */

import assert from "node:assert/strict";
import test from "node:test";

import { maskText, products, short, softmaxText, sumText } from "../../assets/js/attention_arithmetic_model.js";
import { agreement, attentionText, attributionText, relative } from "../../assets/js/attention_beside_model.js";
import { asking } from "../../assets/js/attention_panel.js";

test("vectors are shortened, products written out", () => {
  assert.equal(short([0.5, -1.25]), "(0.500, −1.25)");
  assert.equal(short([1, 2, 3, 4, 5]), "(1.00, 2.00, 3.00, 4.00, …)");
  assert.equal(products([0.5, -1], [-2, 3]), "0.500 · (−2.00) + (−1.00) · 3.00");
  assert.match(products([1, 2, 3, 4, 5], [1, 2, 3, 4, 5]), / \+ …$/);
});

test("mask, softmax and sum are described with their numbers", () => {
  assert.equal(maskText({ causal: true, hidden: 3, steps: 5 }, "was"), "Mask: this layer is causal, so the 3 tokens after “was” get the score −∞.");
  assert.match(maskText({ causal: true, hidden: 0, steps: 5 }, "was"), /last token/);
  assert.match(maskText({ causal: false, hidden: 0, steps: 5 }, "was"), /sees all 5/);
  assert.match(softmaxText({ highest: -2.1, total: 1.5 }), /score − \(−2.10\), the highest.*1.50/);
  const listed = [0.1, 0.6, 0.3, 0].map((weight, token) => ({ token, weight, seen: token < 3 }));
  assert.equal(sumText({ listed }, (step) => "abcd"[step]), "sum = 0.600 · v(b) + 0.300 · v(c) + 0.100 · v(a) + …");
});

test("a comparison is put into words", () => {
  assert.deepEqual(relative([1, -4, 0]), [0.25, -1, 0]);
  assert.deepEqual(relative([0, 0]), [0, 0]);
  assert.match(agreement(0.857, 20), /ρ = 0.857 \(strong\)/);
  assert.match(agreement(-0.6, 5), /moderate, and opposite, though of only 5 parts/);
  assert.match(agreement(null, 20), /none/);
  const beside = { layer: "network[2]", head: 1, from: 0, elsewhere: 0.25, method: "saliency", methods: [["saliency", "Saliency"]], answer: 3, target: 1, classes: ["a", "b"], delta: null };
  assert.equal(attentionText(beside, "3 Block", () => "x"), "3 Block, head 2, from “x”. 25.0 % goes to the class token, which is no part of the input.");
  assert.match(attentionText({ ...beside, layer: "rollout", from: null, elsewhere: 0 }, "3 Block", () => "x"), /^Rollout over all layers, mean over all tokens\.$/);
  assert.equal(attributionText(beside, () => "x"), "Saliency, for “b” at “x”.");
});

test("a question is asked once, and a panel that goes does not end that of its successor", () => {
  const calls = [];
  const session = { ask: (name, more) => calls.push(["ask", name, more.token]), stop: (name) => calls.push(["stop", name]) };
  const first = asking(() => session);
  first("arithmetic", { token: 1 });
  first("arithmetic", { token: 1 });
  first("arithmetic", { token: 2 });
  first("beside", null);
  assert.deepEqual(calls, [["ask", "arithmetic", 1], ["ask", "arithmetic", 2]]);
  const second = asking(() => session);
  second("arithmetic", { token: 3 });
  first.end();
  assert.deepEqual(calls.slice(2), [["ask", "arithmetic", 3]]);
  second.end();
  assert.deepEqual(calls.slice(3), [["stop", "arithmetic"]]);
});
