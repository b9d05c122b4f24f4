import assert from "node:assert/strict";
import test from "node:test";

import { SIDE, after, blank, curves, extend, pressureOf, redo, restored, stored, undo, visible } from "../../assets/js/strokes.js";

const stroke = (...points) => ({ width: 20, erase: false, points: points.map(([x, y, pressure = 1]) => ({ x, y, pressure })) });
const wipe = { clear: true };

/** A point of a quadratic Bézier curve, by de Casteljau. */
function at({ from, control, to }, t) {
  const mix = (a, b) => ({ x: a.x + (b.x - a.x) * t, y: a.y + (b.y - a.y) * t });
  return mix(mix(from, control), mix(control, to));
}

test("a stroke takes points that lie apart and leaves out jitter", () => {
  const line = stroke([10, 10]);
  assert.equal(extend(line, { x: 10.3, y: 10.3, pressure: 1 }), false);
  assert.equal(extend(line, { x: 13.04, y: 14, pressure: 1 }), true);
  assert.deepEqual(line.points.at(-1), { x: 13, y: 14, pressure: 1 });
});

test("a hand that leaves the paper is followed a little way, not to infinity", () => {
  const line = stroke([0, 0]);
  extend(line, { x: 1e9, y: -1e9, pressure: 1 });
  const { x, y } = line.points.at(-1);
  assert.ok(x > SIDE && x < 2 * SIDE && y < 0 && y > -SIDE);
});

test("the curve begins and ends where the stroke does, and its parts join", () => {
  const parts = curves(stroke([0, 0], [10, 0], [20, 10], [20, 30], [5, 40]));
  assert.deepEqual([parts[0].from.x, parts[0].from.y], [0, 0]);
  assert.deepEqual([parts.at(-1).to.x, parts.at(-1).to.y], [5, 40]);
  for (let i = 1; i < parts.length; i++) assert.deepEqual(parts[i].from, parts[i - 1].to);
});

test("the curve has no corners: where parts join, both go the same way", () => {
  const parts = curves(stroke([0, 0], [10, 0], [20, 10], [20, 30], [5, 40]));
  for (let i = 1; i < parts.length - 1; i++) {
    const [a, b] = [parts[i - 1], parts[i]];
    const before = Math.atan2(a.to.y - a.control.y, a.to.x - a.control.x);
    const behind = Math.atan2(b.control.y - b.from.y, b.control.x - b.from.x);
    assert.ok(Math.abs(before - behind) < 1e-9);
  }
});

test("points on a line give that line", () => {
  for (const part of curves(stroke([0, 0], [10, 5], [30, 15], [40, 20]))) {
    for (const t of [0, 0.25, 0.5, 1]) {
      const { x, y } = at(part, t);
      assert.ok(Math.abs(y - x / 2) < 1e-9);
    }
  }
});

test("a touch is a dot", () => {
  assert.deepEqual(curves(stroke([7, 8])).map(({ from, to, width }) => [from.x, from.y, to.x, to.y, width]), [[7, 8, 7, 8, 20]]);
});

test("a pen writes wider when pressed, a mouse always the same", () => {
  assert.equal(pressureOf("mouse", 0.5), 1);
  assert.equal(pressureOf("touch", 0), 1);
  assert.ok(pressureOf("pen", 0.9) > pressureOf("pen", 0.2));
  const [thin, , wide] = curves(stroke([0, 0, 0.5], [10, 0, 0.5], [20, 0, 1.5], [30, 0, 1.5])).map((part) => part.width);
  assert.ok(thin < wide);
});

test("undo and redo walk through strokes and clears", () => {
  const [a, b, c] = [stroke([1, 1]), stroke([2, 2]), stroke([3, 3])];
  let history = [a, b, wipe, c].reduce(after, blank());
  const seen = [visible(history)];
  for (let i = 0; i < 4; i++) seen.push(visible((history = undo(history))));
  assert.deepEqual(seen, [[c], [], [a, b], [a], []]);
  assert.deepEqual(undo(history), history);
  for (let i = 0; i < 4; i++) history = redo(history);
  assert.deepEqual(visible(history), [c]);
  assert.deepEqual(redo(history), history);
});

test("a new stroke ends what could be redone", () => {
  const history = after(undo(after(blank(), stroke([1, 1]))), stroke([2, 2]));
  assert.deepEqual(visible(redo(history)), [stroke([2, 2])]);
});

test("what lies before the last clear but one is forgotten, and the picture stays", () => {
  let history = blank();
  for (let i = 0; i < 50; i++) history = after(after(history, stroke([i, i])), wipe);
  history = after(history, stroke([9, 9]));
  assert.ok(history.done.length < 8);
  assert.deepEqual(visible(history), [stroke([9, 9])]);
  assert.deepEqual(visible(undo(undo(history))), [stroke([49, 49])]);
});

test("a history comes back from the browser's storage as it went in", () => {
  const history = undo([stroke([1, 2], [3, 4]), wipe, stroke([5, 6])].reduce(after, blank()));
  assert.deepEqual(restored(stored(history)), history);
});

for (const text of [null, "", "{", "[]", "null", '{"version":2,"done":[],"undone":[]}', '{"version":1,"done":[{"points":"x"}],"undone":[]}', '{"version":1,"done":[{"width":9,"points":[]}],"undone":[]}']) {
  test(`what is no history of ours opens a blank paper: ${text}`, () => assert.deepEqual(restored(text), blank()));
}
