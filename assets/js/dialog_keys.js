/** Keeps the surrounding dialog usable by keyboard. A button that is disabled for a moment, such as a download button, loses the focus to the
 * page: it gets it back, and until then Escape closes the dialog, since Streamlit's own only receives keys pressed inside it. */

import { component } from "./component.js";

const nowhere = () => document.activeElement === document.body;

function create(/** @type {HTMLElement} */ root) {
  /** @type {HTMLButtonElement|null} */
  let last = null;
  const onFocus = (/** @type {FocusEvent} */ event) => {
    last = /** @type {HTMLElement} */ (event.target).closest("[role=dialog] button");
  };
  const enabled = new MutationObserver(() => {
    if (nowhere() && last?.isConnected && !last.disabled) last.focus({ preventScroll: true });
  });
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !nowhere()) return;
    /** @type {HTMLElement|null|undefined} */ (root.closest("[role=dialog]")?.querySelector("button[aria-label=Close]"))?.click();
  };
  document.addEventListener("focusin", onFocus);
  document.addEventListener("keydown", onKey);
  enabled.observe(document.body, { subtree: true, attributeFilter: ["disabled"] });
  const destroy = () => {
    enabled.disconnect();
    document.removeEventListener("focusin", onFocus);
    document.removeEventListener("keydown", onKey);
  };
  return { update() {}, destroy };
}

export default component(create);
