/** Keeps the keyboard focus among the controls of a run: pressing Train disables Train, and the browser then forgets where the focus was. */

const CONTROLS = ".st-key-controls";
const PREFERRED = ["play", "pause", "stop", "step", "step_epoch", "reset"];

/** The control that gets the focus, by name; undefined if none can have it. @param {string[]} enabled */
export const successor = (enabled) => PREFERRED.find((name) => enabled.includes(name));

/** The button of a control that is shown: Streamlit draws one with and one without a tooltip. @param {Element} box @param {string} name */
const shown = (box, name) => /** @type {HTMLButtonElement|undefined} */ ([...box.querySelectorAll(`.st-key-${name} button`)].find((button) => /** @type {HTMLElement} */ (button).offsetParent));

/** Watches the controls until the returned function is called. */
export function keepFocus() {
  const moved = new MutationObserver(() => {
    const active = /** @type {HTMLButtonElement|null} */ (document.activeElement);
    const box = document.querySelector(CONTROLS);
    if (!box || (active && active !== document.body && !active.disabled)) return;
    const name = successor(PREFERRED.filter((each) => shown(box, each)?.disabled === false));
    if (name) shown(box, name)?.focus({ preventScroll: true });
  });
  const forget = () => moved.disconnect();
  const follow = () => {
    forget();
    const box = document.activeElement?.matches(":focus-visible") && document.activeElement.closest(CONTROLS);
    if (box) moved.observe(box, { subtree: true, childList: true, attributeFilter: ["disabled"] });
  };
  follow();
  document.addEventListener("focusin", follow);
  document.addEventListener("pointerdown", forget, true);
  return () => {
    forget();
    document.removeEventListener("focusin", follow);
    document.removeEventListener("pointerdown", forget, true);
  };
}
