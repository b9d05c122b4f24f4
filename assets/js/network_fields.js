/** The settings on a layer's card: numbers, choices and switches, edited in place. Input being typed is never overwritten. */

import { element, say } from "./component.js";
import { formulasInput } from "./network_formulas.js";
import { changed, readNumber } from "./network_model.js";

const SETTLE_MS = 250;
let created = 0;

/**
 * One setting with its label.
 *
 * @param {import("./network_model.js").Field} field
 * @param {(value: unknown) => void} commit
 * @param {(message: string) => void} complain  shows an error message; "" clears it
 */
export function fieldInput(field, commit, complain) {
  const id = `pg-field-${++created}`;
  const control = makeControl(field, id);
  const unit = field.unit ? element("span", { class: "pg-unit" }, field.unit) : "";
  const label = element("label", { for: id }, field.title);
  const root = element("div", { class: "pg-field", title: field.hint, "data-kind": field.kind }, label, control, unit);
  let shown = "";
  let value = /** @type {unknown} */ (undefined);
  let timer = 0;

  const text = (/** @type {unknown} */ content) => (field.kind === "switch" ? String(Boolean(content)) : content === null ? "" : String(content));
  const now = () => (field.kind === "switch" ? String(control.checked) : control.value);
  const put = (/** @type {unknown} */ content) => {
    shown = text(content);
    if (field.kind === "switch") control.checked = Boolean(content);
    else control.value = shown;
    control.removeAttribute("aria-invalid");
  };

  const send = () => {
    clearTimeout(timer);
    if (now() === shown) return;
    if (field.kind === "switch") return accept(control.checked);
    if (field.kind === "choice") return accept(field.options.find((option) => String(option) === control.value));
    if (field.optional && control.value.trim() === "") return accept(null);
    const read = readNumber(control.value, field);
    if ("error" in read) {
      control.setAttribute("aria-invalid", "true");
      complain(read.error);
    } else accept(read.value);
  };
  const accept = (/** @type {unknown} */ next) => {
    complain("");
    put(next);
    if (next !== value) commit(next);
  };

  control.addEventListener("change", () => {
    clearTimeout(timer);
    timer = setTimeout(send, field.kind === "integer" || field.kind === "number" ? SETTLE_MS : 0);
  });
  control.addEventListener("blur", send);
  control.addEventListener("keydown", (event) => {
    if (event.key === "Enter") send();
    if (event.key === "Escape") {
      put(value);
      complain("");
    }
  });

  return {
    root,
    control,
    /** Shows the spec's value, unless the user is typing another one. @param {unknown} next @param {boolean} disabled */
    update(next, disabled) {
      const typing = document.activeElement === control && now() !== shown;
      if (next !== value || (now() !== text(next) && !typing)) {
        value = next;
        if (!typing) put(next);
      }
      control.disabled = disabled;
    },
    /** Whether it contains input that the spec does not have yet. */
    pending: () => now() !== shown,
    destroy: () => clearTimeout(timer),
  };
}

/** @typedef {{tensor: import("./network_model.js").Tensor|null, refused: boolean, names: string[]}} Around  of a layer: its input, whether its
 *  last edit was refused, and what the features of its input are called, if they have names */

/**
 * The settings of a layer: common ones in a row, advanced ones folded, with the number of changed ones.
 *
 * @param {import("./network_model.js").Field[]} fields
 * @param {(name: string, value: unknown) => void} commit
 * @param {(name: string, message: string) => void} complain
 */
export function foldedFields(fields, commit, complain) {
  const inputs = fields.map((field) => ({
    field,
    ...(field.kind === "texts" ? formulasInput : fieldInput)(field, (value) => commit(field.name, value), (message) => complain(field.name, message)),
  }));
  const rare = fields.filter((field) => field.advanced);
  const hidden = fields.filter((field) => field.advanced || field.finer); // hidden from beginners; a button shows them if some are changed
  let expanded = false;
  let last = /** @type {any[]} */ ([]);
  const common = inputs.filter(({ field }) => !field.advanced).map((input) => input.root);
  const more = element("summary", {}, "More");
  const folded = element("details", { class: "pg-more" }, more, element("div", { class: "pg-fields" }, ...inputs.filter(({ field }) => field.advanced).map((input) => input.root)));
  const differing = element("button", { type: "button", class: "pg-changed-settings", "aria-expanded": "false", hidden: true });
  differing.addEventListener("click", () => {
    expanded = !expanded;
    folded.toggleAttribute("open", expanded && changed(rare, last[0]) > 0);
    shown.update(...last);
  });
  const shown = {
    root: element("div", { class: "pg-fields" }, ...common, ...(rare.length ? [folded] : []), ...(hidden.length ? [differing] : [])),
    /** @param {Record<string, any>} values @param {boolean} disabled @param {import("./network_level.js").Level} level
     *  @param {Around} around */
    update(values, disabled, level, around) {
      last = [values, disabled, level, around];
      const simple = level === "beginner" && !expanded;
      for (const { field, root } of inputs) if (field.finer) root.hidden = simple;
      folded.hidden = simple;
      const others = changed(hidden, values);
      differing.hidden = level !== "beginner" || (others === 0 && !expanded);
      differing.setAttribute("aria-expanded", String(expanded));
      say(differing, expanded ? "Fewer settings" : `${others} more setting${others === 1 ? "" : "s"} changed`);
      for (const input of inputs) input.update(values[input.field.name], disabled, around);
      const count = changed(rare, values);
      say(more, count ? `More · ${count} changed` : "More");
    },
    pending: () => inputs.some((input) => input.pending()),
    destroy: () => inputs.forEach((input) => input.destroy()),
  };
  return shown;
}

function makeControl(field, id) {
  if (field.kind === "choice") return element("select", { id }, ...field.options.map((option) => element("option", { value: String(option) }, field.labels[option] ?? String(option))));
  if (field.kind === "switch") return element("input", { id, type: "checkbox" });
  const bounds = Object.fromEntries(
    [["min", field.above ? null : field.minimum], ["max", field.maximum]].filter(([, bound]) => bound !== null),
  );
  const digits = Math.max(field.kind === "number" ? 4 : 2, String(field.maximum ?? 9999).length);
  return element("input", {
    id, type: "number", inputmode: field.kind === "integer" ? "numeric" : "decimal", step: field.kind === "integer" ? "1" : "any", autocomplete: "off",
    style: `--digits: ${Math.min(6, digits)}`, ...bounds,
  });
}
