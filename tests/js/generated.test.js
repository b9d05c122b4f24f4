import assert from "node:assert/strict";
import test from "node:test";

globalThis.document ??= /** @type {any} */ ({ baseURI: "http://localhost/" });
const { questionOf, temperatureWords } = await import("../../assets/js/generated.js");
const { QuestionSocket } = await import("../../assets/js/question_socket.js");

const TEXTS = { prompt: "The ", length: "200", temperature: "0.8", top_k: "", seed: "0" };

test("fields become a question, and an empty top-k stands for all symbols", () => {
  assert.deepEqual(questionOf(TEXTS, 500), { question: { prompt: "The ", length: 200, temperature: 0.8, top_k: null, seed: 0 } });
  assert.equal(questionOf({ ...TEXTS, top_k: " 5 " }, 500).question.top_k, 5);
});

for (const [name, text] of [["length", "501"], ["length", "0"], ["length", ""], ["seed", "-1"], ["seed", "1e3"], ["seed", "9999999999"], ["top_k", "0"], ["top_k", "x"], ["temperature", "-1"], ["temperature", "x"]]) {
  test(`a field that is out of range is named: ${name} ${text}`, () => {
    assert.match(questionOf({ ...TEXTS, [name]: text }, 500).error, new RegExp(`^${name.replace("top_k", "top-k")} must be`, "i"));
  });
}

test("temperatures in words", () => {
  assert.deepEqual([0, 0.5, 1, 1.5].map(temperatureWords), ["always the likeliest", "more predictable", "the network's own probabilities", "more surprising"]);
});

/** A socket that a test opens and closes. */
class Fake {
  readyState = 0;
  bufferedAmount = 0;
  /** @type {any[]} */
  sent = [];
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  open() {
    this.readyState = 1;
    this.onopen();
  }
  close() {}
}

test("only answers to the newest question count, and it is asked again after an interruption", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  /** @type {Fake[]} */
  const sockets = [];
  const answers = [];
  const states = [];
  const socket = new QuestionSocket("generate/w1", { onAnswer: (message) => answers.push(message.text), onState: (state) => states.push(state) }, () => {
    sockets.push(new Fake());
    return /** @type {any} */ (sockets.at(-1));
  });
  socket.ask({ prompt: "a" });
  sockets[0].open();
  socket.ask({ prompt: "b" });
  assert.deepEqual(sockets[0].sent, [{ prompt: "a", seq: 1 }, { prompt: "b", seq: 2 }]);
  sockets[0].onmessage({ data: '{"seq": 1, "text": "old"}' });
  sockets[0].onmessage({ data: '{"seq": 2, "text": "new"}' });
  assert.deepEqual(answers, ["new"]);
  sockets[0].onclose({ code: 1006 });
  context.mock.timers.tick(10_000);
  sockets[1].open();
  assert.deepEqual(sockets[1].sent, [{ prompt: "b", seq: 2 }]);
  sockets[1].onclose({ code: 4404 });
  context.mock.timers.tick(100_000);
  assert.deepEqual([sockets.length, states], [2, ["open", "lost", "open", "gone"]]);
});
