/**
 * The adapter between Streamlit and our components.
 *
 * Streamlit calls a component's function when it is mounted and whenever its data or theme changes, and the returned function when it is
 * unmounted. Here the first call creates an instance and later ones update it, so that nothing is redrawn from scratch. Streamlit also
 * calls on every click, with nothing new: `changed` says whether data or colors differ from the last call.
 *
 * Data comes as JSON in bytes: Streamlit looks into objects, for tables that would need another format, and never into bytes.
 *
 * @typedef {{data: Uint8Array, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void,
 *   setTriggerValue: (name: string, value: unknown) => void}} Streamlit
 * @typedef {{update: (data: any, streamlit: Streamlit, changed: boolean) => void, destroy: () => void}} Instance
 */

const COLORS = ["--st-background-color", "--st-text-color", "--st-primary-color", "--st-font"];

/** @type {Map<string, Promise<CSSStyleSheet>>} */
const sheets = new Map();

/** A style sheet in assets/css, fetched once per page. @param {string} name */
function sheet(name) {
  const url = new URL(`../css/${name}`, import.meta.url).href;
  const load = async () => {
    const response = await fetch(url);
    if (!response.ok) throw new Error(`${name}: the server responded with ${response.status}`);
    return new CSSStyleSheet().replace(await response.text());
  };
  if (!sheets.has(url)) {
    sheets.set(url, load().catch((error) => {
      sheets.delete(url);
      throw error;
    }));
  }
  return sheets.get(url);
}

/** @param {HTMLElement} host @param {string[]} names */
async function dress(host, names) {
  const root = /** @type {Document|ShadowRoot} */ (host.getRootNode());
  for (const loaded of await Promise.all(names.map(sheet))) {
    if (!root.adoptedStyleSheets.includes(loaded)) root.adoptedStyleSheets.push(loaded);
  }
}

/** Whether a CSS color is closer to black than to white. @param {string} color */
export function isDark(color) {
  const hex = /^#(..)(..)(..)/.exec(color.trim());
  const [red, green, blue] = hex ? hex.slice(1).map((pair) => parseInt(pair, 16)) : (color.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

/** Microtasks to wait for Streamlit to end a call that was superseded; it takes six. */
const STEPS = 30;

/** Calls `act` after the code that awaits the current function has continued, and before anything else happens on the page. @param {() => void} act */
async function afterReturn(act) {
  for (let step = 0; step < STEPS; step++) await null;
  act();
}

/**
 * The function that a component's module exports as its default.
 *
 * Streamlit does not wait for one call before it makes the next, and calls may arrive out of order: a superseded call arrives late, with old
 * data, and is ended as soon as it returns. Therefore an instance is updated only after there was time for that.
 *
 * @param {(root: HTMLElement) => Instance} create  creates the component inside an element of its own
 * @param {string[]} styles  names of its style sheets in assets/css
 */
export function component(create, styles = []) {
  /** @type {WeakMap<HTMLElement, {root: HTMLElement, instance: Instance, seen: string}>} */
  const mounted = new WeakMap();
  return async (/** @type {Streamlit} */ streamlit) => {
    const host = streamlit.parentElement;
    await dress(host, ["tokens.css", ...styles]);
    let entry = mounted.get(host);
    if (!entry) {
      const root = document.createElement("div");
      root.className = "pg";
      host.append(root);
      entry = { root, instance: create(root), seen: "" };
      mounted.set(host, entry);
    }
    let over = false;
    const update = () => {
      const computed = getComputedStyle(host);
      entry.root.dataset.theme = isDark(computed.getPropertyValue("--st-background-color")) ? "dark" : "light";
      const text = new TextDecoder().decode(streamlit.data);
      const seen = [text, ...COLORS.map((name) => computed.getPropertyValue(name))].join("\n");
      const changed = seen !== entry.seen;
      entry.seen = seen;
      entry.instance.update(JSON.parse(text), streamlit, changed);
    };
    afterReturn(() => over || update());
    return () => {
      over = true;
      if (host.isConnected || mounted.get(host) !== entry) return; // only this call has ended; the component stays mounted
      mounted.delete(host);
      entry.instance.destroy();
      entry.root.remove();
    };
  };
}

/**
 * An element.
 *
 * @param {string} tag
 * @param {Record<string, string|number|boolean>} [attributes]
 * @param {...(Node|string)} children
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false) made.setAttribute(name, String(value));
  }
  made.append(...children);
  return made;
}

/** Sets a text only if it differs, which saves the browser a layout. @param {Element} node @param {string} text */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Calls `draw` in the next frame, once for any number of requests. @param {() => void} draw */
export function onceAFrame(draw) {
  let asked = 0;
  const ask = () => {
    asked ||= requestAnimationFrame(() => {
      asked = 0;
      draw();
    });
  };
  ask.cancel = () => {
    cancelAnimationFrame(asked);
    asked = 0;
  };
  return ask;
}

/** Passes on at most one text per `milliseconds`, the newest, so as not to flood screen readers. @param {(text: string) => void} pass */
export function seldom(pass, milliseconds) {
  let last = -Infinity;
  let timer = 0;
  const offer = (text) => {
    clearTimeout(timer);
    const wait = last + milliseconds - performance.now();
    if (wait > 0) timer = setTimeout(() => offer(text), wait);
    else {
      last = performance.now();
      pass(text);
    }
  };
  offer.cancel = () => clearTimeout(timer);
  return offer;
}

/** What a component has stored in this browser; the defaults if storage is not allowed. @template T @param {string} name @param {T} standard @returns {T} */
export function remembered(name, standard) {
  try {
    return { ...standard, ...JSON.parse(localStorage.getItem(`pg-${name}`) ?? "{}") };
  } catch {
    return { ...standard };
  }
}

/** @param {string} name @param {unknown} value */
export function remember(name, value) {
  try {
    localStorage.setItem(`pg-${name}`, JSON.stringify(value));
  } catch {
    // Private windows may not allow it: the choice then lasts as long as the page.
  }
}
