/**
 * Whether the visitor has followed a link to another page that has not been loaded yet.
 *
 * A message to Streamlit names the page it is sent from, and Streamlit responds with that page: a message that a component sends on its own
 * between the click and the response would take the visitor back.
 */

const PATIENCE_MS = 15_000;

/** @type {{from: string, since: number}|null} */
let left = null;

/** @param {Pick<MouseEvent, "button"|"ctrlKey"|"metaKey"|"shiftKey"|"target">} event @param {string} here  the address of the page */
export function leads(event, here) {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return false; // opens in another tab or window
  const link = /** @type {HTMLAnchorElement|null} */ (/** @type {Element} */ (event.target).closest?.("a[href]") ?? null);
  if (!link || link.target === "_blank" || link.hasAttribute("download")) return false;
  const [to, from] = [new URL(link.href, here), new URL(here)];
  return to.origin === from.origin && to.pathname !== from.pathname;
}

/** True until the other page has been loaded, or has taken too long. */
export function leaving(now = performance.now()) {
  return left !== null && left.from === location.pathname && now - left.since < PATIENCE_MS;
}

globalThis.document?.addEventListener("click", (event) => {
  if (leads(event, location.href)) left = { from: location.pathname, since: performance.now() };
}, true);
