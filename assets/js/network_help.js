/** The help of a layer, with its counts and what its settings mean, behind a question mark on its card. */

import { element, say } from "./component.js";
import { iconButton } from "./network_icons.js";
import { short } from "./network_model.js";
import { inWords } from "./network_tensor.js";
import { plural } from "./numbers.js";

/** Bytes in three digits: "999 B", "50.2 kB". @param {number} size */
export const bytes = (size) => (size < 999.5 ? `${size} B` : `${short(size)}B`);

/** Counts of a layer other than its parameters, as a short text. @param {any} row */
export const work = (row) => [row?.flops ? `${short(row.flops)} FLOPs` : "", row?.kept_bytes ? bytes(row.kept_bytes) : ""].filter(Boolean).join(" · ");

/** The counts of a layer as sentences. @param {any} row  null if unknown */
export function facts(row) {
  if (!row) return "";
  const learns = row.trainable ? ` It has ${plural(row.trainable, "trainable parameter")}.` : row.parameters ? " Its parameters are frozen." : "";
  const effort = row.flops ? ` It takes ${short(row.flops)} FLOPs (additions and multiplications) per example.` : "";
  const memory = row.kept_bytes ? ` In training, it keeps ${bytes(row.kept_bytes)} per example in memory for the backward pass.` : "";
  return `Its output is ${inWords(row.tensor_out)}.${learns}${effort}${memory}`;
}

/**
 * The counts of a network in one line: layers and parameters, and for advanced users FLOPs and memory.
 *
 * @param {{parameters: number, flops: number, memory: any}} data @param {number} layers @param {boolean} traced  whether all layers were traced without errors
 * @param {import("./network_level.js").Level} level
 */
export function summary({ parameters, flops, memory }, layers, traced, level) {
  const counts = [plural(layers, "layer"), plural(parameters, "parameter")];
  if (level === "advanced") counts.push(`${short(flops)} FLOPs per example`, `${bytes(memory.total)} to train`);
  return `${counts.join(" · ")}${traced ? "" : " (up to the first error)"}`;
}

/** How the memory for training is used, in a sentence. @param {any} memory */
export const memoryParts = ({ batch, total, weights, gradients, optimizer, activations, by }) =>
  `Training with batches of ${batch} takes about ${bytes(total)}: weights ${bytes(weights)}, gradients ${bytes(gradients)}, ${by} ${bytes(optimizer)}, ` +
  `activations kept for the backward pass ${bytes(activations)}`;

/** The settings that a card shows, in its order: beginners do not see all. @param {import("./network_model.js").Field[]} fields @param {import("./network_level.js").Level} level */
export const explained = (fields, level) => [
  ...fields.filter((field) => !field.advanced && (level === "advanced" || !field.finer)),
  ...fields.filter((field) => field.advanced && level === "advanced"),
];

let created = 0;

/** @param {import("./network_model.js").Variant} variant */
export function helpNote(variant) {
  const id = `pg-help-${++created}`;
  const button = iconButton("help", `What ${variant.title} does`, { "aria-expanded": "false", "aria-controls": id, class: "pg-tool pg-help-button" });
  const numbers = element("span", { class: "pg-help-numbers" });
  const words = variant.beginners || variant.help;
  const settings = element("dl");
  const root = element("div", { id, class: "pg-help", hidden: true }, element("p", {}, words.endsWith(".") ? words : `${words}.`, " ", numbers), settings);
  let row = /** @type {any} */ (null);
  let level = /** @type {import("./network_level.js").Level|null} */ (null);
  button.addEventListener("click", () => {
    root.hidden = !root.hidden;
    button.setAttribute("aria-expanded", String(!root.hidden));
    say(numbers, facts(row));
  });
  return {
    button,
    root,
    /** @param {any} next  the layer's row @param {import("./network_level.js").Level} shown */
    update(next, shown) {
      row = next;
      if (!root.hidden) say(numbers, facts(row));
      if (shown === level) return;
      level = shown;
      settings.replaceChildren(...explained(variant.fields, shown).flatMap((field) => [element("dt", {}, field.title), element("dd", {}, field.hint)]));
    },
  };
}
