import assert from "node:assert/strict";
import test from "node:test";

import { Pace, base64, bytes, request, response } from "../../assets/js/predict_protocol.js";

test("a frame is laid out as agreed, little-endian", () => {
  const frame = Buffer.from(request(0x01020304, 3, 2, Uint8Array.of(0, 1, 2, 253, 254, 255)));
  assert.equal(frame.toString("hex"), "01" + "04030201" + "0300" + "0200" + "000102fdfeff");
});

test("bytes go through base64 and back, however many", () => {
  const long = Uint8Array.from({ length: 112 * 112 }, (_, i) => i % 256);
  assert.equal(base64(long), Buffer.from(long).toString("base64"));
  assert.deepEqual(bytes(base64(long)), long);
});

test("the images in a response are unpacked", () => {
  const sent = {
    seq: 7, label: "3", probabilities: [0.1, 0.9], classes: ["1", "3"], seen: "AAEC/w==", side: [2, 2],
    similar: [{ label: "3", pixels: "/wAA/w==", similarity: 0.8 }], model: "A network", step: 12, milliseconds: 2,
  };
  const got = response(JSON.stringify(sent));
  assert.deepEqual([...got.seen], [0, 1, 2, 255]);
  assert.deepEqual([...got.similar[0].pixels], [255, 0, 0, 255]);
  assert.equal(got.label, "3");
});

test("a refusal says what it is about", () => {
  assert.deepEqual(response('{"seq":4,"error":"nothing drawn yet","empty":true}'), { seq: 4, error: "nothing drawn yet", empty: true, waiting: false });
  assert.deepEqual(response('{"error":"no such run"}'), { seq: null, error: "no such run", empty: false, waiting: false });
});

for (const text of ["", "{", "null", "[]", '{"seq":1}']) {
  test(`an invalid response is null: ${text}`, () => assert.equal(response(text), null));
}

/** A clock that a test moves. */
function clock() {
  const timers = new Map();
  let time = 0;
  return {
    performance: { now: () => time },
    setTimeout: (act, wait) => (timers.set(timers.size + 1, { act, due: time + wait }), timers.size),
    clearTimeout: (id) => timers.delete(id),
    move(milliseconds) {
      time += milliseconds;
      for (const [id, { act, due }] of [...timers]) if (due <= time && timers.delete(id)) act();
    },
  };
}

test("while drawing, one drawing goes at once and then one every pause", () => {
  const watch = clock();
  const sent = [];
  const pace = new Pace(60, () => sent.push(watch.performance.now()), watch);
  for (let i = 0; i <= 50; i++) {
    pace.soon();
    watch.move(4);
  }
  assert.deepEqual(sent, [0, 60, 120, 180]);
});

test("the end of a stroke waits for nothing, and nothing follows it", () => {
  const watch = clock();
  const sent = [];
  const pace = new Pace(60, () => sent.push(watch.performance.now()), watch);
  pace.soon();
  watch.move(10);
  pace.soon();
  watch.move(10);
  pace.now();
  watch.move(500);
  assert.deepEqual(sent, [0, 20]);
});

test("what waits can be called off", () => {
  const watch = clock();
  const sent = [];
  const pace = new Pace(60, () => sent.push(1), watch);
  pace.now();
  pace.soon();
  pace.stop();
  watch.move(500);
  assert.equal(sent.length, 1);
});
