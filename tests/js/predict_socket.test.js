import assert from "node:assert/strict";
import { test } from "node:test";

import { PredictSocket } from "../../assets/js/predict_socket.js";

/** A socket whose other ends the test holds, and what its listener was told. */
function line() {
  const sockets = [];
  const responses = [];
  const states = [];
  const listener = { onResponse: ({ seq }) => responses.push(seq), onState: (state) => states.push(state) };
  const socket = new PredictSocket("digits", listener, () => {
    const end = { readyState: 0, bufferedAmount: 0, sent: [], send(frame) { this.sent.push(new DataView(frame.buffer).getUint32(1, true)); }, close() {} };
    sockets.push(end);
    return /** @type {any} */ (end);
  });
  const open = () => Object.assign(sockets.at(-1), { readyState: 1 }).onopen();
  const answer = (seq) => sockets.at(-1).onmessage({ data: JSON.stringify({ seq, error: "no", empty: true }) });
  return { socket, sockets, responses, states, open, answer };
}

const INK = new Uint8Array(4);

test("only the newest drawing is sent once the connection is open, and again after an interruption", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, sockets, states, open } = line();
  socket.send(2, 2, INK);
  socket.send(2, 2, INK);
  open();
  assert.deepEqual(sockets[0].sent, [2]);
  sockets[0].onclose({ code: 1006 });
  t.mock.timers.tick(10_000);
  open();
  assert.deepEqual(sockets[1].sent, [2]);
  sockets[1].onclose({ code: 4404 });
  t.mock.timers.tick(100_000);
  assert.deepEqual([sockets.length, states], [2, ["open", "lost", "open", "gone"]]);
});

test("a busy connection gets the newest drawing when it can take it", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, sockets, open } = line();
  open();
  sockets[0].bufferedAmount = 1e6;
  for (let drawing = 0; drawing < 3; drawing++) socket.send(2, 2, INK);
  assert.deepEqual(sockets[0].sent, []);
  sockets[0].bufferedAmount = 0;
  t.mock.timers.tick(500);
  assert.deepEqual(sockets[0].sent, [3]);
});

test("answers to a drawing that was cleared are ignored, and it is not sent again", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { socket, sockets, responses, open, answer } = line();
  open();
  socket.send(2, 2, INK);
  socket.forget();
  answer(1);
  sockets[0].onclose({ code: 1006 });
  t.mock.timers.tick(10_000);
  open();
  assert.deepEqual([responses, sockets[1].sent], [[], []]);
  socket.send(2, 2, INK);
  answer(2);
  assert.deepEqual(responses, [2]);
});
