/** One layer of the network: its card, including the inside of a block, and below it its output. */

import { element, say } from "./component.js";
import { blockBody } from "./network_block.js";
import { foldedFields } from "./network_fields.js";
import { helpNote, work } from "./network_help.js";
import { icon, iconButton } from "./network_icons.js";
import { sizesText } from "./network_model.js";
import { moves, numbered, splitPath } from "./network_paths.js";
import { axesText, inWords, tensorView } from "./network_tensor.js";
import { plural } from "./numbers.js";

const KEYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

/**
 * @param {number} id
 * @param {import("./network_model.js").Variant} variant
 * @param {import("./network_chain.js").Act} act
 * @param {typeof import("./network_chain.js").chainView} makeChain
 */
export function layerCard(id, variant, act, makeChain) {
  let path = "";
  let ways = /** @type {ReturnType<typeof moves>} */ ({ up: null, down: null, left: null, right: null });
  const complaints = new Map();
  const grumble = (/** @type {string} */ name, /** @type {string} */ message) => {
    if (message) complaints.set(name, message);
    else complaints.delete(name);
    const text = [...complaints.values()].join(" · ");
    say(grumbles, text);
    grumbles.hidden = text === "";
  };
  const fields = foldedFields(variant.fields, (field, value) => act.edit({ op: "set", path, field, value }), grumble);
  const inside = variant.inside ? blockBody(variant, act, makeChain) : null;
  const handle = element("span", { class: "pg-handle", "aria-hidden": "true", title: "Drag to move" }, icon("grip"));
  const more = iconButton("more", `More actions for ${variant.title}`, { "aria-haspopup": "menu", "aria-expanded": "false", class: "pg-tool pg-more-button" });
  const number = element("span", { class: "pg-index", "aria-hidden": "true" });
  const title = element("span", { class: "pg-title", title: variant.help }, variant.title);
  const parameters = element("span", { class: "pg-parameters" });
  const flops = element("span", { class: "pg-flops", title: "Floating-point operations per example, and memory kept per example for the backward pass" });
  const help = helpNote(variant);
  const tools = {
    up: iconButton("up", "Move up (Alt+↑)"),
    down: iconButton("down", "Move down (Alt+↓)"),
    left: iconButton("left", "Move out of the block, or a branch to the left (Alt+←)"),
    right: iconButton("right", "Move into the block, or a branch to the right (Alt+→)"),
  };
  const duplicate = iconButton("duplicate", "Duplicate");
  const remove = iconButton("remove", "Remove (Delete)");
  const fold = iconButton("fold", "Show or hide the layers inside", { "aria-expanded": "true", class: "pg-tool pg-fold" });
  const problems = element("ul", { class: "pg-problems", hidden: true });
  const grumbles = element("p", { class: "pg-field-error", role: "alert", hidden: true });
  const share = element("i", { class: "pg-share", "aria-hidden": "true" });
  const row = element(
    "div",
    { class: "pg-row" },
    element("div", { class: "pg-name" }, handle, number, title, help.button, ...(inside ? [fold] : [])),
    fields.root,
    element("div", { class: "pg-counts" }, parameters, flops),
    element("div", { class: "pg-actions" }, tools.left, tools.right, tools.up, tools.down, duplicate, remove, more),
  );
  const card = element(
    "div",
    { class: "pg-card", role: "group", tabindex: "0", "data-kind": variant.kind, "data-group": variant.group },
    row,
    help.root,
    grumbles,
    problems,
    ...(inside ? [inside.root] : []),
    share,
  );
  const gap = tensorGap(() => {
    const { chain, index } = splitPath(path);
    return `${chain}[${index + 1}]`;
  }, act.insert);
  const root = element("li", { class: "pg-step", "data-id": String(id) }, card, gap.root);

  const move = (/** @type {keyof typeof ways} */ way) => {
    if (ways[way] !== null && !remove.disabled) act.edit({ op: "move", path, to: ways[way] });
  };
  for (const way of /** @type {(keyof typeof tools)[]} */ (Object.keys(tools))) tools[way].addEventListener("click", () => move(way));
  duplicate.addEventListener("click", () => act.edit({ op: "duplicate", path }));
  remove.addEventListener("click", () => act.edit({ op: "remove", path }));
  more.addEventListener("click", () => act.more(path, more));
  fold.addEventListener("click", () => {
    const open = fold.getAttribute("aria-expanded") !== "true";
    fold.setAttribute("aria-expanded", String(open));
    inside.root.hidden = !open;
  });
  card.addEventListener("keydown", (event) => {
    const target = /** @type {HTMLElement} */ (event.target);
    if (target !== card && !row.contains(target)) return; // belongs to a layer inside
    if (event.altKey && event.key in KEYS) move(KEYS[event.key]);
    else if (event.key === "Delete" && !target.matches("input, select") && !remove.disabled) act.edit({ op: "remove", path });
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    id,
    root,
    card,
    /** @param {any} layer @param {{path: string, count: number, tensor: import("./network_model.js").Tensor|null}} at @param {import("./network_chain.js").Scene} scene */
    update(layer, at, scene) {
      path = card.dataset.path = at.path;
      ways = moves(scene.network, path);
      say(number, numbered(path));
      const traced = layer.row;
      say(parameters, traced ? (traced.parameters ? plural(traced.parameters, "parameter") : "") : "");
      say(flops, scene.level === "advanced" ? work(traced) : "");
      help.update(traced, scene.level);
      share.style.width = traced && scene.largest ? `${(100 * traced.parameters) / scene.largest}%` : "0";
      const output = traced ? `, output ${sizesText(traced.tensor_out)}, ${plural(traced.parameters, "parameter")}` : "";
      card.setAttribute("aria-label", `Layer ${numbered(path)} of ${at.count}: ${variant.title}${output}`);
      fields.update(layer.values, scene.disabled, scene.level, { tensor: at.tensor, refused: scene.error?.path === path, names: path === "network[0]" ? scene.names : [] });
      for (const way of /** @type {(keyof typeof tools)[]} */ (Object.keys(tools))) tools[way].disabled = scene.disabled || ways[way] === null;
      tools.left.hidden = ways.left === null;
      tools.right.hidden = ways.right === null;
      duplicate.disabled = remove.disabled = more.disabled = scene.disabled;
      grumble("python", scene.error?.path === path ? scene.error.text : "");
      drawProblems(problems, card, layer.problems, scene.disabled, act.edit);
      inside?.update(layer, path, at.tensor, scene);
      gap.update(traced ? traced.tensor_out : null, scene, at.tensor);
    },
    /** @returns {boolean} */
    pending: () => fields.pending() || (inside?.pending() ?? false),
    destroy() {
      fields.destroy();
      inside?.destroy();
    },
  };
}

/** The tensor between two layers, and the button to insert a layer there. @param {() => string} path */
export function tensorGap(path, insert) {
  const sizes = element("span", { class: "pg-shape" });
  const words = element("span", { class: "pg-words" });
  const picture = tensorView();
  const button = iconButton("plus", "Insert a layer here", { "aria-haspopup": "dialog", "aria-expanded": "false", class: "pg-tool pg-insert" });
  button.addEventListener("click", () => insert(path(), button));
  const root = element("div", { class: "pg-gap" }, element("i", { class: "pg-wire", "aria-hidden": "true" }), button, sizes, picture.root, words);
  return {
    root,
    button,
    /** @param {import("./network_model.js").Tensor|null} tensor @param {import("./network_chain.js").Scene} scene @param {import("./network_model.js").Tensor|null} before  the input of the layer @param {string} [note] */
    update(tensor, { disabled, scale, level }, before, note = "") {
      root.dataset.path = path();
      say(sizes, tensor ? sizesText(tensor) : "?");
      const ending = tensor?.varies ? "; shorter ones are padded, and layers leave the padding (dashed) out" : "";
      sizes.title = tensor ? `Here each example is ${inWords(tensor)} (${axesText(tensor)})${ending}` : "Unknown: a layer above has an error";
      root.dataset.same = String(JSON.stringify(tensor) === JSON.stringify(before));
      picture.update(tensor, scale);
      say(words, note || (tensor && root.dataset.same === "false" ? (level === "beginner" ? inWords : axesText)(tensor) : ""));
      button.disabled = disabled;
    },
  };
}

const SEVERITIES = ["error", "warning", "note"];

/** The severity of the worst of these problems, "none" without any. @param {{severity: string}[]} problems */
export const worst = (problems) => SEVERITIES.find((severity) => problems.some((problem) => problem.severity === severity)) ?? "none";

/** Problems as a list, each with its fix as a button; redrawn only if they changed. */
export function drawProblems(list, card, problems, disabled, edit) {
  const wanted = JSON.stringify([problems, disabled]);
  if (list.dataset.drawn !== wanted) {
    list.dataset.drawn = wanted;
    list.replaceChildren(
      ...problems.map((problem) => {
        const item = element("li", { "data-severity": problem.severity }, element("span", {}, problem.message));
        if (problem.fix) {
          const button = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-fix" }, problem.fix));
          button.disabled = disabled;
          button.addEventListener("click", () => edit({ op: "fix", path: problem.path, title: problem.fix }));
          item.append(button);
        }
        return item;
      }),
    );
  }
  list.hidden = problems.length === 0;
  if (card) card.dataset.problem = worst(problems);
}
