/** The Attention page without a browser: the protocol, the session, and what maps say. */

import assert from "node:assert/strict";
import test from "node:test";

import { said } from "../../assets/js/attention_answer.js";
import { ADDED, ONE, ROLLOUT, answer, maps, question, stepName, stepValue } from "../../assets/js/attention_protocol.js";
import { cellAfter, choices, fitting, largest, meanShares, moved, sentence, sharesOf, valuesOf } from "../../assets/js/attention_reading.js";
import { Session } from "../../assets/js/attention_session.js";

const LAYERS = [
  { path: "network[2]", title: "3 Transformer block", heads: 2, causal: true, steps: 2, marks: [0, 1], grid: null },
  { path: "network[3]", title: "4 Self-attention", heads: 1, causal: false, steps: 2, marks: [0, 1], grid: null },
];

/** A frame as the server sends it. */
function frame(header, values = []) {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const buffer = new ArrayBuffer(4 + text.length + 2 * values.length);
  const view = new DataView(buffer);
  view.setUint32(0, text.length, true);
  new Uint8Array(buffer, 4).set(text);
  values.forEach((value, index) => view.setUint16(4 + text.length + 2 * index, value, true));
  return buffer;
}

test("a frame is taken apart into the maps of every layer and head, and the rollout", () => {
  const values = Array.from({ length: 16 }, (_, index) => index);
  for (const padding of ["", "x"]) { // whatever the alignment of the payload
    const found = maps(answer(frame({ layers: LAYERS, rollout: true, padding }, values)));
    assert.deepEqual([...found.keys()], ["network[2]", "network[3]", ROLLOUT]);
    assert.deepEqual([...found.get("network[2]").heads[1]], [4, 5, 6, 7]);
    assert.deepEqual([...found.get("network[3]").heads[0]], [8, 9, 10, 11]);
    assert.deepEqual([...found.get(ROLLOUT).heads[0]], [12, 13, 14, 15]);
  }
});

test("a question cannot be overwritten by what it carries", () => {
  assert.deepEqual(JSON.parse(question("maps", 3, { text: "a" }, null, { seq: 9, layer: "x" })), { seq: 3, layer: "x", ask: "maps", input: { text: "a" }, step: null });
});

test("steps have the names of what they stand for", () => {
  const input = { tokens: ["not", "bad"], unknown: [], notes: [] };
  const named = (layer, step) => stepName({ ...LAYERS[0], ...layer }, input, step);
  assert.equal(named({}, 1), "bad");
  assert.equal(named({ marks: [ADDED, 0, 1] }, 0), "class token");
  assert.equal(named({ marks: [ADDED, 0, 1] }, 1), "not");
  assert.equal(named({ marks: [] }, 4), "step 5");
  assert.equal(named({ marks: [0, 1, 2, 3], grid: { rows: 2, columns: 2 } }, 2), "row 2, column 1");
  assert.equal(named({ marks: [0, 1], grid: { rows: 1, columns: 2 } }, 1), "column 2");
});

const MAPS = { steps: 3, heads: [Uint16Array.of(ONE, 0, 0, ONE / 5, (4 * ONE) / 5, 0, 0.5 * ONE, 0.25 * ONE, 0.25 * ONE)] };
const name = (step) => ["a", "b", "c"][step];

test("a row of a map is said in words, the largest shares first", () => {
  assert.deepEqual([...sharesOf(MAPS, 0, 1)].map((share) => Math.round(100 * share)), [20, 80, 0]);
  assert.deepEqual([...meanShares(MAPS, 0)].map((share) => Math.round(100 * share)), [57, 35, 8]);
  assert.deepEqual(largest([0.1, 0.6, 0.3], 2).map(({ step }) => step), [1, 2]);
  assert.equal(sentence(MAPS, 0, { query: 1, key: null }, name, true), "“b” attends to “b” 80.0 %, “a” 20.0 %");
  assert.equal(sentence(MAPS, 0, { query: 2, key: 0 }, name, true), "“c” attends to “a”: 50.0 %");
  assert.match(sentence(MAPS, 0, { query: 0, key: 2 }, name, true), /cannot see “c”/);
  assert.match(sentence(MAPS, 0, { query: 0, key: 2 }, name, false), /0.0 %/);
  assert.match(sentence(MAPS, 0, { query: null, key: null }, name, true), /arrow keys/);
});

test("steps of numbers say which numbers they stand for, and others say nothing", () => {
  const input = { tokens: ["1", "2"], unknown: [], notes: [], values: ["x 0.5, y 1", "x 2, y -3"] };
  const layer = { ...LAYERS[0], marks: [ADDED, 0, 1] };
  const [name, value] = [(step) => stepName(layer, input, step), (step) => stepValue(layer, input, step)];
  assert.equal(valuesOf({ query: 1, key: 2 }, name, value), "Step 1: x 0.5, y 1. Step 2: x 2, y -3.");
  assert.equal(valuesOf({ query: 2, key: 2 }, name, value), "Step 2: x 2, y -3.");
  assert.equal(valuesOf({ query: 0, key: null }, name, value), "");
  assert.equal(stepValue(layer, { tokens: ["a"], unknown: [], notes: [] }, 1), "");
});

test("a selection is kept as far as another network has it", () => {
  assert.deepEqual(fitting({ layer: "network[2]", head: 1, token: 1 }, LAYERS, true), { layer: "network[2]", head: 1, token: 1 });
  assert.deepEqual(fitting({ layer: "network[9]", head: 7, token: 7 }, LAYERS, true), { layer: "network[2]", head: 1, token: null });
  assert.deepEqual(fitting({ layer: ROLLOUT, head: 3, token: 0 }, LAYERS, true), { layer: ROLLOUT, head: 0, token: 0 });
  assert.equal(fitting({ layer: ROLLOUT, head: 3, token: 0 }, LAYERS, false).layer, "network[2]");
});

test("arrow keys go from head to head and from layer to layer", () => {
  const offered = choices(LAYERS, true);
  assert.deepEqual(offered.map(({ title }) => title), ["3 Transformer block, head 1", "3 Transformer block, head 2", "4 Self-attention, head 1", "All layers: rollout"]);
  assert.deepEqual(["ArrowRight", "ArrowLeft", "ArrowDown", "ArrowUp", "End", "x"].map((key) => moved(offered, 1, key)), [2, 0, 2, 1, 3, null]);
  assert.equal(moved(offered, 3, "ArrowRight"), 3);
});

test("arrow keys go through a matrix and stay in it; Escape leaves it", () => {
  const none = { query: null, key: null };
  assert.deepEqual(cellAfter(none, "ArrowRight", 3), { query: 0, key: null });
  assert.deepEqual(cellAfter({ query: 0, key: null }, "ArrowRight", 3), { query: 0, key: 0 });
  assert.deepEqual(cellAfter({ query: 2, key: 2 }, "ArrowDown", 3), { query: 2, key: 2 });
  assert.deepEqual(cellAfter({ query: 1, key: 2 }, "Escape", 3), none);
  assert.equal(cellAfter(none, "Tab", 3), null);
});

test("a prediction is said in words, whatever its form", () => {
  const likeliest = [["praise", 0.9], ["complaint", 0.1]];
  assert.equal(said({ form: "class", label: "praise", confidence: 0.9, likeliest, truth: null }).line, "90.0 % sure");
  assert.match(said({ form: "class", label: "praise", confidence: 0.4, likeliest, truth: "complaint" }).line, /not sure, which is wrong: it is complaint/);
  assert.equal(said({ form: "steps", labels: ["1", "2", "3"], truth: ["1", "9", null] }).line, "1 of 2 steps correct");
  assert.equal(said({ form: "steps", labels: ["e"], truth: null, likeliest: [["e", 0.5]] }).label, "e");
  assert.deepEqual(said({ form: "values", title: "Sum", values: [-1.23456], truth: [2], count: 1 }), { label: "−1.235", line: "Sum; the true values: 2", bars: [] });
});

/** A socket that a test answers. */
class Socket {
  readyState = 0;
  bufferedAmount = 0;
  sent = [];
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  opened() {
    this.readyState = 1;
    this.onopen();
  }
  close() {}
}

/** A session with its sockets, and where it keeps its state. */
function opened(address = "mine", kept = {}) {
  const sockets = [];
  const store = { getItem: (key) => kept[key] ?? null, setItem: (key, text) => (kept[key] = text) };
  const session = new Session(address, () => sockets[sockets.push(new Socket()) - 1], store);
  return { session, sockets, kept };
}

test("everything that is asked is asked again when the input or the step changes", () => {
  const { session, sockets: [socket] } = opened();
  session.ask("maps");
  session.give({ text: "a" });
  assert.deepEqual(socket.sent, []);
  socket.opened();
  assert.deepEqual(socket.sent.map(({ ask, input, step }) => [ask, input.text, step]), [["maps", "a", null]]);
  session.ask("heads", { layer: "network[2]" });
  session.give({ text: "ab" });
  session.look(40);
  assert.deepEqual(socket.sent.slice(1).map(({ ask, input, step }) => [ask, input.text, step]), [
    ["heads", "a", null], ["maps", "ab", null], ["heads", "ab", null], ["maps", "ab", 40], ["heads", "ab", 40],
  ]);
  session.stop("heads");
  session.look(null);
  assert.deepEqual(socket.sent.slice(6).map(({ ask }) => ask), ["maps"]);
  assert.ok(socket.sent.every(({ seq }, index) => index === 0 || seq >= socket.sent[index - 1].seq));
});

test("while the connection is busy, only the newest input is sent", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { session, sockets: [socket] } = opened();
  socket.opened();
  session.ask("maps");
  socket.bufferedAmount = 1e6;
  for (const text of ["a", "ab", "abc"]) session.give({ text });
  assert.equal(socket.sent.length, 0);
  socket.bufferedAmount = 0;
  context.mock.timers.tick(500);
  assert.deepEqual(socket.sent.map(({ input }) => input.text), ["abc"]);
});

test("an error stays until there is an answer, and the last answer stays with it", () => {
  const { session, sockets: [socket] } = opened();
  socket.opened();
  session.ask("maps");
  session.give({ text: "a" });
  const news = [];
  session.listeners.add((_, what) => news.push(what));
  socket.onmessage({ data: frame({ ask: "maps", seq: 1 }) });
  socket.onmessage({ data: frame({ ask: "maps", seq: 2, error: "no", empty: true, waiting: false }) });
  assert.deepEqual([session.answers.get("maps").header.seq, session.errors.get("maps").error], [1, "no"]);
  socket.onmessage({ data: frame({ ask: "maps", seq: 3 }) });
  assert.deepEqual([session.answers.get("maps").header.seq, session.errors.has("maps")], [3, false]);
  socket.onmessage({ data: frame({ ask: "unasked", seq: 4 }) });
  assert.deepEqual(news, ["maps", "maps", "maps"]);
});

test("a lost connection is opened again and asks again; one that was refused is not", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { session, sockets } = opened();
  sockets[0].opened();
  session.ask("maps");
  session.give({ example: 3 });
  sockets[0].onclose({ code: 1006 });
  assert.equal(session.connection, "lost");
  context.mock.timers.tick(1000);
  sockets[1].opened();
  assert.deepEqual(sockets[1].sent.map(({ input }) => input), [{ example: 3 }]);
  sockets[1].onmessage({ data: '{"error":"no such run"}' });
  sockets[1].onclose({ code: 4404 });
  context.mock.timers.tick(60_000);
  assert.deepEqual([session.connection, session.error, sockets.length], ["gone", "no such run", 2]);
});

test("input and selection return after a refresh, for each network its own, without drawings", () => {
  const { session, kept } = opened();
  session.give({ text: "not bad" });
  session.select({ layer: "network[3]", token: 1 });
  const again = opened("mine", kept).session;
  assert.deepEqual([again.input, again.selection], [{ text: "not bad" }, { layer: "network[3]", head: 0, token: 1 }]);
  assert.equal(opened("other", kept).session.input, null);
  again.give({ ink: "AAAA" });
  assert.equal(opened("mine", kept).session.input, null);
  for (let i = 0; i < 30; i++) opened(`n${i}`, kept).session.give({ example: i });
  assert.ok(Object.keys(JSON.parse(kept["pg-attention"])).length <= 12);
  assert.equal(opened("mine", { "pg-attention": "{broken" }).session.input, null);
});
