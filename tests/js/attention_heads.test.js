/** Cut heads: ranking, changes and verdicts; measurements that are followed until they are done; who asks what. */

import assert from "node:assert/strict";
import test from "node:test";

import { bothShares, changeText, existing, measured, metricText, ranked, toggled, verdict } from "../../assets/js/attention_heads_model.js";
import { Measurement } from "../../assets/js/attention_measurement.js";

const ACCURACY = { name: "accuracy", title: "accuracy", format: "percent", better: "higher" };
const LOSS = { name: "loss", title: "loss", format: "number", better: "lower" };
const CUTS = [
  { heads: [], title: "", metrics: { accuracy: 0.9, loss: 0.3 } },
  { heads: [["a", 0]], title: "A, head 1", metrics: { accuracy: 0.92, loss: 0.4 } },
  { heads: [["a", 1]], title: "A, head 2", metrics: { accuracy: 0.5, loss: 0.35 } },
  { heads: [["b", 0]], title: "B, head 1", metrics: { accuracy: 0.9, loss: null } },
];
const EFFECTS = { examples: 10, of: 20, metrics: [LOSS, ACCURACY], cuts: CUTS };

test("the heads that the metric needs most lead", () => {
  const order = (metric) => ranked(EFFECTS, metric).map(({ title, loss, share }) => [title, loss && Math.round(1000 * loss) / 1000, Math.round(100 * share) / 100]);
  assert.deepEqual(order(ACCURACY), [["A, head 2", 0.4, 1], ["B, head 1", 0, 0], ["A, head 1", -0.02, 0.05]]);
  assert.deepEqual(order(LOSS), [["B, head 1", null, 1], ["A, head 1", 0.1, 1], ["A, head 2", 0.05, 0.5]]);
});

test("a head is cut and restored, and heads that a network does not have are left out", () => {
  assert.deepEqual(toggled([], ["a", 1]), [["a", 1]]);
  assert.deepEqual(toggled([["a", 1], ["b", 0]], ["a", 1]), [["b", 0]]);
  assert.deepEqual(existing([["a", 1], ["a", 2], ["c", 0]], [{ path: "a", heads: 2 }]), [["a", 1]]);
  assert.deepEqual(measured(EFFECTS, "loss", [["a", 1]]), { before: 0.3, after: 0.35 });
});

test("changes have a sign and a unit", () => {
  assert.equal(changeText(ACCURACY, 0.9, 0.813), "−8.7 points");
  assert.equal(changeText(LOSS, 0.3, 0.513), "+0.213");
  assert.equal(changeText(ACCURACY, 0.9, 0.9), "no change");
  assert.equal(changeText(ACCURACY, 0.9, 0.90001), "no change");
  assert.equal(changeText(LOSS, 0.3, null), "not a number");
  assert.equal(metricText(ACCURACY, 0.5), "50.0 %");
});

test("a prediction changes or stays", () => {
  const of = (label, likeliest) => ({ form: "class", label, likeliest });
  assert.deepEqual(verdict(of("praise"), of("complaint")), { changed: true, text: "The answer changes from “praise” to “complaint”." });
  assert.equal(verdict(of("praise"), of("praise")).changed, false);
  assert.equal(verdict({ form: "steps", labels: ["1", "2", "3"] }, { form: "steps", labels: ["1", "3", "3"] }).text, "1 of 3 answers change.");
  assert.equal(verdict({ form: "values", values: [1] }, { form: "values", values: [2] }).changed, true);
  assert.deepEqual(bothShares(of("a", [["a", 0.9], ["b", 0.1]]), of("c", [["c", 0.95], ["a", 0.05]]), 2), [["c", 0, 0.95], ["a", 0.9, 0.05]]);
});

/** A session with one answer or error. */
const said = (header) => ({ errors: new Map(header.error ? [["worth", header]] : []), answers: new Map(header.error ? [] : [["worth", { header }]]) });

test("a measurement is followed until it is done", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [];
  const measurement = new Measurement("worth", (_, more) => asked.push(more));
  measurement.start([["a", 0]]);
  assert.deepEqual([asked[0].key, asked[0].poll, measurement.state], [null, 1, "running"]);
  measurement.receive(said({ key: "k", poll: 1, share: 0.25, step: 7 }));
  context.mock.timers.tick(1000);
  assert.deepEqual([asked[1].key, asked[1].poll, measurement.share], ["k", 2, 0.25]);
  measurement.receive(said({ error: "Type something.", empty: true }));
  context.mock.timers.tick(1000);
  assert.equal(asked[2].key, "k");
  measurement.receive(said({ key: "k", poll: 3, share: null, step: 9, ...EFFECTS }));
  assert.deepEqual([measurement.state, measurement.step, measurement.effects.cuts], ["done", 7, CUTS]);
  context.mock.timers.tick(1000);
  assert.equal(asked.length, 3);
});

test("answers to an earlier measurement do not count, and a lost one starts again", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const asked = [];
  const measurement = new Measurement("worth", (_, more) => asked.push(more));
  measurement.start([["a", 0]]);
  measurement.start([["a", 1]]);
  measurement.receive(said({ key: "old", poll: 1, share: null, step: 1, ...EFFECTS }));
  assert.equal(measurement.state, "running");
  measurement.receive(said({ key: null, poll: 2 }));
  assert.deepEqual([asked.length, asked[2].key, asked[2].heads], [3, null, [["a", 1]]]);
  measurement.receive(said({ error: "The test examples are not here." }));
  assert.deepEqual([measurement.state, measurement.error], ["failed", "The test examples are not here."]);
  measurement.start(null);
  measurement.stop();
  assert.deepEqual([measurement.state, asked.at(-1).key], ["idle", false]);
});
