/** A room: what is said of its seats, and how its socket is followed. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { RoomBar } from "../../assets/js/room_bar.js";
import * as model from "../../assets/js/room_model.js";
import { Room, news } from "../../assets/js/room_news.js";
import { RoomChannel } from "../../assets/js/room_socket.js";

const seat = (number, more = {}) => ({ number, name: `Blue otter ${number}`, color: "blue", animal: "otter", state: "here", run: `w${number}`, ...more });
const run = (number, more = {}) => ({
  run: `w${number}`, summary: "Circle · dense 4 | tanh · SGD", parameters: 57, state: "running", message: "", epoch: 3.4, epochs: 20, seconds: 1, result: null, sparkline: [100, 0],
  queue_position: null, ...more,
});
const accuracy = (value) => ({ title: "test accuracy", format: "percent", better: "higher", value });
const challenge = { sentence: "Test accuracy ≥ 95 % with under 2,000 parameters, on Circle", title: "test accuracy", format: "percent", most_parameters: 2000 };

test("codes, members and times are written as people say them", () => {
  assert.equal(model.spaced("CDF347"), "CDF 347");
  assert.deepEqual([0, 1, 24].map((members) => model.membersText({ members })), ["Nobody has joined yet", "1 student has joined", "24 students have joined"]);
  const now = new Date(2026, 4, 4, 9, 0);
  assert.equal(model.closesText(new Date(2026, 4, 4, 20, 5).toISOString(), now), "Open until 20:05, longer while it is in use");
  assert.equal(model.closesText(new Date(2026, 4, 5, 8, 0).toISOString(), now), "Open until 08:00 on Tuesday, longer while it is in use");
});

test("a tile shows the newest run of its seat, and never an earlier one", () => {
  assert.equal(model.runOf(seat(1), { 1: run(1) }).run, "w1");
  assert.equal(model.runOf(seat(1, { run: "newer" }), { 1: run(1) }), undefined);
  assert.equal(model.seatText(seat(1), run(1)), "epoch 3 of 20");
  assert.equal(model.seatText(seat(1), undefined), "starting");
  assert.equal(model.seatText(seat(1, { run: null }), undefined), "no run yet");
  assert.equal(model.seatLabel(seat(1, { state: "away" }), run(1, { result: accuracy(0.9) })), "Blue otter 1, away: epoch 3 of 20. test accuracy 90.0 %. Loss: fell. Circle · dense 4 | tanh · SGD. Choose what to do");
});

test("a network with too many parameters for the challenge is marked in words", () => {
  const [small, large] = [run(1, { parameters: 1999 }), run(1, { parameters: 2000 })];
  assert.deepEqual([small, large].map((each) => model.sizeText(each, challenge)), ["1,999 parameters", "2,000 parameters (too many)"]);
  for (const without of [null, { ...challenge, most_parameters: null }]) assert.equal(model.sizeText(large, without), "2,000 parameters");
  assert.equal(model.networkText(seat(1), large, challenge), "2,000 parameters (too many) · dense 4 | tanh · SGD");
  assert.equal(model.networkText(seat(1), small, challenge), "dense 4 | tanh · SGD");
  assert.match(model.seatLabel(seat(1), large, challenge), /2,000 parameters \(too many\)/);
  assert.doesNotMatch(model.seatLabel(seat(1), small, challenge), /parameter/);
});

test("the class is summed up in one line", () => {
  const seats = [seat(1), seat(2), seat(3, { run: null }), seat(4, { state: "away" })];
  const runs = { 1: run(1), 2: run(2, { state: "diverged" }), 4: run(4, { state: "finished" }) };
  assert.equal(model.tally(seats, runs), "4 seats: 1 training, 1 finished, 1 in trouble, 1 without a run, 1 away");
  assert.equal(model.tally([seat(1)], { 1: run(1, { state: "paused" }) }), "1 seat: 1 paused");
  assert.equal(model.tally([], {}), "");
});

test("the wall is arranged by arrival, name, result or who needs help", () => {
  const seats = [seat(1, { name: "Red fox" }), seat(2, { name: "Blue bee", run: null }), seat(3, { name: "Green owl" }), seat(4, { name: "Amber hare" })];
  const runs = { 1: run(1, { result: accuracy(0.8) }), 3: run(3, { state: "failed" }), 4: run(4, { result: accuracy(0.9) }) };
  const order = (name) => model.arranged(seats, runs, name).map((one) => one.seat.number);
  assert.deepEqual(order("arrival"), [1, 2, 3, 4]);
  assert.deepEqual(order("name"), [4, 2, 3, 1]);
  assert.deepEqual(order("result"), [4, 1, 2, 3]);
  assert.deepEqual(order("help"), [3, 2, 1, 4]);
  assert.deepEqual(order("of a later version"), [1, 2, 3, 4]);
  const errors = { 1: run(1, { result: { title: "test MSE", format: "number", better: "lower", value: 2 } }), 4: run(4, { result: { title: "test MSE", format: "number", better: "lower", value: 1 } }) };
  assert.deepEqual(model.arranged(seats, errors, "result").map((one) => one.seat.number).slice(0, 2), [4, 1]);
});

test("a student reads the task, the challenge and where they stand", () => {
  const standing = { rank: 2, of: 9, value: 0.93, parameters: 1210, meets: false };
  assert.equal(model.standingText(standing, challenge), "2nd of 9 with 93.0 %, goal not met yet");
  assert.equal(model.standingText({ ...standing, rank: 1, meets: true }, challenge), "1st of 9 with 93.0 %, goal met");
  assert.equal(
    model.standingText({ ...standing, rank: null, parameters: 203_530 }, challenge), "93.0 % with 203,530 parameters, not ranked: fewer than 2,000 parameters are allowed",
  );
  assert.equal(model.standingText(null, challenge), "no result yet");
  assert.equal(model.summaryText("\n Try 3.\nThen 4.", null, null), "Try 3.");
  assert.equal(model.summaryText("Try 3.", challenge, null), `Try 3. — ${challenge.sentence} · you: no result yet`);
  assert.match(model.summaryText("", null, null), /teacher sees/);
});

test("what the teacher does is told, with what can be done about it", () => {
  const kinds = (state, locked = [], watching = false) => model.notices({ paused: false, shown: null, ...state }, { locked, hidden: [] }, watching).map(({ text, acts }) => [text, acts?.what]);
  assert.deepEqual(kinds({}), []);
  assert.deepEqual(kinds({ paused: true }, ["Loss"]), [["Paused by your teacher", undefined], ["Locked: Loss", undefined]]);
  const shown = { name: "Red fox", mine: false };
  assert.deepEqual(kinds({ shown }), [["See the run of Red fox", "see"]]);
  assert.deepEqual(kinds({ shown }, [], true), [["Back to my run", "back"]]);
  assert.deepEqual(kinds({ shown: { ...shown, mine: true } }), [["Your run is on show: stop", "no"]]);
  assert.deepEqual(model.notices({ paused: false, shown: null }, { locked: ["Loss"], hidden: ["Export"] }, false), [{ kind: "locked", text: "Locked: Loss · Hidden: Export" }]);
  assert.equal(model.limitsText({ locked: ["Loss", "Data", "Schedule"], hidden: ["Share", "Export", "Output"] }, 2), "Locked: 3 setting groups · Hidden: 3 parts");
  assert.equal(model.askedText({ seat: 1, answer: "" }, [seat(1)]), "Blue otter 1 is asked whether their run may be shown …");
  assert.equal(model.askedText({ seat: 1, answer: "no" }, [seat(1)]), "Blue otter 1 would rather not show it.");
  assert.equal(model.askedText({ seat: 7, answer: "" }, [seat(1)]), "");
});

test("what the teacher has just done is told once", () => {
  const before = { experiment: 1, waits: false, task: "", challenge: null, locked: ["Loss"], hidden: ["Share"] };
  const told = (after) => model.deeds(before, { ...before, ...after });
  assert.deepEqual(model.deeds(before, before), []);
  assert.deepEqual(told({ experiment: 2 }), [{ text: "Your teacher's experiment is open on the playground.", act: "undo" }]);
  assert.deepEqual(told({ experiment: 2, waits: true }), []);
  assert.deepEqual(told({ task: "Try", challenge, locked: ["Data"], hidden: ["Export"] }).map(({ text }) => text), [
    "Your teacher has set a task: Try", `A challenge: ${challenge.sentence}.`, "Your teacher has locked: Data.", "You can change again: Loss.",
    "Your teacher has hidden: Export.", "Visible again: Share.",
  ]);
  assert.deepEqual(told({ task: "Try\n this" }), [{ text: "Your teacher has set a task: Try this", act: undefined }]);
  const [{ text, act }] = told({ task: "word ".repeat(100) });
  assert.match(text, /^Your teacher has set a task: (word )+…$/);
  assert.ok(text.length < 200);
  assert.equal(act, "read");
  assert.deepEqual(model.deeds({ ...before, task: "Try", challenge }, before), []);
});

test("what the teacher does soon after is told below it, and nothing twice", () => {
  const [locked, task] = [{ text: "Your teacher has locked: Data." }, { text: "Your teacher has set a task: Try", act: "read" }];
  const opened = { text: "Your teacher's experiment is open on the playground.", act: "undo" };
  assert.deepEqual(model.together([], [locked]), [locked]);
  assert.deepEqual(model.together([opened, locked], [task, opened]), [locked, task, opened]);
  const bar = Object.assign(Object.create(RoomBar.prototype), { told: [] });
  for (const deeds of [[opened], [], [task]]) bar.tell(deeds);
  clearTimeout(bar.timer);
  assert.deepEqual(bar.told, [opened, task]);
});

test("Python is told when it has drawn something else, or the room is over", () => {
  assert.equal(news({ connection: "connecting", state: null }, "a"), "");
  assert.equal(news({ connection: "open", state: { drawn: "a" } }, "a"), "");
  assert.equal(news({ connection: "open", state: { drawn: "b" } }, "a"), "b");
  assert.equal(news({ connection: "over", state: { drawn: "a" } }, "a"), "over");
});

/** A channel whose other ends the test holds. */
function line() {
  const sockets = [];
  const channel = new RoomChannel("ws://here/room/CDF347", (url) => {
    const socket = { url, closed: false, close() { this.closed = true; } };
    sockets.push(socket);
    return socket;
  });
  return { channel, sockets, say: (message) => sockets.at(-1).onmessage({ data: JSON.stringify(message) }) };
}

test("a room message is the whole state, and the wall's messages add up", () => {
  const { channel, say } = line();
  const heard = [];
  channel.listeners.add((known) => heard.push(known));
  say({ type: "room", members: 1 });
  say({ type: "wall", runs: { 1: run(1), 2: run(2) } });
  say({ type: "wall", runs: { 2: run(2, { epoch: 9 }) } });
  say({ type: "room", members: 2 });
  assert.deepEqual([heard.length, channel.known.connection, channel.known.state.members], [4, "open", 2]);
  assert.deepEqual([channel.known.runs[1].epoch, channel.known.runs[2].epoch], [3.4, 9]);
});

test("a lost connection is opened again with what was known on the screen; a room that is over is left alone", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { channel, sockets, say } = line();
  say({ type: "room", members: 3 });
  sockets[0].onclose({ code: 1006 });
  assert.deepEqual([channel.known.connection, channel.known.state.members], ["reconnecting", 3]);
  t.mock.timers.tick(400);
  assert.equal(sockets.length, 2);
  say({ type: "room", members: 4 });
  assert.equal(channel.known.connection, "open");
  say({ type: "over", reason: "closed", message: "The room has been closed." });
  sockets[1].onclose({ code: 4404 });
  t.mock.timers.tick(60_000);
  channel.reconnect();
  assert.deepEqual([channel.known.connection, channel.known.message, sockets.length], ["over", "The room has been closed.", 2]);
});

test("a room that was over is followed again if the page goes on showing it", () => {
  const { channel, sockets, say } = line();
  channel.revive();
  assert.equal(sockets.length, 1);
  say({ type: "over", reason: "left", message: "You have left the room." });
  channel.revive();
  say({ type: "room", members: 1 });
  assert.deepEqual([channel.known.connection, channel.known.message, sockets.length], ["open", "", 2]);
});

test("a browser that may not see a room does not ask again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { channel, sockets } = line();
  sockets[0].onclose({ code: 4403 });
  t.mock.timers.tick(60_000);
  assert.deepEqual([channel.known.connection, sockets.length], ["over", 1]);
});

/** A component of a page that follows a room, with the page's socket and what Python was told. */
function following(t, path) {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const sockets = [];
  const before = globalThis.WebSocket;
  globalThis.WebSocket = /** @type {any} */ (class { constructor() { sockets.push(this); } close() {} });
  const told = [];
  const room = new Room(() => {});
  t.after(() => {
    room.destroy();
    globalThis.WebSocket = before;
  });
  const draw = (drawn) => room.update({ room: path, drawn }, /** @type {any} */ ({ setStateValue: (_, value) => told.push(value) }));
  const say = (message) => sockets.at(-1).onmessage({ data: JSON.stringify(message) });
  return { draw, say, sockets, drawns: () => told.map((value) => value.drawn), numbers: () => new Set(told.map((value) => value.number)).size };
}

test("Python is told once of every change that it has not drawn by itself", (t) => {
  const { draw, say, drawns, numbers } = following(t, "room/CDF347?ticket=1");
  draw("a");
  say({ type: "room", drawn: "a" });
  t.mock.timers.tick(1000);
  say({ type: "room", drawn: "b" });
  t.mock.timers.tick(100);
  draw("b");
  t.mock.timers.tick(1000);
  assert.deepEqual(drawns(), [], "the page came by itself");
  say({ type: "room", drawn: "c" });
  say({ type: "room", drawn: "d" });
  t.mock.timers.tick(300);
  draw("b"); // begun before
  t.mock.timers.tick(60_000);
  assert.deepEqual(drawns(), ["d"]);
  draw("d");
  say({ type: "room", drawn: "b" });
  t.mock.timers.tick(300);
  draw("b");
  say({ type: "room", drawn: "d" });
  t.mock.timers.tick(300);
  assert.deepEqual([drawns(), numbers()], [["d", "b", "d"], 3], "a state may return");
});

test("Python is told that a room is over, and followed if it says that it is not", (t) => {
  const { draw, say, sockets, drawns } = following(t, "room/CDF347?ticket=2");
  draw("a");
  say({ type: "over", reason: "left", message: "You have left the room." });
  t.mock.timers.tick(300);
  assert.deepEqual(drawns(), ["over"]);
  draw("a");
  assert.equal(sockets.length, 2);
  say({ type: "room", drawn: "b" });
  t.mock.timers.tick(60_000);
  assert.deepEqual(drawns(), ["over", "b"]);
});
