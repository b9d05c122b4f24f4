/**
 * What stands between Streamlit and a component of ours.
 *
 * Streamlit calls a component's function when it is mounted and at every change of its data or theme, and what that returns when it
 * goes. Here the first call makes an instance, the later ones update it, so that nothing is ever drawn from scratch. Streamlit also
 * calls at every click, with nothing new: `changed` says whether data or colours are others than last time.
 *
 * @typedef {{data: any, parentElement: HTMLElement, setStateValue: (name: string, value: unknown) => void,
 *   setTriggerValue: (name: string, value: unknown) => void}} Streamlit
 * @typedef {{update: (data: any, streamlit: Streamlit, changed: boolean) => void, destroy: () => void}} Instance
 */

const COLOURS = ["--st-background-color", "--st-text-color", "--st-primary-color", "--st-font"];

/** @type {Map<string, Promise<CSSStyleSheet>>} */
const sheets = new Map();

/** A style sheet of assets/css, fetched once a page. @param {string} name */
function sheet(name) {
  const url = new URL(`../css/${name}`, import.meta.url).href;
  const load = async () => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(`${name}: the server answered ${answer.status}`);
    return new CSSStyleSheet().replace(await answer.text());
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

/** Whether a colour, as CSS writes it, is nearer to black than to white. @param {string} colour */
export function isDark(colour) {
  const hex = /^#(..)(..)(..)/.exec(colour.trim());
  const [red, green, blue] = hex ? hex.slice(1).map((pair) => parseInt(pair, 16)) : (colour.match(/[\d.]+/g) ?? [255, 255, 255]).map(Number);
  return 0.299 * red + 0.587 * green + 0.114 * blue < 128;
}

/** Steps from the return of a call to its end, where it was overtaken: Streamlit takes six. */
const STEPS = 30;

/** Calls `act` when those who wait for the function that runs now have gone on, and before anything else happens on the page. @param {() => void} act */
async function afterReturn(act) {
  for (let step = 0; step < STEPS; step++) await null;
  act();
}

/**
 * The function that a component's module exports as its default.
 *
 * Streamlit does not wait for a call to come here before it makes the next, and they may come in another order: one that was overtaken
 * on its way comes late, with old data, and is ended as soon as it has returned. So an instance is updated only after the time for that.
 *
 * @param {(root: HTMLElement) => Instance} create  fills an element of its own with the component
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
      const seen = JSON.stringify([streamlit.data, ...COLOURS.map((name) => computed.getPropertyValue(name))]);
      const changed = seen !== entry.seen;
      entry.seen = seen;
      entry.instance.update(streamlit.data, streamlit, changed);
    };
    afterReturn(() => over || update());
    return () => {
      over = true;
      if (host.isConnected || mounted.get(host) !== entry) return; // only this call has ended: the component lives on
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

/** Sets a text only where it differs, which spares the browser a layout. @param {Element} node @param {string} text */
export function say(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

/** Calls `draw` in the next frame, once however often it was asked for. @param {() => void} draw */
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

/** Passes on at most one text in `milliseconds`, the newest, so that a screen reader is told and not drowned. @param {(text: string) => void} pass */
export function seldom(pass, milliseconds) {
  let last = -Infinity;
  let timer = 0;
  const told = (text) => {
    clearTimeout(timer);
    const wait = last + milliseconds - performance.now();
    if (wait > 0) timer = setTimeout(() => told(text), wait);
    else {
      last = performance.now();
      pass(text);
    }
  };
  told.cancel = () => clearTimeout(timer);
  return told;
}

/** What a component remembers in this browser; nothing where that is forbidden. @template T @param {string} name @param {T} standard @returns {T} */
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
    // Private windows may refuse: the choice then lasts as long as the page.
  }
}
