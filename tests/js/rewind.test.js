import assert from "node:assert/strict";
import { test } from "node:test";

import { along, move, moved, nearest, statusAt, told, valueAt } from "../../assets/js/rewind_model.js";
import { RewindSocket } from "../../assets/js/rewind_socket.js";
import { Channel } from "../../assets/js/socket.js";
import { whyNot } from "../../assets/js/rewind.js";
import { layout } from "../../assets/js/live_figure.js";
import { LOSS } from "./declared.js";

const STEPS = [0, 10, 25, 40];
const BATCH = { step: [1, 2, 4], epoch: [0.1, 0.2, 0.4], seconds: [1, 2, 6], train_loss: [0.9, 0.8, 0.4] };

test("a step becomes the moment closest to it, and now if that is closer", () => {
  assert.deepEqual([-3, 4, 12, 18, 33, 40, 44, 46, 50].map((step) => nearest(STEPS, step, 50)), [0, 0, 10, 25, 40, 40, 40, null, null]);
  assert.equal(nearest(STEPS, 40, 40), null, "the last moment of a run that has ended is the end");
  assert.equal(nearest([], 3, 10), null);
});

test("keys move from moment to moment, and back to now", () => {
  assert.equal(moved(STEPS, null, -1, 50), 40);
  assert.equal(moved(STEPS, null, -1, 40), 25, "the end is now");
  assert.equal(moved(STEPS, 25, -1, 50), 10);
  assert.equal(moved(STEPS, 25, 1, 50), 40);
  assert.equal(moved(STEPS, 40, 1, 50), null);
  assert.equal(moved(STEPS, 25, 1, 40), null);
  assert.equal(moved(STEPS, 30, 1, 50), 40, "from a moment that is no longer kept to the next one");
  assert.equal(moved(STEPS, 30, -1, 50), 25);
  assert.equal(moved(STEPS, 45, -1, 50), 40);
  assert.equal(moved(STEPS, 25, move("Home"), 50), 0);
  assert.equal(moved(STEPS, 0, -1, 50), 0);
  assert.equal(moved(STEPS, 0, move("PageUp"), 50), null);
  assert.equal(moved(STEPS, 25, move("End"), 50), null);
  assert.equal(moved([], null, -1, 50), null);
  assert.equal(move("a"), undefined);
});

test("values between two batches are interpolated", () => {
  assert.equal(valueAt(BATCH, 3, "seconds"), 4);
  assert.equal(valueAt(BATCH, 4, "train_loss"), 0.4);
  assert.equal(valueAt(BATCH, 9, "train_loss"), 0.4);
  assert.equal(valueAt({ step: [], seconds: [] }, 3, "seconds"), null);
  assert.equal(valueAt(BATCH, 3, "unknown"), null);
});

test("the status at a moment has its numbers, and none that belong to now", () => {
  const moment = { step: 3, epoch: 0.3, numbers: { test_loss: 0.5 }, views: new Map() };
  const now = { state: "running", step: 4, epoch: 0.4, test_loss: 0.1, samples_per_second: 9, seconds_left: 7, epochs: 2 };
  const { state, step, epoch, loss, seconds, test_loss: testLoss, samples_per_second: rate, seconds_left: left } = statusAt(moment, now, { batch: BATCH, evaluated: {} });
  assert.deepEqual([state, step, epoch, seconds, testLoss, rate, left], ["running", 3, 0.3, 4, 0.5, null, null]);
  assert.ok(Math.abs(loss - 0.6) < 1e-9);
  assert.equal(statusAt({ ...moment, step: 0, epoch: 0 }, now, { batch: BATCH, evaluated: {} }).loss, null, "before the first batch");
  assert.deepEqual(["step", "epoch", "seconds"].map((axis) => along(moment, { batch: BATCH, evaluated: {} }, axis)), [3, 0.3, 4]);
});

test("what is shown is said", () => {
  assert.equal(told(null, { step: 4000 }, false), "Live: step 4,000");
  assert.equal(told(null, { step: 4000 }, true), "The end: step 4,000");
  assert.equal(told({ step: 1200, epoch: 4.8, numbers: {}, views: new Map() }, { step: 4000 }, false), "Showing step 1,200 of 4,000");
  assert.match(whyNot(0, { state: "running", step: 9 }), /beginning/);
  assert.match(whyNot(9, { state: "finished", step: 9 }), /nothing left/);
  assert.equal(whyNot(9, { state: "stopped", step: 9 }), "");
});

test("the chart has a line at the moment", () => {
  const settings = { axis: "step", log: false, smoothing: 0, hidden: [] };
  const lines = (moment) => layout(settings, {}, { metrics: [LOSS], height: 200, revision: "", zoom: false, moment }).shapes.filter(({ name }) => name === "moment");
  assert.deepEqual(lines(null), []);
  assert.deepEqual(lines(7).map(({ x0, x1, yref }) => [x0, x1, yref]), [[7, 7, "paper"]]);
});

/** A channel that is looked back at, and what its listeners heard. */
test("while a moment is looked back at, its views take the place of new ones", () => {
  const channel = new Channel("ws://here/live/w", () => ({ close() {} }));
  const news = [];
  channel.listeners.add((_, what) => news.push(what));
  const [old, newer] = [{ name: "boundary", step: 3 }, { name: "boundary", step: 9 }];
  channel.newest.set("boundary", newer);
  const moment = { step: 3, epoch: 0.3, numbers: {}, views: new Map([["boundary", old]]) };
  channel.look(moment);
  assert.equal(channel.views.get("boundary"), old);
  channel.look(moment);
  channel.look(null);
  assert.equal(channel.views.get("boundary"), newer);
  assert.deepEqual(news, ["moment", "view", "moment", "view"]);
});

function frame(header) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + 4);
  new DataView(bytes.buffer).setUint32(0, text.length, true);
  bytes.set(text, 4);
  return bytes.buffer;
}

/** A socket to look back with, the questions it sent, and what it passed on. */
function line() {
  const [asked, heard] = [[], []];
  const end = { readyState: 1, bufferedAmount: 0, send: (text) => asked.push(JSON.parse(text)), close() {} };
  const socket = new RewindSocket("w1", {
    onPast: (steps, note) => heard.push(["past", steps, note]), onMoment: (moment) => heard.push(["moment", moment.step, [...moment.views.keys()]]),
    onProblem: (message) => heard.push(["problem", message]),
  }, () => end);
  end.onopen();
  return { socket, asked, heard, say: (message) => end.onmessage({ data: message instanceof ArrayBuffer ? message : JSON.stringify(message) }), end };
}

test("a moment is passed on with all its views, and then the newest step is asked for", () => {
  const { socket, asked, heard, say } = line();
  say({ type: "past", steps: STEPS, note: "" });
  for (const step of [10, 25, 40]) socket.look(step, { boundary: [], units: [2] });
  const views = { boundary: [], units: [2] };
  assert.deepEqual(asked, [{ seq: 1, step: 10, views }]);
  say({ type: "moment", seq: 1, step: 10, epoch: 1, numbers: {}, views: 2 });
  say(frame({ name: "boundary", step: 10, shape: [1] }));
  assert.equal(heard.length, 1);
  say(frame({ name: "fit", step: 10, shape: [1] }));
  assert.deepEqual(heard.slice(1), [["moment", 10, ["boundary", "fit"]]]);
  assert.deepEqual(asked.slice(1), [{ seq: 2, step: 40, views }], "what was in between is not wanted any longer");
  say({ type: "moment", seq: 2, step: 40, epoch: 1, numbers: {}, views: 0 });
  assert.deepEqual(heard.at(-1), ["moment", 40, []]);
  assert.equal(asked.length, 2);
});

test("an answer that takes long is given up for a newer question", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, asked, heard, say } = line();
  socket.look(10);
  socket.look(25);
  t.mock.timers.tick(350);
  assert.deepEqual(asked, [{ seq: 1, step: 10 }, { seq: 2, step: 25 }]);
  say({ type: "moment", seq: 1, step: 10, epoch: 1, numbers: {}, views: 1 });
  say(frame({ name: "boundary", step: 10, shape: [1] }));
  assert.deepEqual(heard, []);
  say({ type: "problem", seq: 2, message: "gone" });
  assert.deepEqual(heard, [["problem", "gone"]]);
  socket.look(10);
  socket.leave();
  say({ type: "moment", seq: 3, step: 10, epoch: 1, numbers: {}, views: 0 });
  assert.equal(heard.length, 1, "nobody waits for it any longer");
});

test("after an interruption the question is asked again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, asked, end } = line();
  socket.look(10);
  end.onclose({ code: 1006 });
  t.mock.timers.tick(400);
  end.onopen();
  assert.deepEqual(asked.map(({ step }) => step), [10, 10]);
});
