/**
 * When edits go to Python: after the shapes that they give are on the screen, as the page's script keeps server and browser busy; or at
 * once where the user goes on elsewhere, so that what is clicked there finds them done.
 */

const PATIENCE_MS = 300;

/** @param {HTMLElement} root  the editor @param {() => void} send */
export function outbox(root, send) {
  let timer = 0;

  const now = () => {
    if (!timer) return;
    clearTimeout(timer);
    timer = 0;
    send();
  };
  const elsewhere = (/** @type {Event} */ event) => {
    if (!root.contains(/** @type {Node} */ (event.target))) now();
  };
  const left = (/** @type {FocusEvent} */ event) => {
    if (!root.contains(/** @type {Node|null} */ (event.relatedTarget))) now();
  };
  document.addEventListener("pointerdown", elsewhere, true);
  document.addEventListener("keydown", elsewhere, true);
  document.addEventListener("visibilitychange", now);
  root.addEventListener("focusout", left);

  return {
    /** Something is to be sent. */
    put: () => {
      timer ||= setTimeout(now, PATIENCE_MS);
    },
    /** What is to be sent goes now. */
    now,
    /** What is to be sent goes when what is drawn now can be seen. */
    afterFrame: () => requestAnimationFrame(() => setTimeout(now, 0)),
    destroy: () => {
      clearTimeout(timer);
      document.removeEventListener("pointerdown", elsewhere, true);
      document.removeEventListener("keydown", elsewhere, true);
      document.removeEventListener("visibilitychange", now);
      root.removeEventListener("focusout", left);
    },
  };
}
