import assert from "node:assert/strict";
import test from "node:test";

import { actionsFor, groupAt } from "../../assets/js/network_actions.js";
import { announcement } from "../../assets/js/network_announce.js";
import { asText, refusal } from "../../assets/js/network_clipboard.js";
import { holds, kept, layersIn, span, stepped } from "../../assets/js/network_select.js";

const layer = (kind, values = {}, ...chains) => ({ kind, values, chains, row: { parameters: 5 }, problems: [] });
const residual = (...layers) => layer("residual", {}, { name: "layers", layers });
const parallel = (...branches) => layer("parallel", { join: "add" }, ...branches.map((layers, index) => ({ name: `branch[${index}]`, layers })));
const NETWORK = [layer("conv2d", { filters: 8 }), residual(layer("relu"), layer("tanh")), parallel([layer("relu")], []), layer("output")];

test("a selection goes from one layer to another, whichever came first", () => {
  assert.deepEqual(span("network[1]", "network[3]"), { path: "network[1]", count: 3 });
  assert.deepEqual(span("network[3]", "network[1]"), { path: "network[1]", count: 3 });
  assert.deepEqual(span("network[1].layers[1]", "network[1].layers[0]"), { path: "network[1].layers[0]", count: 2 });
});

test("between chains it is of the chain around both", () => {
  assert.deepEqual(span("network[0]", "network[1].layers[1]"), { path: "network[0]", count: 2 });
  assert.deepEqual(span("network[2].branch[0][0]", "network[2].branch[1][4]"), { path: "network[2]", count: 1 });
  assert.deepEqual(span("network[2].branch[0][0]", "network[2].branch[1][4].layers[2]"), { path: "network[2]", count: 1 });
  assert.deepEqual(span("network[2].branch[0][3].layers[1]", "network[2].branch[0][1].layers[0]"), { path: "network[2].branch[0][1]", count: 3 });
});

test("it grows by a layer at a time, to the ends of the chain", () => {
  assert.equal(stepped(NETWORK, "network[2]", 1), "network[3]");
  assert.equal(stepped(NETWORK, "network[3]", 1), null);
  assert.equal(stepped(NETWORK, "network[0]", -1), null);
  assert.equal(stepped(NETWORK, "network[1].layers[0]", 1), "network[1].layers[1]");
});

test("it holds the layers of its chain, not what is inside them", () => {
  const group = { path: "network[1]", count: 2 };
  assert.deepEqual(["network[0]", "network[1]", "network[2]", "network[3]", "network[1].layers[0]"].map((path) => holds(group, path)), [false, true, true, false, false]);
  assert.deepEqual(layersIn(NETWORK, group).map((each) => each.kind), ["residual", "parallel"]);
  assert.deepEqual(layersIn(NETWORK, { path: "network[3]", count: 2 }), []);
  assert.equal(groupAt(group, "network[2]"), group);
  assert.deepEqual(groupAt(group, "network[0]"), { path: "network[0]", count: 1 });
});

test("what was moved stays selected, other edits end a selection", () => {
  const group = { path: "network[1]", count: 2 };
  assert.deepEqual(kept(group, { op: "move", path: "network[1]", to: "network[0]", count: 2 }), { path: "network[0]", count: 2 });
  assert.equal(kept(group, { op: "set", path: "network[1]" }), group);
  for (const op of ["remove", "undo", "paste"]) assert.equal(kept(group, { op, path: "network[1]", count: 2 }), null);
});

const ids = (group, more = false) => actionsFor(NETWORK, group, more).flat().map((action) => action.id);

test("a menu has what can be done with its layers, and nothing else", () => {
  assert.deepEqual(ids({ path: "network[0]", count: 1 }, true), ["copy", "cut", "paste", "duplicate", "select", "down", "right", "wrap_residual", "wrap_parallel", "remove"]);
  assert.ok(ids({ path: "network[1]", count: 1 }).includes("unwrap"));
  assert.ok(!ids({ path: "network[1]", count: 2 }).includes("unwrap"));
  for (const action of ["wrap_residual", "wrap_parallel", "right"]) assert.ok(!ids({ path: "network[2]", count: 2 }).includes(action));
  assert.ok(ids({ path: "network[1].layers[0]", count: 2 }).includes("left"));
});

test("what several layers are asked to do says how many", () => {
  const [remove] = actionsFor(NETWORK, { path: "network[0]", count: 3 }, false).at(-1);
  assert.deepEqual(remove.operation, { op: "remove", path: "network[0]", count: 3 });
  assert.equal(remove.title, "Remove 3 layers");
});

test("copied layers have their settings and what is inside them, and nothing that is only known here", () => {
  assert.deepEqual(JSON.parse(asText(NETWORK, true)), [
    { kind: "conv2d", filters: 8 },
    { kind: "residual", layers: [{ kind: "relu" }, { kind: "tanh" }] },
    { kind: "parallel", join: "add", branch: [[{ kind: "relu" }], []] },
    { kind: "output" },
  ]);
});

test("they are copied as Python writes them, unless an edit of them is on its way", () => {
  const written = [{ ...layer("dense", { units: 64 }), text: "dense 64" }, { ...layer("relu"), text: "relu" }];
  assert.equal(asText(written, true), "dense 64 | relu");
  assert.deepEqual(JSON.parse(asText(written, false)), [{ kind: "dense", units: 64 }, { kind: "relu" }]);
});

test("an empty text and one of a megabyte are refused in words, before they are sent", () => {
  assert.match(refusal("  "), /copy a layer/);
  assert.match(refusal("x".repeat(1_000_000)), /1,000,000 characters/);
  assert.equal(refusal("relu"), "");
});

test("an edit is announced with the layer's title and position", () => {
  const say = (operation) => announcement(operation, NETWORK, (each) => each.kind.toUpperCase());
  assert.equal(say({ op: "move", path: "network[0]", to: "network[0].layers[1]" }), "CONV2D moved to position 1.2");
  assert.equal(say({ op: "remove", path: "network[1]", count: 2 }), "2 layers removed");
  assert.equal(say({ op: "add", path: "network[1]", kind: "relu" }), "RELU added at position 2");
  assert.equal(say({ op: "unwrap", path: "network[1]" }), "RESIDUAL unwrapped");
  assert.equal(say({ op: "set", path: "network[0]" }), "");
});
