/** The network as text, `conv 32 3 | relu | pool | flatten | output`, shown and edited as a whole. */

import { element, say } from "./component.js";

let created = 0;

/** The range of characters [from, to] that an error in the text refers to; null for other errors. @param {{path: string|null}|null} error */
export function wrongPart(error) {
  const match = /^text\[(\d+):(\d+)\]$/.exec(error?.path ?? "");
  return match ? [Number(match[1]), Number(match[2])] : null;
}

/** @param {(text: string) => void} apply  one edit */
export function textForm(apply) {
  const id = `pg-text-${++created}`;
  const toggle = /** @type {HTMLButtonElement} */ (
    element("button", { type: "button", class: "pg-text-toggle", "aria-expanded": "false", "aria-controls": id, title: "Show the network as text, to copy or edit" }, "Text")
  );
  const box = /** @type {HTMLTextAreaElement} */ (
    element("textarea", { class: "pg-text-box", rows: "3", spellcheck: "false", autocapitalize: "off", autocomplete: "off", "aria-label": "The network as text", "aria-describedby": `${id}-note` })
  );
  const wrong = element("p", { class: "pg-field-error", role: "alert", hidden: true });
  const done = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-fix", title: "Ctrl+Enter" }, "Apply"));
  const restore = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-text-restore", hidden: true }, "Revert"));
  const note = element("p", { id: `${id}-note`, class: "pg-text-note" }, "Layers from input to output, separated by “|”, for example ", element("code", {}, "conv 32 3 | relu | pool | flatten | dense 64 | relu | output"));
  const root = element("div", { id, class: "pg-text", hidden: true }, box, wrong, element("div", { class: "pg-text-foot" }, note, restore, done));
  let text = ""; // of the current network
  let shown = ""; // the text that was put into the box, not typed
  let sent = /** @type {string|null} */ (null);
  let disabled = false;

  const put = (/** @type {string} */ next) => {
    if (box.value !== next) box.value = next;
    shown = next;
    fit();
  };
  const fit = () => {
    restore.hidden = box.value === text;
    if (root.hidden) return;
    box.style.height = "auto";
    box.style.height = `${Math.min(box.scrollHeight + 2, 240)}px`;
  };
  const complain = (/** @type {string} */ message) => {
    say(wrong, message);
    wrong.hidden = message === "";
    if (message) box.setAttribute("aria-invalid", "true");
    else box.removeAttribute("aria-invalid");
  };
  const send = () => {
    if (disabled) return;
    complain("");
    if (box.value === text) return;
    sent = box.value;
    apply(box.value);
  };
  const close = () => {
    root.hidden = true;
    toggle.setAttribute("aria-expanded", "false");
    toggle.focus({ preventScroll: true });
  };

  toggle.addEventListener("click", () => {
    if (!root.hidden) return close();
    root.hidden = false;
    toggle.setAttribute("aria-expanded", "true");
    fit();
    box.focus({ preventScroll: true });
  });
  box.addEventListener("input", () => {
    complain("");
    fit();
  });
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
    else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) send();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  done.addEventListener("click", send);
  restore.addEventListener("click", () => {
    complain("");
    put(text);
    box.focus({ preventScroll: true });
  });

  return {
    toggle,
    root,
    /** The network's text, the error of the text sent last, whether editing is disabled, and whether a response is pending. Text being typed
     *  is kept, as is its error.
     *  @param {string} next @param {{path: string|null, text: string}|null} error @param {boolean} locked @param {boolean} awaited */
    update(next, error, locked, awaited) {
      text = next;
      disabled = done.disabled = box.readOnly = locked;
      if (awaited) return;
      const part = wrongPart(error);
      const responded = sent !== null && sent === box.value;
      sent = null;
      if (!part) complain("");
      else if (responded) {
        complain(error.text);
        if (document.activeElement === box && part[1] > part[0]) box.setSelectionRange(part[0], part[1]);
      }
      if (box.value === shown || (responded && !part)) put(next);
      else fit();
    },
  };
}
