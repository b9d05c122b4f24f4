/** The menu of actions for a layer or a selection of layers, for touch and keyboard. */

import { element } from "./component.js";
import { chainsOf, layersAt, moves } from "./network_paths.js";
import { holds } from "./network_select.js";

/**
 * @typedef {{id: string, title: string, keys?: string, operation?: object}} Action
 *
 * The actions for a group of layers: operations on the network, and actions of the editor only.
 *
 * @param {any[]} network @param {import("./network_select.js").Group} group @param {boolean} more  whether the selection can be extended
 * @returns {Action[][]} in groups
 */
export function actionsFor(network, group, more) {
  const { path, count } = group;
  const layers = layersAt(network, path, count);
  const several = count > 1 ? ` ${count} layers` : "";
  const ways = moves(network, path, count);
  const moving = /** @type {const} */ ([["up", "up", "↑"], ["down", "down", "↓"], ["left", "out of the block", "←"], ["right", "into the block", "→"]]);
  const of = (/** @type {string} */ op, more = {}) => ({ op, path, ...(count > 1 ? { count } : {}), ...more });
  const blocks = [];
  if (!layers.some((layer) => layer.kind === "output")) {
    blocks.push({ id: "wrap_residual", title: `Wrap${several} in a residual block`, operation: of("wrap_residual") });
    blocks.push({ id: "wrap_parallel", title: `Wrap${several} in parallel branches`, operation: of("wrap_parallel") });
  }
  if (count === 1 && chainsOf(layers[0]).length) blocks.push({ id: "unwrap", title: "Unwrap the block", operation: of("unwrap") });
  return [
    [
      { id: "copy", title: `Copy${several}`, keys: "Ctrl+C" },
      { id: "cut", title: `Cut${several}`, keys: "Ctrl+X" },
      { id: "paste", title: "Paste after", keys: "Ctrl+V" },
      { id: "duplicate", title: `Duplicate${several}`, operation: of("duplicate") },
      ...(more ? [{ id: "select", title: "Extend selection to next layer", keys: "Shift+↓" }] : []),
    ],
    moving
      .filter(([way]) => ways[way] !== null)
      .map(([way, title, key]) => ({ id: way, title: `Move${several} ${title}`, keys: `Alt+${key}`, operation: of("move", { to: ways[way] }) })),
    blocks,
    [{ id: "remove", title: `Remove${several}`, keys: "Delete", operation: of("remove") }],
  ].filter((actions) => actions.length);
}

/** The group if the layer is in it, otherwise the layer alone. @param {import("./network_select.js").Group|null} group @param {string} path */
export const groupAt = (group, path) => (group && holds(group, path) ? group : { path, count: 1 });

/** Positions a box at the button that opened it: below it if there is room, otherwise above it. @param {HTMLElement} root
 *  @param {HTMLElement} box @param {HTMLElement} opener */
export function floatAt(root, box, opener) {
  const frame = root.getBoundingClientRect();
  const button = opener.getBoundingClientRect();
  const above = button.bottom + box.offsetHeight + 8 > window.innerHeight && button.top > box.offsetHeight;
  box.style.left = `${Math.min(Math.max(0, button.right - frame.left - box.offsetWidth), Math.max(0, frame.width - box.offsetWidth))}px`;
  box.style.top = `${above ? button.top - frame.top - box.offsetHeight - 4 : button.bottom - frame.top + 4}px`;
}

/** @param {HTMLElement} root  the editor @param {(action: Action) => void} perform */
export function actionsMenu(root, perform) {
  const menu = element("div", { class: "pg-actions-menu", role: "menu", hidden: true });
  let opener = /** @type {HTMLElement|null} */ (null);
  root.append(menu);
  const items = () => /** @type {HTMLElement[]} */ ([...menu.querySelectorAll("[role=menuitem]")]);
  const close = (back = true) => {
    if (menu.hidden) return;
    menu.hidden = true;
    opener?.setAttribute("aria-expanded", "false");
    if (back) opener?.focus({ preventScroll: true });
  };
  const item = (/** @type {Action} */ action) => {
    const button = element("button", { type: "button", role: "menuitem", tabindex: "-1", class: "pg-action", "data-action": action.id }, element("span", {}, action.title));
    if (action.keys) button.append(element("kbd", { "aria-hidden": "true" }, action.keys));
    button.addEventListener("click", () => {
      close();
      perform(action);
    });
    return button;
  };
  menu.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key];
    if (to !== undefined) all.at(to % all.length)?.focus();
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") return close(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  const outside = (/** @type {Event} */ event) => {
    const target = /** @type {Node} */ (event.target);
    if (!menu.contains(target) && !opener?.contains(target)) close(false);
  };
  document.addEventListener("pointerdown", outside, true);

  return {
    /** @param {HTMLElement} button @param {string} label @param {Action[][]} groups */
    open(button, label, groups) {
      if (!menu.hidden && opener === button) return close();
      opener?.setAttribute("aria-expanded", "false");
      opener = button;
      opener.setAttribute("aria-expanded", "true");
      menu.setAttribute("aria-label", label);
      menu.replaceChildren(...groups.flatMap((group, index) => [...(index ? [element("hr", { role: "separator" })] : []), ...group.map(item)]));
      menu.hidden = false;
      floatAt(root, menu, button);
      items()[0]?.focus({ preventScroll: true });
      menu.scrollIntoView({ block: "nearest" });
    },
    close,
    destroy: () => document.removeEventListener("pointerdown", outside, true),
  };
}
