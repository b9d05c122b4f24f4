/**
 * Whether the visitor has followed a link to another page that does not stand yet.
 *
 * A message to Streamlit names the page it is sent from, and is answered with that page: what a component says of its own accord
 * between the click and the answer would take the visitor back.
 */

const PATIENCE_MS = 15_000;

/** @type {{from: string, since: number}|null} */
let left = null;

/** @param {Pick<MouseEvent, "button"|"ctrlKey"|"metaKey"|"shiftKey"|"target">} event @param {string} here  the address of the page */
export function leads(event, here) {
  if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return false; // opens beside this page
  const link = /** @type {HTMLAnchorElement|null} */ (/** @type {Element} */ (event.target).closest?.("a[href]") ?? null);
  if (!link || link.target === "_blank" || link.hasAttribute("download")) return false;
  const [to, from] = [new URL(link.href, here), new URL(here)];
  return to.origin === from.origin && to.pathname !== from.pathname;
}

/** Until the other page has come, or does not. */
export function leaving(now = performance.now()) {
  return left !== null && left.from === location.pathname && now - left.since < PATIENCE_MS;
}

globalThis.document?.addEventListener("click", (event) => {
  if (leads(event, location.href)) left = { from: location.pathname, since: performance.now() };
}, true);
