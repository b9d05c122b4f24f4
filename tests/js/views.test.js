import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { test } from "node:test";

import { offered, picked } from "../../assets/js/live_view.js";
import { placeAt, placeBeside } from "../../assets/js/pointing.js";
import { css, diverging, ink, magnitude, mix, rgb } from "../../assets/js/scales.js";
import { axesOf, cellAt, kindOf, mistakes, mistakesText, pointText, reach, sideOf, strongest, summary as boundarySummary } from "../../assets/js/views/plane.js";
import { cellText, numberSize, rowTotals, summary as confusionSummary } from "../../assets/js/views/matrix.js";
import { error, reach as forecastReach, startOf, stepText as forecastText, summary as forecastSummary } from "../../assets/js/views/forecast.js";
import { arranged, isWrong, lengthOf, shortNames, stepText, summary as stepsSummary } from "../../assets/js/views/steps.js";
import { residuals, summary as fitSummary, ticks } from "../../assets/js/views/scatter.js";
import { FORMS } from "../../assets/js/views/index.js";
import { declaredView } from "./declared.js";

const matrix = { values: Float32Array.from([8, 2, 0, 1, 9, 0, 0, 3, 7]), shape: [3, 3], classes: ["zero", "one", "two"] };

test("a confusion matrix in words", () => {
  assert.deepEqual(rowTotals(matrix), [10, 10, 10]);
  assert.equal(confusionSummary(matrix), "24 of 30 test examples correct. Most common mistake: two classified as one (3 times).");
  assert.equal(cellText(matrix, 0, 1), "zero classified as one: 2 of 10 (20.0 %)");
  assert.equal(cellText(matrix, 2, 2), "two correct: 7 of 10 (70.0 %)");
});

test("a matrix without a mistake, and one without examples", () => {
  assert.equal(confusionSummary({ ...matrix, values: Float32Array.from([1, 0, 0, 0, 1, 0, 0, 0, 1]) }), "3 of 3 test examples correct.");
  assert.equal(cellText({ ...matrix, values: new Float32Array(9) }, 0, 1), "zero classified as one: 0 of 0");
});

test("the kind of a boundary", () => {
  assert.equal(kindOf([], 1), "value");
  assert.equal(kindOf(["a", "b"], 1), "binary");
  assert.equal(kindOf(["a", "b"], 2), "binary");
  assert.equal(kindOf(["a", "b", "c"], 3), "classes");
});

test("row 0 of a surface is the smallest x2", () => {
  const surface = { values: Float32Array.from([0.1, 0.2, 0.8, 0.9]), shape: [1, 2, 2], bounds: [-6, 6] };
  assert.equal(cellAt(surface, -5, -5), 0);
  assert.equal(cellAt(surface, 5, -5), 1);
  assert.equal(cellAt(surface, -5, 5), 2);
  assert.equal(cellAt(surface, 6, 6), 3);
  assert.equal(pointText(surface, ["orange", "blue"], ["x₁", "x₂"], 5, 5), "x₁ 5.0, x₂ 5.0: blue 90.0 %");
  assert.equal(pointText(surface, [], ["x₁", "x₂"], 5, -5), "x₁ 5.0, x₂ -5.0: 0.200");
  assert.equal(boundarySummary(surface, ["orange", "blue"]), "orange in 50 % of the plane, blue in 50 % of the plane.");
});

test("of several classes the strongest answers", () => {
  const surface = { values: Float32Array.from([0.2, 0.7, 0.5, 0.2, 0.3, 0.1]), shape: [3, 1, 2], bounds: [-1, 1] };
  assert.equal(strongest(surface, 0).channel, 1);
  assert.equal(strongest(surface, 1).channel, 0);
  assert.equal(pointText(surface, ["a", "b", "c"], ["x₁", "x₂"], -0.5, 0), "x₁ -0.5, x₂ 0.0: b 50.0 %");
});

test("a signed scale reaches as far as the targets do", () => {
  assert.equal(reach(null, [{ x1: [], x2: [], target: [-3, 2] }]), 3);
  assert.equal(reach({ values: Float32Array.from([0.5, -4]) }, []), 4);
  assert.equal(reach(null, []), 1);
});

test("of several pictures the one that was picked is shown, where there is one", () => {
  const [boundary, fit, confusion] = [declaredView("boundary", "plane"), declaredView("fit", "scatter"), declaredView("confusion", "matrix")];
  assert.equal(picked([boundary, fit], "fit"), fit);
  assert.equal(picked([boundary, fit]), boundary);
  assert.equal(picked([confusion], "fit"), confusion);
  assert.equal(picked([], "fit"), undefined);
});

test("residuals agree with their closed forms", () => {
  const fit = { values: Float32Array.from([0, 1, 2, 3, 4, 5]), shape: [3, 2] }; // every answer one too high
  const { rmse, bias, r2 } = residuals(fit);
  assert.equal(rmse, 1);
  assert.equal(bias, 1);
  assert.ok(Math.abs(r2 - (1 - 3 / 8)) < 1e-12); // squares of residuals 3, of deviations 4 + 0 + 4
  assert.equal(fitSummary(fit), "Residuals: root mean square 1.00, mean +1.00; R² 0.625.");
  assert.match(fitSummary({ values: Float32Array.from([0, 2, 2, 0]), shape: [2, 2] }), /R² −3\.000/);
  assert.equal(residuals({ values: Float32Array.from([2, 2, 2, 3]) }).r2, null);
  assert.equal(fitSummary({ values: new Float32Array(0) }), "No test examples.");
});

test("ticks are round and inside", () => {
  assert.deepEqual(ticks(-1, 1, 4), [-1, -0.5, 0, 0.5, 1]);
  assert.deepEqual(ticks(0.3, 9.7), [2, 4, 6, 8]);
});

test("scales end at their colors, and signs never share one", () => {
  const [orange, white, blue] = [rgb("#d9700f"), rgb("rgb(255, 255, 255)"), rgb("#0877bd")];
  const signed = diverging(orange, white, blue);
  assert.deepEqual([signed(-1), signed(0), signed(1)], [orange, white, blue]);
  assert.deepEqual(signed(5), blue);
  assert.deepEqual(magnitude(white, blue)(0.25), mix(white, blue, 0.5));
  assert.equal(css(blue), "rgb(8,119,189)");
});

test("text is dark on light and light on dark", () => {
  assert.equal(ink(rgb("#ffffff")), "#111418");
  assert.equal(ink(rgb("#5546c0")), "#ffffff");
});

test("numbers stand in a confusion matrix only where the longest of them has room and can be read", () => {
  const of = (most) => ({ values: Float32Array.from([most, 0, 1, 2]), shape: [2, 2], classes: ["a", "b"] });
  assert.equal(numberSize(of(3), 40), 12);
  assert.equal(numberSize(of(13), 9), 0);
  assert.equal(numberSize(of(3), 9), 0);
  for (const [most, cell] of [[9, 12], [99, 13], [999, 18], [9999, 30]]) {
    const size = numberSize(of(most), cell);
    assert.ok(size === 0 || (size >= 8 && size * 0.58 * String(most).length <= cell - 3), `${most} in ${cell} px`);
  }
  assert.ok(numberSize(of(99), 13) > 0);
});

test("what a run declares is offered, before that what the page expects, and never a form that is not there", () => {
  const [boundary, fit] = [declaredView("boundary", "plane"), declaredView("fit", "scatter")];
  assert.deepEqual(offered(undefined, [boundary, fit]), [boundary, fit]);
  assert.deepEqual(offered([fit, { ...boundary, shown: false }, declaredView("later", "hologram")], [boundary]), [fit]);
});

test("every file is a form, and every form draws and speaks", () => {
  const files = readdirSync(new URL("../../assets/js/views/", import.meta.url)).map((file) => file.replace(".js", ""));
  assert.deepEqual(Object.keys(FORMS).sort(), files.filter((name) => name !== "index").sort());
  for (const [name, { draw, words, at, beside, pointedWords }] of Object.entries(FORMS)) {
    assert.equal(typeof draw, "function", name);
    assert.equal(typeof words, "function", name);
    assert.equal(new Set([at, beside, pointedWords].map((part) => typeof part)).size, 1, `${name}: pointed at by pointer and by keyboard, or not at all`);
  }
});

test("a matrix is drawn if it has a row for every class", () => {
  assert.equal(FORMS.matrix.fits(matrix), true);
  assert.equal(FORMS.matrix.fits({ ...matrix, classes: ["zero", "one"] }), false);
});

test("cells and places are pointed at with the pointer, and reached with the arrow keys", () => {
  const cells = { left: 10, top: 20, cell: 5, size: 3 };
  assert.deepEqual(FORMS.matrix.at(cells, 24, 21), { row: 0, column: 2 });
  assert.equal(FORMS.matrix.at(cells, 26, 21), null);
  assert.deepEqual(FORMS.matrix.beside(cells, null, [1, 0]), { row: 0, column: 0 });
  assert.deepEqual(FORMS.matrix.beside(cells, { row: 0, column: 2 }, [1, 1]), { row: 1, column: 2 });
  const area = { left: 10, top: 20, side: 120, low: -6, high: 6 };
  assert.deepEqual(placeAt(area, 10, 20), { x1: -6, x2: 6 });
  assert.deepEqual(placeAt(area, 130, 140), { x1: 6, x2: -6 });
  assert.equal(placeAt(area, 9, 20), null);
  assert.deepEqual(placeBeside(area, null, [1, 0]), { x1: 0.5, x2: 0 });
  assert.deepEqual(placeBeside(area, { x1: 6, x2: -6 }, [1, 1]), { x1: 6, x2: -6 });
});

const NONE = NaN;
const series = { shape: [3, 1, 5], values: Float32Array.from([1, 2, 4, 4, 6, NONE, NONE, 3, 4, 5, NONE, NONE, 2, 2, NONE]) };

test("forecasts are measured where there are any, in the units of the series", () => {
  assert.equal(startOf(series), 2);
  assert.ok(Math.abs(error(series, () => series.values.subarray(5, 10)) - Math.sqrt(2 / 3)) < 1e-6);
  assert.equal(forecastSummary(series), "Root mean square error: one step ahead 0.816 (last value repeated: 1.63), free-running over 2 steps 2.00.");
  assert.equal(forecastText(series, ["steps", "Passengers"], 3), "Step 2: Passengers 4.00, one step ahead 4.00, free-running 2.00.");
  assert.equal(forecastText(series, ["steps", "Passengers"], 0), "Step −1: Passengers 1.00.");
  assert.deepEqual(forecastReach(series, 0).map((end) => Number(end.toFixed(2))), [0.75, 6.25]);
});

test("forecasts that run away stay out of the picture, and forecasts that are not numbers are said to be", () => {
  const far = { ...series, values: series.values.map((value, index) => (index >= 10 && Number.isFinite(value) ? 1e9 : value)) };
  assert.ok(forecastReach(far, 0)[1] < 10);
  const diverged = { ...series, values: series.values.map((value, index) => (index < 5 ? value : NaN)) };
  assert.match(forecastSummary(diverged), /diverged/);
  assert.equal(startOf(diverged), 5);
});

const labeled = {
  shape: [3, 2, 3], classes: ["matched", "open", "broken"], symbols: ["(padding)", "(", ")"],
  values: Float32Array.from([1, 2, 2, 1, 1, NONE, 1, 0, 2, 1, 1, NONE, 1, 1, 2, 1, 1, NONE]),
};

test("steps that are wrong are counted and said, and padding is neither", () => {
  assert.equal(stepsSummary(labeled), "Of 5 steps of 2 test examples, 80.0 % are right; 1 of 2 examples without a mistake.");
  assert.equal(isWrong(labeled, 0, 1), true);
  assert.equal(isWrong(labeled, 1, 2), false);
  assert.equal(lengthOf(labeled, 1), 2);
  assert.equal(stepText(labeled, 0, 1), "Example 1, step 2: input ), target matched, predicted open: wrong.");
});

test("classes are shortened so that they stay apart", () => {
  assert.deepEqual(shortNames(["0", "10"]), ["0", "10"]);
  assert.deepEqual(shortNames(["matched", "open", "broken"]), ["m", "o", "b"]);
  assert.deepEqual(shortNames(["even", "eleven"]), ["1", "2"]);
});

test("steps are arranged in lines that fit, and arrow keys reach the one beside", () => {
  const { columns, foot } = arranged(labeled, { width: 62 + 2 + 2 * 17, height: 420 });
  assert.deepEqual(columns.map(({ example, step }) => [example, step]), [[0, 0], [0, 1], [0, 2], [1, 0], [1, 1]]);
  assert.equal(columns[2].x, columns[0].x);
  assert.ok(columns[2].y > columns[0].y && foot > columns[4].y);
  const low = arranged(labeled, { width: 200, height: 90 });
  assert.ok(low.columns.every(({ example }) => example === 0));
  const area = { columns, down: 54 };
  assert.deepEqual(FORMS.steps.beside(area, null, [1, 0]), { example: 0, step: 0 });
  assert.deepEqual(FORMS.steps.beside(area, { example: 0, step: 0 }, [0, 1]), { example: 0, step: 2 });
  assert.deepEqual(FORMS.steps.beside(area, { example: 1, step: 1 }, [1, 0]), { example: 1, step: 1 });
  assert.deepEqual(FORMS.steps.at(area, columns[3].x + 3, columns[3].y + 3), { example: 1, step: 0 });
});

test("a surface on two different axes", () => {
  const surface = { values: Float32Array.from([250_000, 300_000, 350_000, 400_000]), shape: [1, 2, 2], bounds: [100, 500, 0, 0.06] };
  assert.deepEqual(axesOf(surface.bounds), [[100, 500], [0, 0.06]]);
  assert.deepEqual(axesOf([-6, 6]), [[-6, 6], [-6, 6]]);
  assert.equal(cellAt(surface, 499, 0.01), 1);
  assert.equal(cellAt(surface, 101, 0.05), 2);
  assert.equal(pointText(surface, [], ["size", "share"], 187.4, 0.0512), "size 187, share 0.051: 350,000");
  assert.equal(reach(surface, [], 300_000), 100_000);
  assert.equal(boundarySummary(surface, []), "Predictions from 250,000 to 400,000.");
});

test("a place is pointed at on two different axes", () => {
  const area = { left: 0, top: 0, side: 100, low: 100, high: 500, up: [0, 0.06] };
  assert.deepEqual(placeAt(area, 50, 50), { x1: 300, x2: 0.03 });
  assert.deepEqual(placeBeside(area, null, [0, 0]), { x1: 300, x2: 0.03 });
  assert.deepEqual(placeBeside(area, { x1: 500, x2: 0.06 }, [1, -1]), { x1: 500, x2: 0.06 });
});

const answers = { shape: [2, 3], values: Float32Array.from([0, 1, 1, 1, 0, NaN]) };

test("points that are classified wrongly are found in each split, and counted in words", () => {
  assert.deepEqual(mistakes(answers, 0, [0, 0, 1]), { answered: 3, wrong: [1] });
  assert.deepEqual(mistakes(answers, 1, [1, 1]), { answered: 2, wrong: [1] });
  const points = { train: { x1: [], x2: [], target: [0, 0, 1] }, test: { x1: [], x2: [], target: [1, 1] } };
  assert.equal(mistakesText(answers, points), " Wrong: 1 of 3 training points, 1 of 2 test points.");
  assert.deepEqual([0.2, 0.5, 0.7].map((value) => sideOf(value, 0.5)), [-1, 0, 1]);
});
