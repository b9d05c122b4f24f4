import assert from "node:assert/strict";
import { test } from "node:test";

import { assignColors, fileName, forgotten } from "../../assets/js/earlier_runs.js";
import { placed } from "../../assets/js/earlier_curves.js";
import { beforePaths, frame, layout } from "../../assets/js/live_figure.js";
import { empty } from "../../assets/js/timeline.js";
import { ACCURACY, LOSS } from "./declared.js";

const palette = { text: "#111111", muted: "#666666", grid: "#eeeeee", surface: "#ffffff", font: "sans-serif", train: "#a8418a", test: "#00806a" };
const settings = { axis: "epoch", log: false, smoothing: 0.5, hidden: [] };
const numbers = (count, of) => Array.from({ length: count }, (_, row) => of(row));
const columns = (count) => ({
  step: numbers(count, (row) => 10 * row), epoch: numbers(count, (row) => row), seconds: numbers(count, (row) => row / 10),
  test_loss: numbers(count, (row) => 1 / (row + 1)), train_loss: numbers(count, (row) => 1 / (row + 2)), test_accuracy: numbers(count, (row) => row / count),
});
const drawn = (run, more) => beforePaths(run, [LOSS, ACCURACY], { ...settings, ...more });

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

test("an earlier run is drawn in its own color, on the training set thinner", () => {
  const made = drawn({ name: "dropout 0.5", color: "#4a6fa5", metrics: ["loss", "accuracy"], columns: columns(4) });
  assert.deepEqual(made.map(({ name, axis, path }) => [name, axis, path]), [
    ["dropout 0.5: training loss", "yaxis", `M0,0.5L1,${1 / 3}L2,0.25L3,0.2`],
    ["dropout 0.5: test loss", "yaxis", `M0,1L1,0.5L2,${1 / 3}L3,0.25`], ["dropout 0.5: test accuracy", "yaxis2", "M0,0L1,0.25L2,0.5L3,0.75"],
  ]);
  assert.deepEqual(made.slice(0, 2).map(({ color, width }) => [color, width]), [["rgba(74,111,165,0.45)", 1], ["rgba(74,111,165,0.7)", 1.5]]);
});

test("before a run has points, the axes are those of the earlier runs", () => {
  const run = { name: "long", color: "#4a6fa5", metrics: ["loss", "accuracy"], columns: columns(4) };
  for (const [log, range] of [[false, [0, 1.05]], [true, [Math.log10(0.2), 0]]]) {
    const figure = layout({ ...settings, log }, palette, { metrics: [LOSS, ACCURACY], height: 300, revision: "a", zoom: true, earlier: [run] });
    frame(figure, [], true);
    assert.deepEqual([figure.xaxis.range, figure.yaxis.range, figure.yaxis2.range], [[0, 3], range, [0, 1]]);
    assert.deepEqual([figure.xaxis, figure.yaxis].map(({ showticklabels }) => showticklabels), [undefined, undefined]);
  }
  const nothing = layout(settings, palette, { metrics: [LOSS], height: 300, revision: "a", zoom: true, earlier: [] });
  frame(nothing, [], true);
  assert.deepEqual([nothing.xaxis.range, nothing.xaxis.showticklabels, nothing.yaxis.showticklabels], [[0, 1], false, false]);
});

test("an earlier run follows the axis and the legend, and only comparable metrics are drawn", () => {
  const run = { name: "MSE", color: "#4a6fa5", metrics: ["accuracy"], columns: columns(4) };
  const [accuracy, ...more] = drawn(run, { axis: "step", hidden: ["test"] });
  assert.deepEqual([accuracy.name, accuracy.path, accuracy.visible], ["MSE: test accuracy", "M0,0L10,0.25L20,0.5L30,0.75", false]);
  assert.deepEqual(more, []);
});

test("gaps stay gaps, and what a logarithmic axis cannot show is one", () => {
  const run = { name: "long", color: "#4a6fa5", metrics: ["loss"], columns: { ...columns(4), test_loss: [1, null, 0, 2] } };
  const [, tested] = drawn(run);
  assert.equal(tested.path, "M0,1M2,0L3,2");
  assert.equal(drawn(run, { log: true })[1].path, `M0,0M3,${Math.log10(2)}`);
  assert.deepEqual(drawn({ ...run, columns: empty().evaluated }), []);
});

test("of a long run at most 500 points are drawn", () => {
  const [, { path }] = drawn({ name: "long", color: "#4a6fa5", metrics: ["loss"], columns: columns(4000) });
  assert.ok(path.split("L").length <= 500);
  assert.ok(path.startsWith("M0,1L") && path.endsWith(`L3999,${1 / 4000}`));
});

test("the axes include earlier runs, and their curves follow the axes", () => {
  const run = { name: "long", color: "#4a6fa5", metrics: ["loss"], columns: columns(4) };
  const view = { metrics: [LOSS, ACCURACY], height: 300, revision: "a", zoom: true, earlier: [run] };
  const figure = layout(settings, palette, view);
  assert.deepEqual([figure.xaxis, figure.yaxis].map(({ autorangeoptions }) => autorangeoptions.include), [[0, 3], [0.2, 1]]);
  assert.deepEqual(layout({ ...settings, hidden: ["train"] }, palette, view).yaxis.autorangeoptions.include, [0.25, 1]);
  assert.deepEqual(layout({ ...settings, hidden: ["train", "test"] }, palette, view).yaxis.autorangeoptions, {});

  const { x, y, width, height, matrix: [across, , , up, right, down] } = placed(
    { ...figure, width: 362, xaxis: { range: [0, 3] }, yaxis2: { domain: [0, 0.5], range: [0, 2] } }, "yaxis2");
  assert.deepEqual([x, y, width, height], [52, 8 + 128, 300, 128]);
  assert.deepEqual([3 * across + right, 2 * up + down, 0 * up + down], [300, 0, 128]);
});

test("the layout has no lines of a run without baselines", () => {
  assert.deepEqual(layout(settings, palette, { metrics: [LOSS], height: 300, revision: "a", zoom: true }).annotations, []);
});
