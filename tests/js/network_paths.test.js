import assert from "node:assert/strict";
import test from "node:test";

import { expected, layerAt, layersOf, moves, numbered, tensorBefore, shortcutParameters } from "../../assets/js/network_paths.js";

const layer = (kind, values = {}, shape = null) => ({ kind, values, chains: [], row: shape && { tensor_out: shape } });
const residual = (...layers) => ({ ...layer("residual"), chains: [{ name: "layers", layers }] });
const parallel = (...branches) => ({ ...layer("parallel"), chains: branches.map((layers, index) => ({ name: `branch[${index}]`, layers })) });

const A = layer("conv2d", { filters: 8 }, [8, 28, 28]);
const B = layer("relu", {}, [8, 28, 28]);
const C = layer("dropout", { rate: 0.2 });
const D = layer("output");

/** A network as one text: relu, residual(conv2d, relu) … */
const text = (layers) => layers.map((each) => each.kind + (each.chains?.length ? `(${each.chains.map((inner) => text(inner.layers)).join(" | ")})` : "")).join(", ");
const after = (network, ...operations) => text(operations.reduce(expected, network));

test("layers are found by their paths", () => {
  const network = [A, residual(B, parallel([C], [])), D];
  assert.equal(layerAt(network, "network[0]"), A);
  assert.equal(layerAt(network, "network[1].layers[1].branch[0][0]"), C);
  assert.deepEqual(layersOf(network, "network[1].layers[1].branch[1]"), []);
  for (const nowhere of ["network[9]", "network[0].layers[0]", "network[1].branch[0][0]", "data[0]"]) assert.equal(layerAt(network, nowhere), null);
  assert.equal(numbered("network[1].layers[1].branch[0][0]"), "2.2.1.1");
});

test("what reaches a path is what the layer before it gives, or what comes to its block", () => {
  const network = [A, residual(B, C), D];
  assert.deepEqual(tensorBefore(network, [1, 28, 28], "network[0]"), [1, 28, 28]);
  assert.deepEqual(tensorBefore(network, [1, 28, 28], "network[1].layers[0]"), [8, 28, 28]);
  assert.deepEqual(tensorBefore(network, [1, 28, 28], "network[1].layers[1]"), [8, 28, 28]);
  assert.equal(tensorBefore(network, [1, 28, 28], "network[1].layers[2]"), null);
});

test("an edit is seen before it is answered, and the next one meets what is seen", () => {
  const network = [A, B, C, D];
  const up = { op: "move", path: "network[2]", to: "network[1]" };
  assert.equal(after(network, up, { op: "move", path: "network[1]", to: "network[0]" }), "dropout, conv2d, relu, output");
  const remove = { op: "remove", path: "network[1]" };
  assert.equal(after(network, remove, remove), "conv2d, output");
  assert.equal(after(network, { op: "duplicate", path: "network[0]" }), "conv2d, conv2d, relu, dropout, output");
  assert.deepEqual(expected(network, { op: "set", path: "network[0]", field: "filters", value: 9 })[0].values, { filters: 9 });
  assert.equal(A.values.filters, 8);
});

test("edits inside blocks leave the rest as it is", () => {
  const network = [A, residual(B, parallel([C], [])), D];
  assert.equal(after(network, { op: "remove", path: "network[1].layers[1].branch[0][0]" }), "conv2d, residual(relu, parallel( | )), output");
  assert.equal(after(network, { op: "move", path: "network[0]", to: "network[0].layers[1].branch[1][0]" }), "residual(relu, parallel(dropout | conv2d)), output");
  assert.equal(after(network, { op: "duplicate", path: "network[1].layers[0]" }), "conv2d, residual(relu, relu, parallel(dropout | )), output");
  assert.equal(text(network), "conv2d, residual(relu, parallel(dropout | )), output");
});

test("branches come at the end and leave no gap in the numbers", () => {
  const network = [parallel([A], [B], [C]), D];
  const less = expected(network, { op: "remove_branch", path: "network[0].branch[1]" });
  assert.deepEqual(less[0].chains.map((each) => [each.name, text(each.layers)]), [["branch[0]", "conv2d"], ["branch[1]", "dropout"]]);
  assert.equal(after(network, { op: "add_branch", path: "network[0]" }), "parallel(conv2d | relu | dropout | ), output");
});

test("what cannot be known or done changes nothing", () => {
  const network = [A, residual(B), D];
  const operations = [
    { op: "undo" }, { op: "fix", path: "network[0]" }, { op: "add", path: "network[1]", kind: "relu" }, { op: "remove", path: "network[9]" },
    { op: "move", path: "network[0]", to: "network[7]" }, { op: "move", path: "network[1]", to: "network[0].layers[0]" },
    { op: "remove_branch", path: "network[0].branch[0]" },
  ];
  for (const operation of operations) assert.equal(expected(network, operation), network);
});

test("a layer goes into the block after it, from branch to branch, and out again", () => {
  const start = [A, parallel([B], []), D];
  const texts = [];
  let network = start;
  let path = "network[0]";
  for (const way of ["right", "right", "left", "left"]) {
    const to = moves(network, path)[way];
    network = expected(network, { op: "move", path, to });
    path = to;
    texts.push(text(network));
  }
  assert.deepEqual(texts, [
    "parallel(conv2d, relu | ), output", "parallel(relu | conv2d), output", "parallel(conv2d, relu | ), output", "conv2d, parallel(relu | ), output",
  ]);
});

test("out of a block is before it for its first layer, else after it", () => {
  const network = [residual(A, B, C), D];
  assert.equal(moves(network, "network[0].layers[0]").left, "network[0]");
  assert.equal(moves(network, "network[0].layers[2]").left, "network[1]");
});

test("ends of chains, and the output, have nowhere to go", () => {
  const network = [residual(A), D];
  assert.deepEqual(moves(network, "network[0]"), { up: null, down: "network[1]", right: null, left: null });
  assert.deepEqual(moves(network, "network[1]"), { up: "network[0]", down: null, right: null, left: null });
  assert.equal(moves([residual(A), B, D], "network[1]").right, "network[0].layers[1]");
});

const CATALOG = [{ kind: "parallel", fields: [{ name: "join", default: "concatenate" }] }];

test("layers are put into a block and taken out of it again", () => {
  const network = [A, B, C, D];
  const wrapped = expected(network, { op: "wrap_residual", path: "network[1]", count: 2 });
  assert.equal(text(wrapped), "conv2d, residual(relu, dropout), output");
  assert.deepEqual(expected(wrapped, { op: "unwrap", path: "network[1]" }), network);
  const branches = expected(network, { op: "wrap_parallel", path: "network[0]" }, CATALOG);
  assert.equal(text(branches), "parallel(conv2d | ), relu, dropout, output");
  assert.deepEqual(branches[0].values, { join: "concatenate" });
  assert.equal(after([parallel([A, B], [C]), D], { op: "unwrap", path: "network[0]" }), "conv2d, relu, dropout, output");
});

test("several layers go together", () => {
  const network = [A, B, residual(C), D];
  assert.equal(after(network, { op: "move", path: "network[0]", to: "network[0].layers[1]", count: 2 }), "residual(dropout, conv2d, relu), output");
  assert.equal(after(network, { op: "remove", path: "network[0]", count: 3 }), "output");
  assert.equal(after(network, { op: "duplicate", path: "network[0]", count: 2 }), "conv2d, relu, conv2d, relu, residual(dropout), output");
  assert.deepEqual(moves(network, "network[0]", 2), { up: null, down: "network[1]", right: "network[0].layers[0]", left: null });
  assert.deepEqual(moves(network, "network[2]", 2), { up: "network[1]", down: null, right: null, left: null });
});

test("more layers than there are, and a layer that is no block, change nothing", () => {
  const network = [A, B, D];
  for (const operation of [
    { op: "remove", path: "network[1]", count: 3 }, { op: "wrap_residual", path: "network[2]", count: 2 }, { op: "unwrap", path: "network[0]" },
    { op: "paste", path: "network[1]", text: "[]" },
  ]) assert.equal(expected(network, operation), network);
});

test("a block's other parameters are those of its shortcut", () => {
  const counted = (each, parameters) => ({ ...each, row: { parameters } });
  const dense = counted(layer("dense"), 401_920);
  assert.equal(shortcutParameters(counted(residual(dense), 803_840)), 401_920);
  assert.equal(shortcutParameters(counted(residual(counted(A, 80), counted(B, 0)), 80)), 0);
  assert.equal(shortcutParameters(counted(residual(layer("dense")), 80)), 0);
  assert.equal(shortcutParameters(residual(dense)), 0);
});
