/** The menu for adding a layer: a searchable list of the catalog by group, for mouse, touch and keyboard. */

import { element } from "./component.js";
import { grouped, search, unfit } from "./network_model.js";
import { byFinger } from "./pointer.js";

let created = 0;

/**
 * @param {HTMLElement} root  the editor, which contains the menu
 * @param {(kind: string) => void} pick
 */
export function addMenu(root, pick) {
  const name = `pg-menu-${++created}`;
  const input = /** @type {HTMLInputElement} */ (
    element("input", {
      type: "search", class: "pg-search", placeholder: "Search layers", role: "combobox", "aria-label": "Search layers", "aria-expanded": "true",
      "aria-controls": name, "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    })
  );
  const list = element("div", { id: name, role: "listbox", "aria-label": "Layers", tabindex: "-1" });
  const hint = element("p", { class: "pg-menu-hint" }, "Click to insert here, or drag to another gap.");
  const menu = element("div", { class: "pg-menu", role: "dialog", "aria-label": "Add a layer", hidden: true }, input, list, hint);
  root.append(menu);
  /** @type {{catalog: any[], tensor: import("./network_model.js").Tensor|null, inside: boolean, level: import("./network_level.js").Level, opener: HTMLElement|null}} */
  let asked = { catalog: [], tensor: null, inside: false, level: "advanced", opener: null };
  /** @type {HTMLElement[]} */
  let options = [];
  let current = 0;

  const mark = (/** @type {number} */ index) => {
    current = options.length ? (index + options.length) % options.length : 0;
    options.forEach((option, position) => option.setAttribute("aria-selected", String(position === current)));
    const option = options[current];
    for (const focused of [input, list]) focused.setAttribute("aria-activedescendant", option?.id ?? "");
    if (option) reveal(list, option);
  };

  const fill = () => {
    const plain = asked.level === "beginner";
    const { matches, nearest } = search(asked.catalog, input.value);
    const sought = input.value.trim().slice(0, 40);
    const first = plain && input.value === "" ? matches.filter((variant) => variant.beginners) : [];
    options = [];
    list.replaceChildren(
      ...(first.length ? [["Common layers", first]] : [...(nearest.length ? [[`There is no “${sought}” here. Nearest:`, nearest]] : []), ...grouped(matches)]).map(([group, variants]) => {
        const box = element("div", { role: "group", "aria-label": group }, element("div", { class: "pg-group", "aria-hidden": "true" }, group));
        for (const variant of variants) {
          const why = unfit(variant, asked.tensor, asked.inside);
          const option = element(
            "div",
            { role: "option", id: `${name}-${variant.kind}`, "data-kind": variant.kind, class: "pg-option", title: (plain && variant.beginners) || variant.help, "data-unfit": why !== "" },
            element("span", { class: "pg-option-title" }, variant.title),
            element("span", { class: "pg-option-help" }, why || (plain && variant.beginners) || variant.help),
          );
          options.push(option);
          box.append(option);
        }
        return box;
      }),
    );
    if (first.length) {
      const all = element("div", { role: "option", id: `${name}-all`, class: "pg-all" }, `All ${matches.length} layers…`);
      options.push(all);
      list.append(all);
    }
    if (!matches.length && !nearest.length) list.append(element("p", { class: "pg-note" }, `There is no “${sought}” here, nor anything like it.`));
    const fitting = options.findIndex((option) => !("unfit" in option.dataset));
    mark(input.value ? 0 : Math.max(0, fitting)); // a search selects its first match, even if it does not fit
  };

  const close = (back = true) => {
    if (menu.hidden) return;
    menu.hidden = true;
    asked.opener?.setAttribute("aria-expanded", "false");
    if (back) asked.opener?.focus({ preventScroll: true });
  };

  const take = (/** @type {HTMLElement|undefined} */ option) => {
    if (!option) return;
    if (option.classList.contains("pg-all")) {
      asked.level = "advanced";
      return fill();
    }
    close(false);
    pick(/** @type {string} */ (option.dataset.kind));
  };

  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const moves = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in moves) mark(current + moves[event.key]);
    else if (event.key === "Enter") take(options[current]);
    else if (event.key === "Escape") close();
    else {
      const writes = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
      if (writes) input.focus({ preventScroll: true }); // even if the list has the focus
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const outside = (/** @type {Event} */ event) => {
    const target = /** @type {Node} */ (event.target);
    if (!menu.contains(target) && !asked.opener?.contains(target)) close(false);
  };
  input.addEventListener("input", fill);
  menu.addEventListener("keydown", onKey);
  menu.addEventListener("focusout", (event) => {
    if (event.relatedTarget && !menu.contains(/** @type {Node} */ (event.relatedTarget))) close(false);
  });
  list.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the focus
  list.addEventListener("click", (event) => take(/** @type {HTMLElement} */ (/** @type {HTMLElement} */ (event.target).closest("[role=option]"))));
  document.addEventListener("pointerdown", outside, true);

  return {
    /** @param {HTMLElement} opener @param {any[]} catalog @param {import("./network_model.js").Tensor|null} tensor @param {boolean} inside  whether it is inside a block
     *  @param {import("./network_level.js").Level} level  beginners see the common layers first */
    open(opener, catalog, tensor, inside, level) {
      if (!menu.hidden && asked.opener === opener) return close();
      asked.opener?.setAttribute("aria-expanded", "false");
      asked = { catalog, tensor, inside, level, opener };
      opener.setAttribute("aria-expanded", "true");
      input.value = "";
      menu.hidden = false;
      fill();
      position(root, menu, opener);
      mark(current);
      (byFinger() ? list : input).focus({ preventScroll: true });
    },
    close,
    opened: () => !menu.hidden,
    destroy: () => document.removeEventListener("pointerdown", outside, true),
  };
}

/** Scrolls a list until an option is visible, without scrolling the page. @param {HTMLElement} list @param {HTMLElement} option */
function reveal(list, option) {
  const above = option.getBoundingClientRect().top - list.getBoundingClientRect().top;
  const below = above + option.offsetHeight - list.clientHeight;
  if (above < 0) list.scrollTop += above;
  else if (below > 0) list.scrollTop += below;
}

/** Positions the menu below its button if there is room, otherwise above it, and always inside the editor. */
function position(root, menu, opener) {
  const frame = root.getBoundingClientRect();
  const button = opener.getBoundingClientRect();
  const room = window.innerHeight - button.bottom - 12;
  const above = room < 260 && button.top > room;
  const height = Math.max(180, Math.min(420, above ? button.top - 12 : room));
  menu.style.maxHeight = `${height}px`;
  const left = Math.min(Math.max(0, button.left - frame.left), Math.max(0, frame.width - menu.offsetWidth));
  menu.style.left = `${left}px`;
  menu.style.top = above ? `${button.top - frame.top - menu.offsetHeight - 6}px` : `${button.bottom - frame.top + 6}px`;
}
