/**
 * The network editor: the layers of the spec as cards in order, with the shapes between them.
 *
 * Python sends the network and what it is made of; the browser sends edits ({nonce, op, …}, all that were not answered yet, so that none is
 * lost between two of them) and draws what comes back into the cards that are there.
 */

import { component, element, say } from "./component.js";
import { layerCard, drawProblems, shapeGap } from "./network_card.js";
import { iconButton } from "./network_icons.js";
import { addMenu } from "./network_menu.js";
import { addressWith, expected, matchLayers, plural, short } from "./network_model.js";

function create(/** @type {HTMLElement} */ host) {
  let data = /** @type {any} */ (null);
  let streamlit = /** @type {any} */ (null);
  let cards = /** @type {ReturnType<typeof layerCard>[]} */ ([]);
  let layers = /** @type {any[]} */ ([]);
  let waiting = /** @type {any[]} */ ([]);
  let made = 0;
  let frames = 0;
  let picking = 0;

  const undo = iconButton("undo", "Undo");
  const redo = iconButton("redo", "Redo");
  const totals = element("p", { class: "pg-totals", role: "status" });
  const whole = element("ul", { class: "pg-problems pg-whole", hidden: true });
  const input = shapeGap(() => 0, insert);
  const start = element("li", { class: "pg-step" }, input.root);
  const list = element("ol", { class: "pg-layers", "aria-label": "Layers, from the input to the output" }, start);
  const add = element("button", { type: "button", class: "pg-add", "aria-haspopup": "dialog", "aria-expanded": "false" }, "Add a layer");
  const root = element("section", { class: "pg-network", "aria-label": "Network" }, element("div", { class: "pg-head" }, undo, redo, totals), whole, list, add);
  host.append(root);
  const menu = addMenu(root, (kind) => edit({ op: "add", index: picking, kind }));

  function edit(/** @type {any} */ operation) {
    if (data.disabled) return;
    waiting.push({ ...operation, nonce: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}` });
    redraw();
    if (operation.op !== "add") follow(operation);
    streamlit.setTriggerValue("edit", waiting);
  }

  function insert(/** @type {number} */ index, /** @type {HTMLElement} */ opener) {
    picking = index;
    const shape = index === 0 ? data.input.shape : (layers[index - 1]?.row?.shape_out ?? null);
    menu.open(opener, data.catalog, shape);
  }

  undo.addEventListener("click", () => edit({ op: "undo" }));
  redo.addEventListener("click", () => edit({ op: "redo" }));
  /** The output layer is the last one of a network: what is added comes before it. */
  const endsWithOutput = () => layers.at(-1)?.kind === "output";
  add.addEventListener("click", () => insert(layers.length - (endsWithOutput() ? 1 : 0), add));
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || !["z", "y"].includes(event.key.toLowerCase())) return;
    const target = /** @type {HTMLElement} */ (event.target);
    const ours = cards.some((card) => card.card.contains(target));
    if (ours ? cards.some((card) => card.pending()) : target.closest?.("input, textarea, select, [contenteditable], canvas, .pg-draw")) return;
    event.preventDefault();
    edit({ op: event.shiftKey || event.key.toLowerCase() === "y" ? "redo" : "undo" });
  };
  document.addEventListener("keydown", onKey);

  /** Puts the focus where the user goes on after an edit. */
  function follow(/** @type {any} */ operation) {
    const focus = (/** @type {number} */ index) => {
      const card = cards[Math.max(0, Math.min(index, cards.length - 1))];
      (card?.card ?? add).focus({ preventScroll: true });
      card?.card.scrollIntoView({ block: "nearest" });
    };
    if (operation.op === "add") {
      const card = cards[operation.index];
      (card?.card.querySelector("input, select") ?? card?.card ?? add).focus({ preventScroll: true });
      card?.card.scrollIntoView({ block: "nearest" });
    } else if (operation.op === "duplicate") focus(operation.index + 1);
    else if (operation.op === "remove") focus(operation.index);
    else if (operation.op === "move") {
      const held = cards[operation.to]?.card;
      if (!held?.contains(document.activeElement)) focus(operation.to);
    }
  }

  function update(/** @type {any} */ next, /** @type {any} */ connection) {
    data = next;
    streamlit = connection;
    const answered = waiting.filter((operation) => data.done.includes(operation.nonce));
    waiting = waiting.filter((operation) => !data.done.includes(operation.nonce));
    redraw();
    for (const operation of answered) if (operation.op === "add") follow(operation);
    const address = addressWith(location.href, data.token);
    if (address !== location.href) history.replaceState(history.state, "", address);
    root.dataset.frames = String(++frames);
  }

  /** Draws the network as it will be, and gives the focus back to a card that was moved. */
  function redraw() {
    const held = /** @type {HTMLElement|null} */ (document.activeElement);
    draw(waiting.reduce(expected, data.layers));
    if (held && root.contains(held) && document.activeElement !== held) held.focus({ preventScroll: true });
  }

  function draw(/** @type {any[]} */ wanted) {
    const ids = matchLayers(cards.map((card, index) => ({ id: card.id, layer: layers[index] })), wanted);
    const known = new Map(cards.map((card) => [card.id, card]));
    const variants = new Map(data.catalog.map((variant) => [variant.kind, variant]));
    const largest = Math.max(0, ...wanted.map((layer) => layer.row?.parameters ?? 0));
    layers = wanted;
    cards = layers.map((layer, index) => {
      const id = ids[index];
      if (id !== null && known.has(id)) {
        const card = known.get(id);
        known.delete(id);
        return card;
      }
      return layerCard(++made, variants.get(layer.kind), { edit, insert });
    });
    for (const card of known.values()) {
      card.destroy();
      card.root.remove();
    }
    let before = /** @type {Element} */ (start);
    cards.forEach((card, index) => {
      if (before.nextElementSibling !== card.root) before.after(card.root);
      before = card.root;
      const error = data.error && data.error.index === index ? data.error.text : "";
      card.update(layers[index], { index, count: cards.length, disabled: data.disabled, largest, error });
    });
    input.update(data.input.shape, data.disabled, ` · ${data.input.title}`);
    const general = data.error && data.error.index === null ? [{ message: data.error.text, severity: "error", fix: null, path: "" }] : [];
    drawProblems(whole, null, [...general, ...data.problems], data.disabled, edit);
    const traced = layers.every((layer) => layer.row);
    const counts = `${plural(data.parameters, "parameter")} · ${short(data.flops)} FLOPs an example`;
    say(totals, `${plural(layers.length, "layer")} · ${counts}${traced ? "" : ", up to the first problem"}`);
    undo.disabled = data.disabled || data.undo === null;
    redo.disabled = data.disabled || data.redo === null;
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
      menu.destroy();
      for (const card of cards) card.destroy();
    },
  };
}

export default component(create, ["network.css"]);
