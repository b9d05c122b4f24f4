/**
 * When edits are sent to Python: after their preview is on the screen, since the page's script keeps server and browser busy; or at once
 * when the user turns to another part of the page, so that a click there comes after them. Then all unconfirmed ones go, also those sent
 * before: Streamlit discards what is sent while the connection is down.
 */

const PATIENCE_MS = 300;

/** @param {HTMLElement} root  the editor @param {() => void} send  sends all unconfirmed edits, if there are any */
export function outbox(root, send) {
  let timer = 0;

  const all = () => {
    clearTimeout(timer);
    timer = 0;
    send();
  };
  const now = () => {
    if (timer) all();
  };
  const elsewhere = (/** @type {Event} */ event) => {
    if (!root.contains(/** @type {Node} */ (event.target))) all();
  };
  const left = (/** @type {FocusEvent} */ event) => {
    if (!root.contains(/** @type {Node|null} */ (event.relatedTarget))) all();
  };
  document.addEventListener("pointerdown", elsewhere, true);
  document.addEventListener("keydown", elsewhere, true);
  document.addEventListener("visibilitychange", all);
  root.addEventListener("focusout", left);

  return {
    /** There is something to send. */
    put: () => {
      timer ||= setTimeout(now, PATIENCE_MS);
    },
    /** Sends it now, unless it has been sent. */
    now,
    /** Sends it after the next frame is painted. */
    afterFrame: () => requestAnimationFrame(() => setTimeout(now, 0)),
    destroy: () => {
      clearTimeout(timer);
      document.removeEventListener("pointerdown", elsewhere, true);
      document.removeEventListener("keydown", elsewhere, true);
      document.removeEventListener("visibilitychange", all);
      root.removeEventListener("focusout", left);
    },
  };
}
