import assert from "node:assert/strict";
import { test } from "node:test";

import { retryDelay, socketUrl } from "../../assets/js/reconnecting_socket.js";
import { Channel, readView } from "../../assets/js/socket.js";

/** A WebSocket that the test holds the other end of. */
function line() {
  const sockets = [];
  const open = (url) => {
    const socket = { url, closed: false, close() { this.closed = true; } };
    sockets.push(socket);
    return socket;
  };
  return { sockets, open, say: (message) => sockets.at(-1).onmessage({ data: JSON.stringify(message) }) };
}

const batch = (...steps) => ({ batch: { step: steps, epoch: steps, seconds: steps, train_loss: steps } });
const status = { state: "running" };

function frame(header, values) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const bytes = new Uint8Array(4 + text.length + 4 * values.length);
  const data = new DataView(bytes.buffer);
  data.setUint32(0, text.length, true);
  bytes.set(text, 4);
  values.forEach((value, place) => data.setFloat32(4 + text.length + 4 * place, value, true));
  return bytes.buffer;
}

test("history replaces, appended rows follow, listeners hear of both", () => {
  const { open, say } = line();
  const channel = new Channel("ws://here/live/w", open);
  const news = [];
  channel.listeners.add((_, what) => news.push(what));
  say({ type: "history", series: batch(1, 2), status, control: true });
  assert.equal(channel.connection, "open");
  say({ type: "append", series: batch(3), status: { state: "paused" } });
  assert.deepEqual(channel.series.batch.step, [1, 2, 3]);
  assert.equal(channel.status.state, "paused");
  say({ type: "history", series: batch(1, 3), status });
  assert.deepEqual(channel.series.batch.step, [1, 3]);
  assert.deepEqual(news, ["declared", "connection", "status", "series", "status", "series", "declared", "status", "series"]);
});

test("a lost connection is opened again, and its history closes the gap", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { sockets, open, say } = line();
  const channel = new Channel("ws://here/live/w", open);
  say({ type: "history", series: batch(1), status });
  sockets[0].onclose({ code: 1006 });
  assert.equal(channel.connection, "reconnecting");
  assert.deepEqual(channel.series.batch.step, [1], "what is known stays on the screen");
  t.mock.timers.tick(400);
  assert.equal(sockets.length, 2);
  sockets[0].onmessage({ data: JSON.stringify({ type: "append", series: batch(9), status }) });
  assert.deepEqual(channel.series.batch.step, [1], "an abandoned socket is not listened to");
  say({ type: "history", series: batch(1, 2, 3), status });
  assert.equal(channel.connection, "open");
  assert.deepEqual(channel.series.batch.step, [1, 2, 3]);
});

test("a run that is not there is not asked for again, and the reason is kept", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { sockets, open, say } = line();
  const channel = new Channel("ws://here/live/w", open);
  say({ type: "error", message: "There is no run at this address." });
  sockets[0].onclose({ code: 4404 });
  t.mock.timers.tick(60_000);
  assert.equal(sockets.length, 1);
  assert.equal(channel.connection, "refused");
  assert.equal(channel.error, "There is no run at this address.");
});

test("waiting grows, to a bound, and is spread", () => {
  assert.deepEqual([0, 1, 2, 3].map((attempt) => retryDelay(attempt, 0.5)), [250, 500, 1000, 2000]);
  assert.equal(retryDelay(30, 0.5), 8000);
  assert.ok(retryDelay(2, 0) < retryDelay(2, 0.99));
});

test("when the network is back, the channel reconnects at once, whatever the state of the old socket", () => {
  const { sockets, open } = line();
  const channel = new Channel("ws://here/live/w", open);
  channel.reconnect();
  assert.equal(sockets.length, 2);
  assert.ok(sockets[0].closed);
  sockets[0].onclose({ code: 1006 });
  assert.equal(channel.connection, "connecting");
});

test("a closed channel opens nothing more", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { sockets, open } = line();
  const channel = new Channel("ws://here/live/w", open);
  sockets[0].onclose({ code: 1006 });
  channel.close();
  t.mock.timers.tick(60_000);
  assert.equal(sockets.length, 1);
});

test("a view is read from its frame, wherever its header ends", () => {
  for (const name of ["fit", "boundary", "confusion", "x"]) {
    const view = readView(frame({ name, step: 7, shape: [2, 2], classes: ["a", "b"] }, [1, -2.5, 0, 4]));
    assert.equal(view.name, name);
    assert.equal(view.step, 7);
    assert.deepEqual([...view.values], [1, -2.5, 0, 4]);
  }
});

test("what a run declares comes with its history, and may change with it", () => {
  const { open, say } = line();
  const channel = new Channel("ws://here/live/w", open);
  const heard = [];
  channel.listeners.add((_, news) => heard.push(news));
  say({ type: "history", series: {}, declared: null, status });
  assert.equal(channel.declared, null);
  const declared = { metrics: [{ name: "loss" }], views: [] };
  say({ type: "history", series: batch(1), declared, status });
  say({ type: "append", series: batch(2), status });
  assert.deepEqual(channel.declared, declared);
  assert.equal(heard.filter((news) => news === "declared").length, 2);
});

test("views are kept by name, the newest", () => {
  const { sockets, open } = line();
  const channel = new Channel("ws://here/live/w", open);
  for (const step of [1, 2]) sockets[0].onmessage({ data: frame({ name: "fit", step, shape: [1, 2], classes: [] }, [step, 0]) });
  assert.equal(channel.views.size, 1);
  assert.equal(channel.views.get("fit").step, 2);
});

test("addresses are relative to where the modules lie", () => {
  assert.match(socketUrl("live/w1"), /\/live\/w1$/);
});

test("the server learns what all components look at together, again after a lost connection", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sent = [];
  const { sockets, open: opened } = line();
  const open = (url) => Object.assign(opened(url), { readyState: 1, bufferedAmount: 0, send: (text) => sent.push(JSON.parse(text)) });
  const channel = new Channel("ws://here/live/w", open);
  const [one, other] = [{}, {}];
  sockets[0].onopen();
  channel.want(one, { embedding: [3] });
  channel.want(other, { embedding: [1], boundary: [] });
  channel.want(other, { boundary: [], embedding: [1] });
  assert.deepEqual(sent.map(({ type, views }) => [type, views]), [
    ["look", {}], ["look", { embedding: [3] }], ["look", { boundary: [], embedding: [1, 3] }],
  ]);
  sockets[0].onclose({ code: 1006 });
  t.mock.timers.tick(400);
  sockets[1].onopen();
  channel.want(other, {});
  assert.deepEqual(sent.slice(3).map(({ views }) => views), [{ boundary: [], embedding: [1, 3] }, { embedding: [3] }]);
});
