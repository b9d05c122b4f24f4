/** Layers as text: copied and cut in the editor, pasted from anywhere. Uses the browser's clipboard events, so that its keys and menus work. */

import { chainsOf } from "./network_paths.js";

export const LONGEST = 256_000; // maximum number of characters, as in Python

/** A layer as plain data, without what the editor adds to it. @param {any} layer @returns {object} */
function plain(layer) {
  const inside = {};
  for (const { name, layers } of chainsOf(layer)) {
    if (name === "layers") inside.layers = layers.map(plain);
    else (inside.branch ??= []).push(layers.map(plain));
  }
  return { kind: layer.kind, ...layer.values, ...inside };
}

/** Layers as text: as Python writes them, such as "conv 32 3 | relu", or as JSON while an edit is unconfirmed. @param {any[]} layers
 *  @param {boolean} current  whether Python has confirmed all edits */
export function asText(layers, current) {
  return current && layers.every((layer) => layer.text) ? layers.map((layer) => layer.text).join(" | ") : JSON.stringify(layers.map(plain));
}

/** Why a text cannot be pasted; "" if Python may be able to read it. @param {string} text */
export function refusal(text) {
  if (text.trim() === "") return "Nothing to paste: first copy a layer, or layers written as text.";
  if (text.length > LONGEST) return `This text is too long to paste: ${text.length.toLocaleString("en")} characters, at most ${LONGEST.toLocaleString("en")} are allowed.`;
  return "";
}

/**
 * @param {{chosen: () => string|null, cut: () => void, paste: (text: string) => void, active: () => boolean, locked: () => boolean}} editor
 *   chosen: the text of the selection; active: whether keys are for the editor, not for a field; locked: whether layers can only be copied
 */
export function clipboard({ chosen, cut, paste, active, locked }) {
  let held = ""; // for browsers that do not allow reading the clipboard
  const copying = (/** @type {ClipboardEvent} */ event) => {
    const text = active() && !String(getSelection() ?? "") ? chosen() : null;
    if (text === null) return;
    held = text;
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    if (event.type === "cut" && !locked()) cut();
  };
  const pasting = (/** @type {ClipboardEvent} */ event) => {
    if (!active() || locked()) return;
    event.preventDefault();
    paste(event.clipboardData?.getData("text/plain") ?? "");
  };
  document.addEventListener("copy", copying);
  document.addEventListener("cut", copying);
  document.addEventListener("paste", pasting);

  return {
    /** Writes to the clipboard from a menu, without a browser event. @param {string} text */
    async write(text) {
      held = text;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        writeByCommand(text); // pages without TLS have no navigator.clipboard
      }
    },
    /** The text in the clipboard; null if the browser does not allow reading it. @returns {Promise<string|null>} */
    async read() {
      try {
        return await navigator.clipboard.readText();
      } catch {
        return null;
      }
    },
    held: () => held,
    hold(/** @type {string} */ text) {
      held = text;
    },
    destroy() {
      document.removeEventListener("copy", copying);
      document.removeEventListener("cut", copying);
      document.removeEventListener("paste", pasting);
    },
  };
}

/** @param {string} text */
function writeByCommand(text) {
  const take = (/** @type {ClipboardEvent} */ event) => {
    event.clipboardData?.setData("text/plain", text);
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  document.addEventListener("copy", take, true);
  document.execCommand("copy");
  document.removeEventListener("copy", take, true);
}
