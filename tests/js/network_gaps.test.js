import assert from "node:assert/strict";
import test from "node:test";

import { afterTaking, gapAt, scrollSpeed } from "../../assets/js/network_gaps.js";
import { expected, layerAt } from "../../assets/js/network_paths.js";

/** A chain as tall as wanted with gaps at these heights. */
const chain = (path, left, top, right, bottom, ...middles) => ({
  left, top, right, bottom, gaps: middles.map((middle, index) => ({ path: `${path}[${index}]`, middle, left, right })),
});

// A layer from 20 to 60, a block from 80 to 300 with two branches side by side, of which the second is empty, a layer from 320 to 360.
const CHAINS = [
  chain("network", 0, 0, 600, 370, 10, 70, 310, 365),
  chain("network[1].branch[0]", 20, 110, 290, 280, 130, 190, 250),
  chain("network[1].branch[1]", 310, 110, 580, 280, 130),
];
const at = (x, y) => gapAt(CHAINS, x, y)?.path ?? null;

test("the nearest gap of the innermost chain around the pointer is meant", () => {
  assert.equal(at(100, 15), "network[0]");
  assert.equal(at(100, 45), "network[1]");
  assert.equal(at(100, 100), "network[1]"); // the head of the block
  assert.equal(at(100, 150), "network[1].branch[0][0]");
  assert.equal(at(100, 275), "network[1].branch[0][2]");
  assert.equal(at(400, 275), "network[1].branch[1][0]"); // anywhere in an empty branch
  assert.equal(at(300, 200), "network[2]"); // between the branches: the chain around the block
  assert.equal(at(100, 290), "network[2]");
  assert.equal(at(100, 350), "network[3]");
});

test("a little beside the network still means it, far away nothing", () => {
  assert.equal(at(-50, 150), "network[1]");
  assert.equal(at(640, 430), "network[3]");
  assert.equal(at(300, -60), "network[0]");
  for (const [x, y] of [[-90, 150], [700, 150], [300, 460], [300, -90]]) assert.equal(at(x, y), null);
  assert.equal(gapAt([], 5, 5), null);
});

test("every point over the network means a gap, and each gap has points that mean it", () => {
  const met = new Set();
  for (let x = 0; x <= 600; x += 5) for (let y = 0; y <= 370; y += 5) met.add(at(x, y));
  assert.deepEqual([...met].sort(), CHAINS.flatMap((each) => each.gaps.map((gap) => gap.path)).sort());
});

test("a gap has another path once layers above it are taken out", () => {
  assert.equal(afterTaking("network[0]", "network[2]", 1), "network[0]");
  assert.equal(afterTaking("network[5]", "network[2]", 1), "network[4]");
  assert.equal(afterTaking("network[5]", "network[2]", 3), "network[2]");
  assert.equal(afterTaking("network[4].layers[1]", "network[2]", 2), "network[2].layers[1]");
  assert.equal(afterTaking("network[1].layers[1]", "network[2]", 2), "network[1].layers[1]");
  assert.equal(afterTaking("network[3].branch[1][2]", "network[3].branch[0][0]", 1), "network[3].branch[1][2]");
  assert.equal(afterTaking("network[12]", "network[1]", 1), "network[11]");
});

test("right before and right after a layer it stays where it is; into itself it cannot go", () => {
  for (const gap of ["network[2]", "network[3]", "network[4]"]) assert.equal(afterTaking(gap, "network[2]", 2), "network[2]");
  assert.equal(afterTaking("network[2].layers[0]", "network[2]", 1), null);
  assert.equal(afterTaking("network[3].branch[1][0].layers[0]", "network[2]", 2), null);
});

const layer = (kind, ...chains) => ({ kind, values: {}, chains });
const NETWORK = [layer("a"), layer("b", { name: "layers", layers: [layer("c"), layer("d")] }), layer("e"), layer("f")];
const GAPS = [0, 1, 2, 3, 4].map((index) => `network[${index}]`).concat([0, 1, 2].map((index) => `network[1].layers[${index}]`));

test("what is dropped stands between the layers that were beside the gap, from everywhere to everywhere", () => {
  const order = (layers) => layers.flatMap((each) => [each.kind, ...(each.chains.length ? ["(", ...order(each.chains[0].layers), ")"] : [])]);
  const start = order(NETWORK);
  const gapsInOrder = { "network[0]": 0, "network[1]": 1, "network[1].layers[0]": 3, "network[1].layers[1]": 4, "network[1].layers[2]": 5, "network[2]": 6, "network[3]": 7, "network[4]": 8 };
  for (const path of ["network[0]", "network[2]", "network[3]", "network[1].layers[0]", "network[1].layers[1]"]) {
    const { kind } = layerAt(NETWORK, path);
    for (const gap of GAPS) {
      const to = afterTaking(gap, path, 1);
      const marked = [...start.slice(0, gapsInOrder[gap]), "!", ...start.slice(gapsInOrder[gap])].filter((each) => each !== kind);
      assert.deepEqual(order(expected(NETWORK, { op: "move", path, to })), marked.map((each) => (each === "!" ? kind : each)), `${path} to ${gap}`);
    }
  }
});

test("the page follows near its edges only, up or down, faster the nearer and never faster than it may", () => {
  assert.equal(scrollSpeed(400, 0, 800), 0);
  assert.equal(scrollSpeed(400, 380, 420), 0);
  assert.ok(scrollSpeed(20, 0, 800) < scrollSpeed(60, 0, 800) && scrollSpeed(60, 0, 800) < 0);
  assert.equal(scrollSpeed(790, 0, 800), -scrollSpeed(10, 0, 800));
  assert.equal(scrollSpeed(900, 0, 800), 900);
  assert.equal(scrollSpeed(-900, 0, 800), -900);
});
