/** The icons of the network editor, drawn in the text color. */

import { element } from "./component.js";

const PATHS = {
  undo: "M4 7h7a4 4 0 0 1 0 8H7M4 7l3.2-3.2M4 7l3.2 3.2",
  redo: "M14 7H7a4 4 0 0 0 0 8h4M14 7l-3.2-3.2M14 7l-3.2 3.2",
  up: "M9 14V4.5M5 8.2l4-4 4 4",
  down: "M9 4v9.5M5 9.8l4 4 4-4",
  left: "M14 9H4.5M8.2 5l-4 4 4 4",
  right: "M4 9h9.5M9.8 5l4 4-4 4",
  fold: "M5 7l4 4 4-4",
  duplicate: "M6.5 6.5h8v8h-8zM11.5 6.5v-3h-8v8h3",
  remove: "M4.5 4.5l9 9M13.5 4.5l-9 9",
  plus: "M9 4v10M4 9h10",
  grip: "M7 4.5v.01M7 9v.01M7 13.5v.01M11 4.5v.01M11 9v.01M11 13.5v.01",
  help: "M6.6 6.9a2.4 2.4 0 1 1 3.6 2.1c-.9.5-1.2 1-1.2 1.9M9 13.9v.01",
  more: "M4.5 9v.01M9 9v.01M13.5 9v.01",
};

/** @param {keyof typeof PATHS} name */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", PATHS[name]);
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("aria-hidden", "true");
  svg.append(path);
  return svg;
}

/** A button with an icon and a label. @param {keyof typeof PATHS} name @param {string} label @param {Record<string, string>} [more] */
export function iconButton(name, label, more = {}) {
  const button = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-tool", "aria-label": label, title: label, ...more }));
  button.append(icon(name));
  return button;
}
