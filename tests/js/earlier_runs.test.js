import assert from "node:assert/strict";
import { test } from "node:test";

import { assignColors, fileName, forgotten } from "../../assets/js/earlier_runs.js";
import { layout, traces } from "../../assets/js/live_figure.js";
import { empty } from "../../assets/js/timeline.js";
import { ACCURACY, LOSS } from "./declared.js";

const palette = { text: "#111111", muted: "#666666", grid: "#eeeeee", surface: "#ffffff", font: "sans-serif", train: "#a8418a", test: "#00806a" };
const settings = { axis: "epoch", log: false, smoothing: 0.5, hidden: [] };
const numbers = (count, of) => Array.from({ length: count }, (_, row) => of(row));
const columns = (count) => ({
  step: numbers(count, (row) => 10 * row), epoch: numbers(count, (row) => row), seconds: numbers(count, (row) => row / 10),
  test_loss: numbers(count, (row) => 1 / (row + 1)), test_accuracy: numbers(count, (row) => row / count),
});
const drawn = (run, more) => traces(empty(), { ...settings, ...more }, palette, { metrics: [LOSS, ACCURACY], width: 400, range: null, earlier: [run] }).filter(({ name }) => name.startsWith(run.name));

test("a run keeps its color while it is listed, and no two have the same", () => {
  const colors = new Map();
  assignColors(colors, ["a", "b", "c"]);
  const [first, second] = [colors.get("a"), colors.get("b")];
  assignColors(colors, ["d", "b", "a"]);
  assert.deepEqual([colors.get("a"), colors.get("b")], [first, second]);
  assignColors(colors, ["d", "b", "a", "e", "f"]);
  assert.equal(new Set(colors.values()).size, 5);
  assert.ok(!colors.has("c"));
});

test("after a reload, the runs that the page no longer has are asked for", () => {
  assert.deepEqual(forgotten(["a", "b", "c"], ["b"]), ["a", "c"]);
  assert.deepEqual(forgotten([], ["b"]), []);
});

test("a file is named after what differs, as every file system allows", () => {
  assert.equal(fileName("curves dropout 0.5"), "curves dropout 0.5");
  assert.equal(fileName("curves residual(conv 8 | relu)/..\\:*"), "curves residual(conv 8 relu) ..");
  assert.equal(fileName("///"), "curves");
});

test("an earlier run is drawn on the test set, in its own color", () => {
  const made = drawn({ name: "dropout 0.5", color: "#4a6fa5", metrics: ["loss", "accuracy"], columns: columns(4) });
  assert.deepEqual(made.map(({ name, yaxis, y }) => [name, yaxis, y]), [
    ["dropout 0.5: test loss", "y", [1, 1 / 2, 1 / 3, 1 / 4]], ["dropout 0.5: test accuracy", "y2", [0, 0.25, 0.5, 0.75]],
  ]);
  assert.equal(made[0].line.color, "rgba(74,111,165,0.7)");
  assert.deepEqual(made[0].x, [0, 1, 2, 3]);
});

test("an earlier run follows the axis and the legend, and only comparable metrics are drawn", () => {
  const run = { name: "MSE", color: "#4a6fa5", metrics: ["accuracy"], columns: columns(4) };
  const [accuracy, ...more] = drawn(run, { axis: "step", hidden: ["test"] });
  assert.deepEqual([accuracy.name, accuracy.x, accuracy.visible], ["MSE: test accuracy", [0, 10, 20, 30], false]);
  assert.deepEqual(more, []);
});

test("of a long run at most 500 points are drawn", () => {
  const [loss] = drawn({ name: "long", color: "#4a6fa5", metrics: ["loss"], columns: columns(4000) });
  assert.ok(loss.x.length <= 500);
  assert.equal(loss.x[0], 0);
  assert.equal(loss.x.at(-1), 3999);
});

test("the layout has no lines of a run without baselines", () => {
  assert.deepEqual(layout(settings, palette, { metrics: [LOSS], height: 300, revision: "a", zoom: true }).annotations, []);
});
