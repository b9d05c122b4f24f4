/** Gestures and keys of the network editor: selecting, dragging, copy, cut and paste, and the menu of a card. */

import { element, say } from "./component.js";
import { actionsFor, actionsMenu, groupAt } from "./network_actions.js";
import { announcement } from "./network_announce.js";
import { asText, clipboard, refusal } from "./network_clipboard.js";
import { dragging } from "./network_drag.js";
import { afterTaking } from "./network_gaps.js";
import { sizesText, unfit } from "./network_model.js";
import { pasteBox } from "./network_paste.js";
import { moves, numbered, ownerOf, tensorBefore, splitPath } from "./network_paths.js";
import { holds, kept, layersIn, span, stepped } from "./network_select.js";
import catalog from "../../network/catalog.js";

const KEYS = { ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right" };

/**
 * @param {HTMLElement} root  the editor @param {HTMLElement} list  its chain of cards
 * @param {{network: () => any[], data: () => any, edit: (operation: any) => void, confirmed: () => boolean, refuse: (text: string, path: string) => void, closeMenu: () => void}} editor
 */
export function gestures(root, list, editor) {
  let group = /** @type {import("./network_select.js").Group|null} */ (null); // the selection
  let [anchor, head] = ["", ""]; // the fixed and the moving end of the selection
  let opener = /** @type {HTMLElement} */ (root);
  const spoken = element("p", { class: "pg-spoken", role: "status" });
  root.classList.add("pg-gestures");
  root.append(spoken);

  const announce = (/** @type {string} */ text) => say(spoken, text);
  const variantOf = (/** @type {string} */ kind) => catalog.find((variant) => variant.kind === kind);
  const titleOf = (/** @type {any} */ layer) => variantOf(layer.kind)?.title ?? layer.kind;
  const cardAt = (/** @type {string} */ path) => /** @type {HTMLElement|null} */ (list.querySelector(`.pg-card[data-path="${path}"]`));
  const cardOf = (/** @type {any} */ node) => /** @type {HTMLElement|null} */ (node?.closest?.(".pg-card"));
  const idle = () => editor.data()?.disabled ?? true;

  function select(/** @type {typeof group} */ next) {
    group = next && next.count > 1 ? next : null;
    mark();
    if (group) announce(`${group.count} layers selected, starting at ${numbered(group.path)}`);
  }
  function mark() {
    for (const card of /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll(".pg-card"))) {
      card.dataset.selected = String(group !== null && holds(group, card.dataset.path));
    }
  }
  /** Extends the selection to a path. */
  function extend(/** @type {string} */ from, /** @type {string} */ to) {
    if (!group) anchor = from;
    head = to;
    select(span(anchor, head));
    cardAt(head)?.focus({ preventScroll: true });
    cardAt(head)?.scrollIntoView({ block: "nearest" });
  }

  /** The layers that keys apply to: the selection if it has the focus, otherwise the focused card; null if the focus is elsewhere. */
  function current() {
    const card = cardOf(document.activeElement);
    return card && list.contains(card) ? groupAt(group, card.dataset.path) : null;
  }
  const after = (/** @type {import("./network_select.js").Group} */ { path, count }) => {
    const { chain, index } = splitPath(path);
    const ends = layersIn(editor.network(), { path, count }).some((layer) => layer.kind === "output");
    return `${chain}[${ends ? index : index + count}]`;
  };
  const before = (/** @type {string} */ path) => {
    const { chain, index } = splitPath(path);
    return `${chain}[${Math.max(0, index - 1)}]`;
  };
  const remove = (/** @type {import("./network_select.js").Group} */ { path, count }) => editor.edit({ op: "remove", path, ...(count > 1 ? { count } : {}) });
  const paste = (/** @type {string} */ text, /** @type {string} */ path) => {
    const why = refusal(text);
    if (why) editor.refuse(why, before(path));
    else editor.edit({ op: "paste", path, text });
  };
  /** Where to paste from the keyboard: after the focused card, or into the gap whose button has the focus. */
  const pasteAt = () => {
    const chosen = current();
    const gap = /** @type {HTMLElement|null} */ (document.activeElement?.closest?.(".pg-gap"));
    return gap?.dataset.path ?? (chosen && after(chosen));
  };
  const texts = clipboard({
    chosen: () => {
      const chosen = current();
      if (chosen) announce(chosen.count > 1 ? `${chosen.count} layers copied` : `${titleOf(layersIn(editor.network(), chosen)[0])} copied`);
      return chosen && asText(layersIn(editor.network(), chosen), editor.confirmed());
    },
    cut: () => remove(current()),
    paste: (text) => paste(text, pasteAt()),
    locked: idle,
    active: () => list.contains(document.activeElement) && !document.activeElement.matches("input, select, textarea") && pasteAt() !== null,
  });
  let pastingAt = "";
  const box = pasteBox(root, (text) => {
    texts.hold(text); // kept in case pasting fails, so that nobody has to type it twice
    paste(text, pastingAt);
  });

  let acted = /** @type {import("./network_select.js").Group} */ ({ path: "", count: 0 });
  const menu = actionsMenu(root, async ({ id, operation }) => {
    if (operation) editor.edit(operation);
    else if (id === "select") extend(acted.path, stepped(editor.network(), group ? head : acted.path, 1));
    else if (id === "paste") {
      pastingAt = after(acted);
      const text = await texts.read();
      if (text === null) box.open(opener, texts.held());
      else paste(text, pastingAt);
    } else {
      const layers = layersIn(editor.network(), acted);
      announce(acted.count > 1 ? `${acted.count} layers copied` : `${titleOf(layers[0])} copied`);
      await texts.write(asText(layers, editor.confirmed()));
      if (id === "cut") remove(acted);
    }
  });

  const drag = dragging(root, list, {
    pick(target) {
      if (idle()) return null;
      const option = /** @type {HTMLElement|null} */ (target.closest(".pg-option"));
      if (option) {
        const { kind } = option.dataset;
        return { title: titleOf({ kind }), kind, cards: [], byHandle: false, lifted: editor.closeMenu };
      }
      const byHandle = target.closest(".pg-handle") !== null;
      const row = target.closest(".pg-row");
      if (!row || (!byHandle && target.closest("button, input, select, summary"))) return null;
      const chosen = groupAt(group, cardOf(row).dataset.path);
      const { chain, index } = splitPath(chosen.path);
      const cards = Array.from({ length: chosen.count }, (_, more) => cardAt(`${chain}[${index + more}]`)).filter(Boolean);
      const title = chosen.count > 1 ? `${chosen.count} layers` : titleOf(layersIn(editor.network(), chosen)[0]);
      return { ...chosen, title, cards, byHandle };
    },
    effect({ path, count, kind }, gap) {
      if (path !== undefined) {
        const to = afterTaking(gap, path, count);
        if (to === null || to === path) return null;
      }
      const layers = path === undefined ? [{ kind }] : layersIn(editor.network(), { path, count });
      const inside = ownerOf(splitPath(gap).chain) !== null;
      if (inside && layers.some((layer) => layer.kind === "output")) return { text: "the output must be the last layer", wrong: true };
      const tensor = tensorBefore(editor.network(), editor.data().input.tensor, gap);
      const why = unfit(variantOf(layers[0].kind), tensor, inside);
      return { text: why || (tensor ? sizesText(tensor) : "") };
    },
    drop({ path, count, kind }, gap) {
      if (kind !== undefined) editor.edit({ op: "add", path: gap, kind });
      else editor.edit({ op: "move", path, to: afterTaking(gap, path, count), ...(count > 1 ? { count } : {}) });
    },
    announce,
  });

  const onKey = (/** @type {KeyboardEvent} */ event) => {
    const card = cardOf(event.target);
    if (idle() || !card || /** @type {HTMLElement} */ (event.target).matches("input, select, textarea")) return;
    const { path } = card.dataset;
    const chosen = groupAt(group, path);
    const ways = event.altKey && event.key in KEYS && chosen.count > 1 ? moves(editor.network(), chosen.path, chosen.count) : null;
    if (event.shiftKey && ["ArrowUp", "ArrowDown"].includes(event.key)) {
      const next = stepped(editor.network(), group ? head : path, event.key === "ArrowUp" ? -1 : 1);
      if (next) extend(path, next);
    } else if (ways) {
      const to = ways[KEYS[event.key]];
      if (to) editor.edit({ op: "move", path: chosen.path, to, count: chosen.count });
    } else if (event.key === "Delete" && chosen.count > 1) remove(chosen);
    else if (event.key === "Escape" && group) select(null);
    else if (event.key === "ContextMenu" || (event.shiftKey && event.key === "F10")) open(path, card);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const onPress = (/** @type {MouseEvent} */ event) => {
    const card = cardOf(event.target);
    if (!event.shiftKey || !card || idle() || /** @type {Element} */ (event.target).closest("input, select, button")) return;
    event.preventDefault(); // prevents selecting text
    const from = cardOf(document.activeElement)?.dataset.path;
    extend(from ?? card.dataset.path, card.dataset.path);
  };
  const onClick = (/** @type {MouseEvent} */ event) => {
    if (group && !event.shiftKey && !(/** @type {Element} */ (event.target).closest(".pg-more-button"))) select(null);
  };
  list.addEventListener("keydown", onKey, true);
  list.addEventListener("mousedown", onPress);
  list.addEventListener("click", onClick);

  /** Opens the menu of a card, or of the selection that contains it. */
  function open(/** @type {string} */ path, /** @type {HTMLElement} */ button) {
    acted = groupAt(group, path);
    opener = button;
    const { chain, index } = splitPath(acted.path);
    const next = stepped(editor.network(), `${chain}[${index + acted.count - 1}]`, 1);
    const label = `Actions for ${acted.count > 1 ? `${acted.count} layers` : titleOf(layersIn(editor.network(), acted)[0])}`;
    menu.open(button, label, actionsFor(editor.network(), acted, next !== null));
  }

  return {
    open,
    announce,
    /** Called before an edit is applied. @param {any} operation */
    edited(operation) {
      const text = announcement(operation, editor.network(), titleOf);
      if (text) announce(text);
      const next = group && kept(group, operation);
      if (group) [anchor, head] = next ? shifted(next) : ["", ""];
      group = next;
    },
    redrawn() {
      if (group && !layersIn(editor.network(), group).length) group = null;
      mark();
      drag.redrawn();
    },
    destroy() {
      texts.destroy();
      box.destroy();
      menu.destroy();
      drag.destroy();
    },
  };
}

/** The paths of both ends of a selection. @param {import("./network_select.js").Group} group */
function shifted({ path, count }) {
  const { chain, index } = splitPath(path);
  return [path, `${chain}[${index + count - 1}]`];
}
