/** The list of runs: searched, filtered, ordered and described. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { ago, chosen, continuable, deletion, moves, path, resultText, shape, stateText } from "../../assets/js/my_runs_model.js";

const accuracy = (value) => ({ title: "test accuracy", format: "percent", better: "higher", value });
const error = (value) => ({ title: "test MSE", format: "number", better: "lower", value });
const row = (id, more = {}) => ({ id, name: id, summary: "Circle · dense 4 | tanh · SGD", created: 0, deleted: null, state: "finished", message: "", epoch: 5, epochs: 5, seconds: 1, result: null, sparkline: [], queue_position: null, ...more });
const ids = (rows, choice) => chosen(rows, { text: "", state: "all", order: "newest", ...choice }).map(({ id }) => id);

test("every word of a search occurs in name, summary or state", () => {
  const rows = [row("a", { created: 2, name: "Best so far" }), row("b", { created: 1, state: "failed" })];
  assert.deepEqual(ids(rows, { text: "" }), ["a", "b"]);
  assert.deepEqual(ids(rows, { text: "TANH best" }), ["a"]);
  assert.deepEqual(ids(rows, { text: "fail circle" }), ["b"]);
  assert.deepEqual(ids(rows, { text: "lstm" }), []);
});

test("states are filtered, and states of later versions are among all of them", () => {
  const rows = [row("a", { state: "running" }), row("b", { state: "diverged" }), row("c", { state: "of a later version" })];
  assert.deepEqual(ids(rows, { state: "going" }), ["a"]);
  assert.deepEqual(ids(rows, { state: "ended" }), ["b"]);
  assert.deepEqual(ids(rows, { state: "all" }).length, 3);
});

test("results are ordered within their metric by what is better, runs without one last", () => {
  const rows = [row("none"), row("low", { result: accuracy(0.5) }), row("far", { result: error(2) }), row("near", { result: error(1) }), row("high", { result: accuracy(0.9) })];
  assert.deepEqual(ids(rows, { order: "result" }), ["high", "low", "near", "far", "none"]);
  assert.deepEqual(ids([row("b", { seconds: null }), row("a", { seconds: 3 })], { order: "longest" }), ["a", "b"]);
  assert.deepEqual(ids([row("run 10"), row("run 9")], { order: "name" }), ["run 9", "run 10"]);
});

test("a sparkline is drawn from left to right, low values below, with gaps", () => {
  assert.equal(path([], 100, 20), "");
  assert.equal(path([100, 0], 100, 20), "M0.0,0.0L100.0,20.0");
  assert.equal(path([100, null, 50], 100, 20), "M0.0,0.0M100.0,10.0");
  assert.equal(shape([100, 50, 0]), "Loss: fell");
  assert.equal(shape([50, 0, 100]), "Loss: rose, was lower before");
  assert.equal(shape(null), "Loss: no curve yet");
});

test("states, results and times are said in words", () => {
  assert.equal(stateText(row("a", { state: "running", epoch: 3.7, epochs: 20 })), "epoch 3 of 20");
  assert.equal(stateText(row("a", { state: "queued", queue_position: 2 })), "waiting, number 2");
  assert.equal(stateText(row("a", { state: "diverged" })), "diverged");
  assert.equal(resultText(row("a", { result: accuracy(0.9714) })), "97.1 %");
  assert.equal(resultText(row("a")), "–");
  assert.deepEqual([30, 90, 3700, 90_000, 400_000].map((seconds) => ago(0, seconds)), ["just now", "1 min ago", "1 h ago", "1 day ago", "4 days ago"]);
  assert.equal(ago(50, 0), "just now"); // a clock that was set back
});

test("what moves is looked at, and what rests can be continued", () => {
  assert.deepEqual(["queued", "starting", "running", "paused", "finished", "failed", "refused"].map((state) => moves(row("a", { state }))), [true, true, true, false, false, false, false]);
  assert.deepEqual(["paused", "interrupted", "failed", "refused", "finished", "running"].map((state) => continuable(row("a", { state }))), [true, true, true, false, false, false]);
});

test("a deletion says what is deleted and what is ended first", () => {
  assert.equal(deletion([row("a", { name: "mine" })]).title, "Delete “mine”?");
  assert.match(deletion([row("a", { state: "running" }), row("b")]).text, /1 of them has not ended yet and will be stopped first/);
  assert.equal(deletion([row("a"), row("b")]).title, "Delete 2 runs?");
});
