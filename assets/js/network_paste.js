/** A box to paste layers into as text, for browsers that do not allow reading the clipboard. */

import { element } from "./component.js";
import { floatAt } from "./network_actions.js";

let created = 0;

/** @param {HTMLElement} root  the editor @param {(text: string) => void} paste */
export function pasteBox(root, paste) {
  const id = `pg-paste-${++created}`;
  const text = /** @type {HTMLTextAreaElement} */ (element("textarea", { id, rows: "4", spellcheck: "false", autocapitalize: "off", autocomplete: "off" }));
  const take = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-paste-take" }, "Paste"));
  const leave = element("button", { type: "button", class: "pg-paste-leave" }, "Cancel");
  const box = element(
    "div",
    { class: "pg-paste", role: "dialog", "aria-label": "Paste layers", hidden: true },
    element("label", { for: id }, "Layers as text"),
    text,
    element("div", { class: "pg-paste-buttons" }, leave, take),
  );
  root.append(box);
  let opener = /** @type {HTMLElement|null} */ (null);
  const close = (back = true) => {
    if (box.hidden) return;
    box.hidden = true;
    if (back) opener?.focus({ preventScroll: true });
  };
  const give = () => {
    close();
    paste(text.value);
  };
  take.addEventListener("click", give);
  leave.addEventListener("click", () => close());
  box.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) give();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const outside = (/** @type {Event} */ event) => {
    if (!box.contains(/** @type {Node} */ (event.target))) close(false);
  };
  document.addEventListener("pointerdown", outside, true);

  return {
    /** @param {HTMLElement} from @param {string} held  the text that was copied here last */
    open(from, held) {
      opener = from;
      text.value = held;
      box.hidden = false;
      floatAt(root, box, from);
      text.focus({ preventScroll: true });
      text.select();
      box.scrollIntoView({ block: "nearest" });
    },
    destroy: () => document.removeEventListener("pointerdown", outside, true),
  };
}
