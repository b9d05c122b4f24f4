/** Escape closes the dialog around it also while nothing has the focus. Streamlit's dialog hears keys only from within, and a button that is
 * disabled for a moment, as one of a download is, loses the focus to the page. */

import { component } from "./component.js";

function create(/** @type {HTMLElement} */ root) {
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || document.activeElement !== document.body) return;
    /** @type {HTMLElement|null|undefined} */ (root.closest("[role=dialog]")?.querySelector("button[aria-label=Close]"))?.click();
  };
  document.addEventListener("keydown", onKey);
  return { update() {}, destroy: () => document.removeEventListener("keydown", onKey) };
}

export default component(create);
