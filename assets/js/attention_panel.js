/**
 * What the panels below the maps on the Attention page have in common: each follows the session of its network, and asks the server only while
 * it is on the screen.
 *
 * @typedef {import("./attention_session.js").Session} Session
 * @typedef {(name: string, more: Record<string, unknown>|null) => void} Ask  asks something from now on, unless it is being asked already;
 *   null for no longer
 * @typedef {{show: (session: Session, news: string) => void, hidden?: (session: Session, news: string) => void, lasting?: string[]}} Panel
 *   show is called on all news of the session while the panel is on the screen, hidden while it is not; lasting: what is asked then too
 */

import { join } from "./attention_session.js";

/** How far outside of the screen a panel is already made ready. */
const MARGIN = "300px";

/** Which panel asks what: one that is replaced on the page may go after its successor has begun to ask. @type {WeakMap<Session, Map<string, Ask>>} */
const askers = new WeakMap();

/** Passes on what a panel asks, once. @param {() => Session|null} current */
export function asking(current) {
  /** @type {Map<string, string>} */
  const asked = new Map();
  /** @type {Ask & {end: (except?: string[]) => void}} */
  const ask = (name, more) => {
    const session = current();
    const key = more && JSON.stringify(more);
    if (!session || key === (asked.get(name) ?? null)) return;
    if (!askers.has(session)) askers.set(session, new Map());
    const asker = askers.get(session);
    if (more) {
      asked.set(name, key);
      asker.set(name, ask);
      session.ask(name, more);
    } else {
      asked.delete(name);
      if (asker.get(name) === ask) session.stop(name);
    }
  };
  ask.end = (except = []) => [...asked.keys()].filter((name) => !except.includes(name)).forEach((name) => ask(name, null));
  return ask;
}

/** How `component` creates a panel; its data is {address}. @param {(root: HTMLElement, ask: Ask) => Panel} create */
export function panel(create) {
  return (/** @type {HTMLElement} */ root) => {
    /** @type {Session|null} */ let session = null;
    let address = "";
    let onScreen = false;
    let leave = () => {};
    const ask = asking(() => session);
    const shown = create(root, ask);
    const show = (/** @type {Session} */ joined, /** @type {string} */ news) => {
      if (joined !== session) return;
      if (onScreen) shown.show(joined, news);
      else shown.hidden?.(joined, news);
    };
    const watch = new IntersectionObserver((entries) => {
      onScreen = entries[entries.length - 1].isIntersecting;
      if (!session) return;
      if (onScreen) show(session, "shown");
      else ask.end(shown.lasting);
    }, { rootMargin: MARGIN });
    watch.observe(root);
    const end = () => {
      ask.end();
      leave();
    };
    return {
      update(data) {
        if (data.address === address) return;
        end();
        address = data.address;
        [session, leave] = join(address, show);
        show(session, "shown");
      },
      destroy() {
        watch.disconnect();
        end();
      },
    };
  };
}
