/** Layers as text: copied and cut from the editor, pasted from anywhere. The browser's own events carry them, so that its keys and menus do it. */

import { chainsOf } from "./network_paths.js";

export const LONGEST = 256_000; // characters that Python reads

/** What a layer is, without what is only known of it here. @param {any} layer @returns {object} */
function plain(layer) {
  const inside = {};
  for (const { name, layers } of chainsOf(layer)) {
    if (name === "layers") inside.layers = layers.map(plain);
    else (inside.branch ??= []).push(layers.map(plain));
  }
  return { kind: layer.kind, ...layer.values, ...inside };
}

/** Layers as text: as Python writes them, as in "conv 32 3 | relu", or as JSON while an edit of them is on its way. @param {any[]} layers
 *  @param {boolean} current  whether Python knows them as they are */
export function asText(layers, current) {
  return current && layers.every((layer) => layer.text) ? layers.map((layer) => layer.text).join(" | ") : JSON.stringify(layers.map(plain));
}

/** Why a text cannot be pasted, in words; "" where Python may read it. @param {string} text */
export function refusal(text) {
  if (text.trim() === "") return "Nothing to paste: first copy a layer, or layers written as text.";
  if (text.length > LONGEST) return `This text is too long to paste: ${text.length.toLocaleString("en")} characters, at most ${LONGEST.toLocaleString("en")} are allowed.`;
  return "";
}

/**
 * @param {{chosen: () => string|null, cut: () => void, paste: (text: string) => void, active: () => boolean, locked: () => boolean}} editor
 *   chosen: the text of what is selected; active: whether keys are meant for it, and not for a field; locked: whether it can only be copied
 */
export function clipboard({ chosen, cut, paste, active, locked }) {
  let held = ""; // for where the browser does not let the clipboard be read
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
    /** For a menu, which is no key of the browser. @param {string} text */
    async write(text) {
      held = text;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        writeByCommand(text); // an address without TLS has no clipboard of its own
      }
    },
    /** What is in the clipboard; null where the browser keeps it to itself. @returns {Promise<string|null>} */
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
