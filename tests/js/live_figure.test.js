import assert from "node:assert/strict";
import { test } from "node:test";

import { beforeTraces, faded, frame, layout, traces, withLegend } from "../../assets/js/live_figure.js";
import { ACCURACY, LOSS } from "./declared.js";
import { append, empty } from "../../assets/js/timeline.js";

const palette = { text: "#111111", muted: "#666666", grid: "#eeeeee", surface: "#ffffff", font: "sans-serif", train: "#a8418a", test: "#00806a" };
const settings = { axis: "epoch", log: false, smoothing: 0.5, hidden: [] };
const METRICS = [LOSS, ACCURACY];
const view = { metrics: METRICS, width: 400, range: null };

function run(steps) {
  const numbers = Array.from({ length: steps }, (_, row) => row + 1);
  return append(empty(), {
    batch: { step: numbers, epoch: numbers.map((step) => step / 10), seconds: numbers.map((step) => step / 100), train_loss: numbers.map((step) => 1 / step) },
    evaluated: {
      step: [0, steps], epoch: [0, steps / 10], seconds: [0, steps / 100], train_loss: [2, 1], test_loss: [2.1, 1.2],
      train_accuracy: [0.1, 0.9], test_accuracy: [0.1, 0.8],
    },
  });
}

test("the axis decides which column lies on x", () => {
  for (const axis of ["epoch", "step", "seconds"]) {
    const series = run(20);
    const made = traces(series, { ...settings, axis }, palette, view);
    assert.deepEqual(made[0].x, series.batch[axis]);
    assert.deepEqual(made[3].x, series.evaluated[axis]);
  }
});

test("training and test keep their color in both halves", () => {
  const made = traces(run(20), settings, palette, view);
  assert.equal(made.length, 6);
  for (const trace of made.filter(({ name }) => name.startsWith("test"))) assert.equal(trace.line.color, palette.test);
  for (const trace of made.filter(({ name }) => name.startsWith("training"))) assert.equal(trace.line.color, palette.train);
  assert.deepEqual(made.filter(({ yaxis }) => yaxis === "y2").map(({ y }) => y), [[0.1, 0.9], [0.1, 0.8]]);
});

test("without an accuracy there is one plot, over the whole height", () => {
  assert.ok(traces(run(20), settings, palette, { ...view, metrics: [LOSS] }).every(({ yaxis }) => yaxis === "y"));
  const flat = layout(settings, palette, { metrics: [LOSS], height: 300, revision: "a", zoom: true });
  assert.deepEqual(flat.yaxis.domain, [0, 1]);
  assert.equal(flat.yaxis2, undefined);
  assert.equal(flat.xaxis.anchor, "y");
});

test("a chart without a visible point shows its whole range", () => {
  const series = run(20);
  for (const [name, shown] of [["train", settings], ["test", { ...settings, hidden: ["train", "test"] }]]) {
    const lines = traces(name === "train" ? { ...series, evaluated: empty().evaluated } : series, shown, palette, view);
    const figure = layout(shown, palette, { metrics: METRICS, height: 300, revision: "a", zoom: true });
    frame(figure, lines);
    assert.equal(figure.yaxis.range, undefined);
    assert.deepEqual(figure.yaxis2.range, [0, 1]);
    assert.equal(figure.yaxis2.showticklabels, undefined);
  }
});

test("a long run is thinned to what the width can show, more finely where the reader zooms in", () => {
  const series = run(50_000);
  const all = traces(series, settings, palette, view)[0].x;
  assert.ok(all.length <= 4 * 100);
  const part = traces(series, settings, palette, { ...view, range: [1000, 1010] })[0].x;
  assert.equal(part.length, 102); // 999.9, the neighbor on the left, to 1010.0, which lies on the bound itself
});

test("hidden keys hide their curves in both halves", () => {
  const made = traces(run(20), { ...settings, hidden: ["test"] }, palette, view);
  assert.deepEqual(made.map(({ visible }) => visible), [true, true, true, false, true, false]);
});

test("a zoom lasts as long as its revision, a logarithm is an axis type", () => {
  const made = layout({ ...settings, log: true }, palette, { metrics: METRICS, height: 300, revision: "w1 epoch true", zoom: false });
  assert.equal(made.uirevision, "w1 epoch true");
  assert.equal(made.yaxis.type, "log");
  assert.equal(made.dragmode, false);
});

test("a faded color keeps its hue", () => assert.equal(faded("#a8418a", 0.25), "rgba(168,65,138,0.25)"));

test("a metric of its own chart gets its own axis, one in a chart with others its own dashes", () => {
  const whole = { ...ACCURACY, name: "whole", title: "whole sequences" };
  const perplexity = { ...LOSS, name: "perplexity", title: "perplexity", chart: "perplexity", every_step: false, splits: ["test"] };
  const series = append(run(20), { evaluated: { step: [21], epoch: [2.1], seconds: [0.21], train_whole: [0.3], test_whole: [0.2], test_perplexity: [7] } });
  const metrics = [LOSS, ACCURACY, whole, perplexity];
  const made = traces(series, settings, palette, { ...view, metrics });
  assert.deepEqual(made.map(({ name, yaxis }) => [name, yaxis]), [
    ["each batch", "y"], ["batches", "y"], ["training loss", "y"], ["test loss", "y"], ["training accuracy", "y2"], ["test accuracy", "y2"],
    ["training whole sequences", "y2"], ["test whole sequences", "y2"], ["test perplexity", "y3"],
  ]);
  assert.deepEqual(made.at(-1).y, [null, null, 7]);
  assert.notEqual(made[7].line.dash, made[5].line.dash);
  const figure = layout(settings, palette, { metrics, height: 300, revision: "a", zoom: true });
  const domains = [figure.yaxis, figure.yaxis2, figure.yaxis3].map(({ domain }) => domain);
  for (const [[low, high], [, above]] of domains.slice(1).map((domain, row) => [domain, [0, domains[row][0]]])) assert.ok(0 <= low && low < high && high < above);
  assert.equal(figure.xaxis.anchor, "y3");
  assert.deepEqual([figure.yaxis, figure.yaxis2, figure.yaxis3].map(({ title, tickformat }) => [title.text, tickformat]), [
    ["loss", undefined], ["accuracy", ".0%"], ["perplexity", undefined],
  ]);
});

test("two charts divide the height as they always did", () => {
  const figure = layout(settings, palette, { metrics: METRICS, height: 300, revision: "a", zoom: true });
  assert.deepEqual([figure.yaxis.domain, figure.yaxis2.domain], [[0.5, 1], [0, 0.44]]);
  assert.equal(figure.xaxis.anchor, "y2");
});

const BASELINES = { loss: { title: "best fixed guess", value: 0.69 }, accuracy: { title: "guessing “cat”", value: 0.8 } };

test("a dashed line shows what each metric must beat, with its name", () => {
  const figure = layout(settings, palette, { metrics: METRICS, height: 300, revision: "a", zoom: true, baselines: BASELINES });
  assert.deepEqual(figure.shapes.map(({ yref, y0, y1, line }) => [yref, y0, y1, line.dash]), [["y", 0.69, 0.69, "dash"], ["y2", 0.8, 0.8, "dash"]]);
  assert.deepEqual(figure.annotations.map(({ yref, y, text }) => [yref, y, text]), [["y", 0.69, "best fixed guess: 0.690"], ["y2", 0.8, "guessing “cat”: 80.0 %"]]);
});

test("there is room for the name of a baseline above the curves", () => {
  const figure = layout(settings, palette, { metrics: METRICS, height: 300, revision: "a", zoom: true, baselines: BASELINES });
  assert.ok(figure.yaxis.autorangeoptions.include[1] > 1.05 * 0.69);
});

test("on a logarithmic axis the name stays at its line, and nothing is drawn at zero", () => {
  const log = { ...settings, log: true };
  const view = { metrics: METRICS, height: 300, revision: "a", zoom: true };
  assert.equal(layout(log, palette, { ...view, baselines: BASELINES }).annotations[0].y, Math.log10(0.69));
  const none = layout(log, palette, { ...view, baselines: { loss: { title: "best fixed guess", value: 0 } } });
  assert.deepEqual([none.shapes, none.annotations], [[], []]);
  assert.deepEqual(layout(log, palette, view).shapes, []);
});

test("the best evaluation of a run that got worse after it is marked when it is over", () => {
  const series = run(20);
  Object.assign(series.evaluated, { step: [0, 5, 10, 15, 20], epoch: [0, 0.5, 1, 1.5, 2], test_loss: [2, 1, 1.2, null, 1.5] });
  const marked = (more) => traces(series, settings, palette, { ...view, ...more }).filter(({ name }) => name === "best");
  assert.deepEqual(marked({ over: false }), []);
  const [best] = marked({ over: true });
  assert.deepEqual([best.x, best.y, best.yaxis, best.text], [[0.5], [1], "y", ["best test loss 1.00, epoch 0.5"]]);
  series.evaluated.test_loss = [2, 1.8, 1.5, 1.2, 1];
  assert.deepEqual(marked({ over: true }), []);
});

test("in the legend of an image each key and each earlier run stands once, and nothing hidden", () => {
  const earlier = { name: "dropout 0.5", color: "#4a6fa5", metrics: ["loss", "accuracy"], columns: run(4).evaluated };
  const named = (hidden) => {
    const all = [...traces(run(20), { ...settings, hidden }, palette, view), ...beforeTraces(earlier, METRICS, { ...settings, hidden })];
    return withLegend(all).filter(({ showlegend }) => showlegend).map(({ name }) => name);
  };
  assert.deepEqual(named([]), ["batches", "training", "test", "training, dropout 0.5", "test, dropout 0.5"]);
  assert.deepEqual(named(["train"]), ["batches", "test", "test, dropout 0.5"]);
});
