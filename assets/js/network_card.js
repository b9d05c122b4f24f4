/** One layer of the network: its card, and below it the shape of what it gives. */

import { element, say } from "./component.js";
import { fieldInput } from "./network_fields.js";
import { iconButton } from "./network_icons.js";
import { plural, shapeText, short } from "./network_model.js";

/**
 * @param {number} id
 * @param {import("./network_model.js").Variant} variant
 * @param {{edit: (operation: object) => void, insert: (index: number, opener: HTMLElement) => void}} act
 */
export function layerCard(id, variant, act) {
  let index = 0;
  let last = 0;
  const fields = variant.fields.map((field) => ({
    name: field.name,
    ...fieldInput(field, (value) => act.edit({ op: "set", index, field: field.name, value }), (message) => grumble(field.name, message)),
  }));
  const number = element("span", { class: "pg-index", "aria-hidden": "true" });
  const title = element("span", { class: "pg-title", title: variant.help }, variant.title);
  const parameters = element("span", { class: "pg-parameters" });
  const flops = element("span", { class: "pg-flops" });
  const up = iconButton("up", "Move up (Alt+↑)");
  const down = iconButton("down", "Move down (Alt+↓)");
  const duplicate = iconButton("duplicate", "Duplicate");
  const remove = iconButton("remove", "Remove (Delete)");
  const problems = element("ul", { class: "pg-problems", hidden: true });
  const grumbles = element("p", { class: "pg-grumble", role: "alert", hidden: true });
  const share = element("i", { class: "pg-share", "aria-hidden": "true" });
  const card = element(
    "div",
    { class: "pg-card", role: "group", tabindex: "0", "data-kind": variant.kind, "data-group": variant.group },
    element(
      "div",
      { class: "pg-row" },
      element("div", { class: "pg-name" }, number, title),
      element("div", { class: "pg-fields" }, ...fields.map((field) => field.root)),
      element("div", { class: "pg-counts" }, parameters, flops),
      element("div", { class: "pg-actions" }, up, down, duplicate, remove),
    ),
    grumbles,
    problems,
    share,
  );
  const gap = shapeGap(() => index + 1, act.insert);
  const root = element("li", { class: "pg-step", "data-id": String(id) }, card, gap.root);

  const complaints = new Map();
  const grumble = (/** @type {string} */ name, /** @type {string} */ message) => {
    if (message) complaints.set(name, message);
    else complaints.delete(name);
    const text = [...complaints.values()].join(" · ");
    say(grumbles, text);
    grumbles.hidden = text === "";
  };
  const move = (/** @type {number} */ by) => {
    if (index + by >= 0 && index + by <= last) act.edit({ op: "move", index, to: index + by, focus: id });
  };
  up.addEventListener("click", () => move(-1));
  down.addEventListener("click", () => move(1));
  duplicate.addEventListener("click", () => act.edit({ op: "duplicate", index }));
  remove.addEventListener("click", () => act.edit({ op: "remove", index }));
  card.addEventListener("keydown", (event) => {
    const entering = /** @type {HTMLElement} */ (event.target).matches("input, select");
    if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) move(event.key === "ArrowUp" ? -1 : 1);
    else if (event.key === "Delete" && !entering && !remove.disabled) act.edit({ op: "remove", index });
    else return;
    event.preventDefault();
    event.stopPropagation();
  });

  return {
    id,
    root,
    card,
    /** @param {any} layer @param {{index: number, count: number, disabled: boolean, largest: number, error: string}} at */
    update(layer, at) {
      index = at.index;
      last = at.count - 1;
      say(number, String(index + 1));
      const row = layer.row;
      say(parameters, row ? (row.parameters ? plural(row.parameters, "parameter") : "") : "");
      say(flops, row && row.flops ? `${short(row.flops)} FLOPs` : "");
      share.style.width = row && at.largest ? `${(100 * row.parameters) / at.largest}%` : "0";
      const shape = row ? `, gives ${shapeText(row.shape_out)}, ${plural(row.parameters, "parameter")}` : "";
      card.setAttribute("aria-label", `Layer ${index + 1} of ${at.count}: ${variant.title}${shape}`);
      for (const field of fields) field.update(layer.values[field.name], at.disabled);
      up.disabled = at.disabled || index === 0;
      down.disabled = at.disabled || index === last;
      duplicate.disabled = remove.disabled = at.disabled;
      grumble("python", at.error);
      drawProblems(problems, card, layer.problems, at.disabled, act.edit);
      gap.update(row ? row.shape_out : null, at.disabled);
    },
    pending: () => fields.some((field) => field.pending()),
    destroy: () => fields.forEach((field) => field.destroy()),
  };
}

/** The shape between two layers, and the button that puts one between them. @param {() => number} place */
export function shapeGap(place, insert) {
  const shape = element("span", { class: "pg-shape" });
  const button = iconButton("plus", "Insert a layer here", { "aria-haspopup": "dialog", "aria-expanded": "false", class: "pg-tool pg-insert" });
  button.addEventListener("click", () => insert(place(), button));
  return {
    root: element("div", { class: "pg-gap" }, element("i", { class: "pg-wire", "aria-hidden": "true" }), shape, button),
    button,
    /** @param {number[]|null} sizes @param {boolean} disabled @param {string} [note] */
    update(sizes, disabled, note = "") {
      say(shape, sizes ? shapeText(sizes) + note : "?");
      shape.title = sizes ? `Each example is ${shapeText(sizes)} here` : "Not known: a layer above does not work";
      button.disabled = disabled;
    },
  };
}

/** Problems as a list, each with its remedy as a button; drawn anew only where they changed. */
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
  const worst = problems.some((problem) => problem.severity === "error") ? "error" : problems.length ? "note" : "none";
  if (card) card.dataset.problem = worst;
}
