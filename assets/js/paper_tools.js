/** The tool buttons of a canvas. */

import { element } from "./component.js";
import { icon } from "./marks.js";

const ICONS = {
  brush: "M7 14a3 3 0 0 0-3 3c0 1.31-1.16 2-2 2a6 6 0 0 0 4 2 4 4 0 0 0 4-4 3 3 0 0 0-3-3Zm13.7-9.37-1.34-1.34a1 1 0 0 0-1.41 0L9 12.25 11.75 15l8.96-8.96a1 1 0 0 0 0-1.41Z",
  eraser: "M15.14 3a2 2 0 0 0-1.41.59L2.59 14.73a2 2 0 0 0 0 2.83L6.03 21H21v-2h-7.5l7.92-7.92a2 2 0 0 0 0-2.83l-4.87-4.66A2 2 0 0 0 15.14 3Zm-4.47 16H6.86L4 16.15l5.1-5.1 4.85 4.66Z",
  undo: "M12.5 8c-2.65 0-5.05.99-6.9 2.6L2 7v9h9l-3.62-3.62a8 8 0 0 1 12.71 4.12l2.37-.78A10.5 10.5 0 0 0 12.5 8Z",
  redo: "M18.4 10.6A10.46 10.46 0 0 0 11.5 8 10.5 10.5 0 0 0 1.54 15.72l2.37.78a8 8 0 0 1 12.71-4.12L13 16h9V7Z",
  clear: "M6 19a2 2 0 0 0 2 2h8a2 2 0 0 0 2-2V7H6Zm13-15h-3.5l-1-1h-5l-1 1H5v2h14Z",
};

/**
 * A button with the tool's icon, if it has one.
 *
 * @param {string} name  of the tool
 * @param {string} label  what it does
 * @param {string} hint  its tooltip, such as "Undo (Ctrl+Z)"
 * @param {(time: number) => void} act  called on a click; time: of the click on the page's clock
 */
export function tool(name, label, hint, act) {
  const image = ICONS[name] ? [icon(ICONS[name])] : [];
  const button = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-button", title: hint, "aria-label": label, "data-tool": name }, ...image));
  button.addEventListener("click", (event) => act(event.timeStamp));
  return button;
}
