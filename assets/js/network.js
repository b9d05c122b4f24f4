/**
 * The network editor: the layers of the spec as a list of cards, with the shapes between them.
 *
 * Python sends the network; the browser sends edits ({nonce, op, …}) and updates the existing cards with the response. It always sends all
 * unconfirmed edits: of a component's messages that wait for a script, Streamlit keeps only the newest. The catalog of layers is a module
 * that the server makes.
 */

import { component, element, say } from "./component.js";
import { drawProblems } from "./network_card.js";
import { chainView } from "./network_chain.js";
import { featureRow } from "./network_formulas.js";
import { gestures } from "./network_gestures.js";
import { memoryParts, summary } from "./network_help.js";
import { iconButton } from "./network_icons.js";
import { levelSwitch } from "./network_level.js";
import { addMenu } from "./network_menu.js";
import { addressWith } from "./network_model.js";
import { outbox } from "./network_outbox.js";
import { chainsOf, expected, layerAt, layersOf, ownerOf, tensorBefore, splitPath } from "./network_paths.js";
import { previews, question } from "./network_preview.js";
import { scaleOf } from "./network_tensor.js";
import { textForm, wrongPart } from "./network_text.js";
import { byFinger } from "./pointer.js";
import catalog from "../../network/catalog.js";

function create(/** @type {HTMLElement} */ host) {
  let data = /** @type {any} */ (null);
  let streamlit = /** @type {any} */ (null);
  let layers = /** @type {any[]} */ ([]);
  let waiting = /** @type {any[]} */ ([]);
  let frames = 0;
  let picking = "";
  let refused = /** @type {{text: string, path: string}|null} */ (null); // why the last request was refused, until the next edit
  let newest = ""; // nonce of the edit after which the focus has to move
  let goal = ""; // the path of the layer that was moved last, until the user moves the focus

  const undo = iconButton("undo", "Undo");
  const redo = iconButton("redo", "Redo");
  const totals = element("p", { class: "pg-totals", role: "status" });
  const level = levelSwitch(() => data && redraw());
  const text = textForm((written) => edit({ op: "text", text: written }));
  const preview = previews(() => {
    const previewed = preview.of(data.base, waiting);
    redraw();
    moveFocus(waiting.slice(0, previewed?.count ?? 0));
    if (previewed) writeAddress(previewed.state.token);
  });
  const whole = element("ul", { class: "pg-problems pg-whole", hidden: true });
  const common = catalog.find((variant) => variant.kind === "features")?.fields.find((field) => field.name === "formulas")?.options ?? [];
  const features = featureRow(common, (formulas) => edit({ op: "paste", path: "network[0]", text: `features "${formulas.join(", ")}"` }));
  const chain = chainView("Layers, from input to output", { edit, insert, more: (path, button) => hands.open(path, button) }, features.root);
  const add = element("button", { type: "button", class: "pg-add", "aria-haspopup": "dialog", "aria-expanded": "false" }, "Add a layer");
  const root = element("section", { class: "pg-editor", "aria-label": "Network" }, element("div", { class: "pg-head" }, undo, redo, text.toggle, totals, level.root), text.root, whole, chain.root, add);
  host.append(root);
  const menu = addMenu(root, (kind) => edit({ op: "add", path: picking, kind }));
  const outgoing = outbox(root, () => waiting.length && streamlit.setTriggerValue("edit", waiting));
  const hands = gestures(root, chain.root, { network: () => layers, data: () => data, edit, confirmed: () => waiting.length === 0, refuse, closeMenu: () => menu.close(false) });

  function edit(/** @type {any} */ operation) {
    if (data.disabled && !["undo", "redo"].includes(operation.op)) return; // undo and redo may concern settings that are not locked
    hands.edited(operation);
    refused = null;
    newest = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`;
    waiting.push({ ...operation, nonce: newest });
    redraw();
    goal = operation.op === "move" ? operation.to : "";
    if (!["add", "paste"].includes(operation.op)) focusAfter(operation);
    outgoing.put();
    ask();
  }

  /** Requests a preview of the edits. They are sent to Python once the preview is on the screen, or at once if only Python knows the result. */
  function ask() {
    if (waiting.length && preview.of(data.base, waiting)?.count === waiting.length) return;
    const asked = preview.ask(data, waiting);
    if (question(data, waiting)) asked.then((last) => last && outgoing.afterFrame());
    else outgoing.now();
  }

  function refuse(/** @type {string} */ text, /** @type {string} */ path) {
    refused = { text, path };
    redraw();
    hands.announce(text);
  }

  function insert(/** @type {string} */ path, /** @type {HTMLElement} */ opener) {
    picking = path;
    menu.open(opener, catalog, tensorBefore(layers, data.input.tensor, path), ownerOf(splitPath(path).chain) !== null, level.now());
  }

  undo.addEventListener("click", () => edit({ op: "undo" }));
  redo.addEventListener("click", () => edit({ op: "redo" }));
  /** Whether layers are added before an output layer, which must be the last one. */
  const endsWithOutput = () => layers.at(-1)?.kind === "output";
  add.addEventListener("click", () => insert(`network[${layers.length - (endsWithOutput() ? 1 : 0)}]`, add));
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(event.key.toLowerCase())) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (chain.root.contains(target) ? chain.pending() : target.closest?.("input, textarea, select, [contenteditable], canvas, .pg-draw")) return;
    event.preventDefault();
    edit({ op: event.shiftKey || event.key.toLowerCase() === "y" ? "redo" : "undo" });
  };
  document.addEventListener("keydown", onKey);
  const leave = (/** @type {Event} */ event) => {
    if (!(event instanceof KeyboardEvent) || event.key === "Tab") goal = "";
  };
  document.addEventListener("keydown", leave, true);
  document.addEventListener("pointerdown", leave, true);

  /** The card at a path, or the nearest one before it in its chain, or that of the surrounding block. @returns {HTMLElement|null} */
  function cardNear(/** @type {string} */ path) {
    const { chain: around, index } = splitPath(path);
    const last = (layersOf(layers, around)?.length ?? 0) - 1;
    if (last >= 0) return chain.root.querySelector(`.pg-card[data-path="${around}[${Math.min(index, last)}]"]`);
    const owner = ownerOf(around);
    return owner ? cardNear(owner.block) : null;
  }

  /** Moves the focus to where the user continues after an edit. */
  function focusAfter(/** @type {any} */ { op, path, to, count = 1 }) {
    const focus = (/** @type {HTMLElement|null} */ card, /** @type {string} */ part = "") => {
      ((part && card?.querySelector(part)) || card || add).focus({ preventScroll: true });
      card?.scrollIntoView({ block: "nearest" });
    };
    if (op === "add") focus(cardNear(path), byFinger() ? "" : ":scope > .pg-row :is(input, select):not([hidden] *, details *)");
    else if (["remove", "paste", "wrap_residual", "wrap_parallel", "unwrap"].includes(op)) focus(cardNear(path));
    else if (op === "duplicate") {
      const { chain: around, index } = splitPath(path);
      focus(cardNear(`${around}[${index + count}]`));
    } else if (op === "move") {
      const moved = cardNear(to);
      if (!moved?.contains(document.activeElement)) focus(moved);
    } else if (op === "remove_branch") focus(cardNear(ownerOf(path).block));
  }

  /** Writes the spec's token into the address. @param {string|null} token */
  function writeAddress(token) {
    const address = addressWith(location.href, token);
    if (address !== location.href) history.replaceState(history.state, "", address);
  }

  /** Moves the focus after edits whose layers did not exist before: once, and only if the user has not moved on. @param {any[]} operations */
  function moveFocus(operations) {
    for (const operation of operations) {
      if (!["add", "paste"].includes(operation.op) || operation.nonce !== newest || menu.opened()) continue;
      newest = "";
      focusAfter(operation);
    }
  }

  function update(/** @type {any} */ next, /** @type {any} */ connection, /** @type {boolean} */ changed) {
    streamlit = connection;
    if (!changed && data) return;
    data = next;
    const confirmed = waiting.filter((operation) => data.done.includes(operation.nonce));
    waiting = waiting.filter((operation) => !data.done.includes(operation.nonce));
    ask();
    redraw();
    moveFocus(confirmed.filter((operation) => operation.op === "add" || !data.error)); // layers that could not be pasted have no card
    writeAddress(preview.of(data.base, waiting)?.state.token ?? data.token);
    root.dataset.frames = String(++frames);
  }

  /** Draws the network as it will be after the waiting edits, and restores the focus on a card that was moved. */
  function redraw() {
    const focused = /** @type {HTMLElement|null} */ (document.activeElement);
    const ahead = preview.of(data.base, waiting);
    const unknown = waiting.slice(ahead?.count ?? 0);
    const state = { ...data, ...ahead?.state };
    draw(unknown.reduce((network, operation) => expected(network, operation, catalog), state.layers), state);
    root.dataset.waiting = String(unknown.length);
    if (focused && root.contains(focused) && document.activeElement !== focused) focused.focus({ preventScroll: true });
    const moved = goal ? cardNear(goal) : null; // a layer that moves to another chain gets a new card
    const lost = document.activeElement === document.body || chain.root.contains(document.activeElement);
    if (moved && lost && !moved.contains(document.activeElement)) moved.focus({ preventScroll: true });
    hands.redrawn();
  }

  function draw(/** @type {any[]} */ wanted, /** @type {any} */ { input, problems, text: written, ...counts }) {
    layers = wanted;
    const error = refused ?? data.error;
    const known = error?.path && layerAt(layers, error.path);
    const scene = {
      network: layers,
      variants: new Map(catalog.map((variant) => [variant.kind, variant])),
      disabled: data.disabled,
      largest: Math.max(0, ...layers.map((layer) => layer.row?.parameters ?? 0)),
      error: known ? error : null,
      level: level.now(),
      scale: scaleOf([input.tensor, ...tensorsOf(layers)]),
      names: input.names,
    };
    root.dataset.level = scene.level;
    chain.update("network", layers, input.tensor, input.title, scene);
    features.update(input.tensor, layers[0], data.disabled, waiting.some(({ op, path }) => op === "paste" && path === "network[0]"));
    const wrong = error && !known && !wrongPart(error) ? error.text : "";
    const general = wrong ? [{ message: wrong, severity: "error", fix: null, path: "" }] : [];
    drawProblems(whole, null, [...general, ...problems], data.disabled, edit);
    const traced = layers.every((layer) => layer.row);
    say(totals, summary(counts, count(layers), traced, scene.level));
    totals.title = traced ? memoryParts(counts.memory) : "";
    text.update(written, data.error, data.disabled, waiting.some((operation) => operation.op === "text"));
    undo.disabled = data.undo === null;
    redo.disabled = data.redo === null;
    undo.title = data.undo ? `Undo: ${data.undo} (Ctrl+Z)` : "Nothing to undo";
    redo.title = data.redo ? `Redo: ${data.redo} (Ctrl+Shift+Z)` : "Nothing to redo";
    add.disabled = data.disabled;
    say(add, endsWithOutput() ? "Add a layer before the output" : "Add a layer");
    root.dataset.layers = String(layers.length);
  }

  return {
    update,
    destroy() {
      document.removeEventListener("keydown", onKey);
      document.removeEventListener("keydown", leave, true);
      document.removeEventListener("pointerdown", leave, true);
      hands.destroy();
      menu.destroy();
      outgoing.destroy();
      preview.destroy();
      chain.destroy();
    },
  };
}

/** The outputs of all layers. @param {any[]} layers @returns {(import("./network_model.js").Tensor|null)[]} */
const tensorsOf = (layers) => layers.flatMap((layer) => [layer.row?.tensor_out ?? null, ...chainsOf(layer).flatMap((inner) => tensorsOf(inner.layers))]);

/** The number of layers, including those in blocks. @param {any[]} layers @returns {number} */
const count = (layers) => layers.reduce((sum, layer) => sum + 1 + chainsOf(layer).reduce((inner, chain) => inner + count(chain.layers), 0), 0);

export default component(create, ["network.css", "network_gestures.css"]);
