/** Keeps the surrounding dialog usable by keyboard. A button that is disabled for a moment, such as a download button, or drawn again, loses the
 * focus to the page: it gets it back, and until then Escape closes the dialog, since Streamlit's own only receives keys pressed inside it. */

import { component } from "./component.js";

const nowhere = () => document.activeElement === document.body;

function create(/** @type {HTMLElement} */ root) {
  /** @type {HTMLButtonElement|null} */
  let last = null;
  let key = ""; // of the button, as a class of an element around it
  const onFocus = (/** @type {FocusEvent} */ event) => {
    last = /** @type {HTMLElement} */ (event.target).closest("[role=dialog] button");
    key = [...(last?.closest("[class*=st-key-]")?.classList ?? [])].find((name) => name.startsWith("st-key-")) ?? "";
  };
  const again = () => {
    const drawn = /** @type {HTMLButtonElement[]} */ (key ? [...document.querySelectorAll(`[role=dialog] .${CSS.escape(key)} button`)] : []);
    return drawn.find((button) => button.offsetParent);
  };
  const back = new MutationObserver(() => {
    if (!nowhere() || last === null) return;
    const button = last.isConnected ? last : again();
    if (button && !button.disabled) button.focus({ preventScroll: true });
  });
  const onKey = (/** @type {KeyboardEvent} */ event) => {
    if (event.key !== "Escape" || !nowhere()) return;
    /** @type {HTMLElement|null|undefined} */ (root.closest("[role=dialog]")?.querySelector("button[aria-label=Close]"))?.click();
  };
  document.addEventListener("focusin", onFocus);
  document.addEventListener("keydown", onKey);
  back.observe(document.body, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  const destroy = () => {
    back.disconnect();
    document.removeEventListener("focusin", onFocus);
    document.removeEventListener("keydown", onKey);
  };
  return { update() {}, destroy };
}

export default component(create);
