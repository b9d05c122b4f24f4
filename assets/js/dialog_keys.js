/** Makes Escape close the surrounding dialog even if nothing has the focus. Streamlit's dialog only receives keys pressed inside it, and a
 * button that is disabled for a moment, such as a download button, loses the focus to the page. */

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
