/** Formulas: common ones as buttons that are pressed or not, as in TensorFlow Playground, and all of them as text. */

import { element, say } from "./component.js";
import { joined, legend, listed, offered, plain, pretty, toggled } from "./network_formulas_model.js";

/** @typedef {import("./network_model.js").Tensor} Tensor */

let created = 0;

/**
 * A setting that is a list of formulas. What Python refuses stays in the field until the next edit, so that it can be corrected.
 *
 * @param {import("./network_model.js").Field} field
 * @param {(value: unknown) => void} commit
 * @param {(message: string) => void} complain  shows an error message; "" clears it
 */
export function formulasInput(field, commit, complain) {
  const id = `pg-formulas-${++created}`;
  const control = /** @type {HTMLInputElement} */ (
    element("input", { id, type: "text", autocomplete: "off", autocapitalize: "off", spellcheck: "false", placeholder: "x1, x2, x1^2", enterkeyhint: "done" })
  );
  const common = chips((formula) => accept(toggled(listed(control.value), formula)));
  const meaning = element("p", { class: "pg-meaning" });
  const label = element("label", { for: id }, field.title);
  const root = element("div", { class: "pg-field", title: field.hint, "data-kind": field.kind }, common.root, label, control, meaning);
  let value = /** @type {string[]} */ ([]);
  let shown = ""; // the text that was put into the field, not typed

  const put = (/** @type {string[]} */ next) => {
    control.value = shown = joined(next);
    control.removeAttribute("aria-invalid");
  };
  const accept = (/** @type {string[]} */ next) => {
    if (next.length === 0) return complain("At least one formula is needed, such as x1");
    complain("");
    put(next);
    if (joined(next) !== joined(value)) commit(next);
  };
  const send = () => {
    if (control.value !== shown) accept(listed(control.value));
  };
  control.addEventListener("change", send);
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
    /** Shows the spec's value, unless the user is typing another one or the last one was refused.
     *  @param {string[]} next @param {boolean} locked @param {import("./network_fields.js").Around} around */
    update(next, locked, { tensor, refused, names }) {
      const typing = document.activeElement === control && control.value !== shown;
      value = next;
      if (refused && control.value !== joined(next)) control.setAttribute("aria-invalid", "true");
      else if (!typing && shown !== joined(next)) put(next);
      control.disabled = locked;
      common.update(offered(/** @type {string[]} */ (field.options), tensor), listed(control.value), locked);
      say(meaning, legend(names));
      meaning.hidden = names.length === 0;
    },
    /** Whether it contains input that the spec does not have yet. */
    pending: () => control.value !== shown,
    destroy: () => {},
  };
}

/**
 * Below the input of a network that has no such layer: the common formulas of its features. The first one that is pressed adds the layer.
 *
 * @param {string[]} common @param {(formulas: string[]) => void} add
 */
export function featureRow(common, add) {
  let features = /** @type {string[]} */ ([]);
  const buttons = chips((formula) => {
    const next = toggled(features, formula);
    if (next.length) add(next);
  });
  const root = element("div", { class: "pg-features", hidden: true }, element("span", { class: "pg-words" }, "Input features"), buttons.root);
  return {
    root,
    /** @param {Tensor} tensor  the network's input @param {any} first  its first layer @param {boolean} locked @param {boolean} adding  whether the layer is on its way */
    update(tensor, first, locked, adding) {
      features = plain(tensor);
      root.hidden = features.length === 0 || first?.kind === "features" || locked;
      if (!root.hidden) buttons.update(offered(common, tensor), features, adding);
    },
  };
}

/** Buttons for formulas. @param {(formula: string) => void} toggle */
function chips(toggle) {
  const root = element("div", { class: "pg-chips", role: "group", "aria-label": "Common input features" });
  let buttons = /** @type {Map<string, HTMLButtonElement>} */ (new Map());
  return {
    root,
    /** @param {string[]} common @param {string[]} pressed @param {boolean} disabled */
    update(common, pressed, disabled) {
      if (joined([...buttons.keys()]) !== joined(common)) {
        buttons = new Map(common.map((formula) => [formula, chip(formula)]));
        root.replaceChildren(...buttons.values());
        root.hidden = common.length === 0;
      }
      for (const [formula, button] of buttons) {
        button.setAttribute("aria-pressed", String(pressed.includes(formula)));
        button.disabled = disabled;
      }
    },
  };

  function chip(/** @type {string} */ formula) {
    const button = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-chip", "data-formula": formula, "aria-label": formula }, pretty(formula)));
    button.addEventListener("click", () => toggle(formula));
    return button;
  }
}
