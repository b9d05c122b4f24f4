/** Points on the plane as data. */

import assert from "node:assert/strict";
import test from "node:test";

import { after, counts, planeOf, redo, undo, withPoint, without } from "../../assets/js/points_model.js";

const BOUNDS = [-6, 6];

test("what was kept is read again, without what is no point of the plane", () => {
  const kept = [[0, 1, 0], [7, 0, 0], [0, NaN, 0], [0, 0], "x", [1, 1, 0.5], [1, 1, -1], [-6, 6, 3]];
  assert.deepEqual(planeOf(kept, 100, BOUNDS).points, [[0, 1, 0], [-6, 6, 3]]);
  assert.deepEqual(planeOf(null, 100, BOUNDS).points, []);
  assert.equal(planeOf([[0, 0, 0], [1, 1, 0]], 1, BOUNDS).points.length, 1);
});

test("a point is put once where the hand rests, again in another class, and never beyond the most", () => {
  const one = withPoint([], [1.23456, -2, 0], 0.25, 10);
  assert.deepEqual(one, [[1.235, -2, 0]]);
  assert.equal(withPoint(one, [1.3, -2, 0], 0.25, 10), one);
  assert.equal(withPoint(one, [1.3, -2, 1], 0.25, 10).length, 2);
  assert.equal(withPoint(one, [5, 5, 0], 0.25, 1), one);
});

test("the eraser takes what is near, and says when that is nothing", () => {
  const points = [[0, 0, 0], [0.3, 0, 1], [2, 2, 0]];
  assert.deepEqual(without(points, 0, 0, 0.45), [[2, 2, 0]]);
  assert.equal(without(points, -5, -5, 0.45), points);
});

test("undo and redo go through the acts, and a new act ends what could be done again", () => {
  let plane = planeOf([], 10, BOUNDS);
  plane = after(plane, plane.points, [[0, 0, 0]]);
  plane = after(plane, plane.points, [[0, 0, 0], [1, 1, 1]]);
  const back = undo(plane);
  assert.deepEqual(back.points, [[0, 0, 0]]);
  assert.deepEqual(redo(back).points, plane.points);
  assert.deepEqual(undo(undo(undo(back))).points, []);
  assert.equal(redo(after(back, back.points, [])).points.length, 0);
});

test("points are counted by class", () => {
  assert.deepEqual(counts([[0, 0, 0], [0, 0, 2], [1, 1, 2], [1, 1, 9]], 3), [1, 0, 2]);
});
