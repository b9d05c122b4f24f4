/**
 * Dragging with mouse, pen or finger: a ghost of the dragged layers follows the pointer, and a line shows the target gap.
 *
 * The network itself does not change before the drop: each frame only updates the ghost's transform, and scrolls the page near its edges.
 */

import { element, onceAFrame, say } from "./component.js";
import { gapAt, scrollSpeed } from "./network_gaps.js";

const THRESHOLD = 5; // px that a press must move to become a drag
const HOLD_MS = 350; // a finger that rests this long on a card lifts it
const SLOP = 9; // px; a finger that moves further before that scrolls instead

/**
 * @typedef {{title: string, cards: HTMLElement[], byHandle: boolean, lifted?: () => void, path?: string, count?: number, kind?: string}} Load
 *   what is dragged. cards: its cards in the network; byHandle: whether a finger lifts it at once
 * @typedef {{text: string, wrong?: boolean}|null} Effect  of a drop at a gap; null for none
 *
 * @param {HTMLElement} root  the editor
 * @param {HTMLElement} list  the network's chain of cards in it
 * @param {{pick: (target: Element) => Load|null, effect: (load: Load, path: string) => Effect, drop: (load: Load, path: string) => void,
 *   announce: (text: string) => void}} editor
 */
export function dragging(root, list, editor) {
  /** @type {{load: Load, id: number, type: string, x: number, y: number, waits: boolean, timer: number}|null} */
  let press = null;
  /** @type {{load: Load, id: number, x: number, y: number, chains: import("./network_gaps.js").Chain[], path: string|null, effect: Effect, seen: {top: number, bottom: number}, size: {width: number, height: number}, scroller: Element, time: number}|null} */
  let drag = null;
  let shown = /** @type {HTMLElement|null} */ (null);
  const name = element("span", { class: "pg-ghost-name" });
  const ghost = element("div", { class: "pg-ghost", "aria-hidden": "true", hidden: true }, name);
  const word = element("span", { class: "pg-drop-word" });
  const line = element("div", { class: "pg-drop", "aria-hidden": "true", hidden: true }, word);
  root.append(line, ghost);

  const down = (/** @type {PointerEvent} */ event) => {
    if (press || drag || event.button !== 0 || !event.isPrimary || event.shiftKey || event.ctrlKey || event.metaKey) return;
    const load = editor.pick(/** @type {Element} */ (event.target));
    if (!load) return;
    const waits = event.pointerType !== "mouse" && !load.byHandle;
    press = { load, id: event.pointerId, type: event.pointerType, x: event.clientX, y: event.clientY, waits, timer: 0 };
    if (waits) press.timer = window.setTimeout(() => begin(press.x, press.y), HOLD_MS);
    for (const [type, listener] of listeners) document.addEventListener(type, listener, true);
  };

  const move = (/** @type {PointerEvent} */ event) => {
    if (event.pointerId !== (drag ?? press)?.id) return;
    if (drag) {
      [drag.x, drag.y] = [event.clientX, event.clientY];
      event.stopPropagation();
      frame();
    } else {
      const far = Math.hypot(event.clientX - press.x, event.clientY - press.y);
      if (press.waits && far > SLOP) end();
      else if (!press.waits && far > THRESHOLD) begin(event.clientX, event.clientY);
    }
  };
  const up = (/** @type {PointerEvent} */ event) => {
    if (event.pointerId !== (drag ?? press)?.id) return;
    if (!drag) return end();
    [drag.x, drag.y] = [event.clientX, event.clientY];
    look();
    const { load, path, effect } = drag;
    swallowClick();
    end();
    if (path !== null && effect && !effect.wrong) editor.drop(load, path);
    else editor.announce(effect?.wrong ? `Cannot drop ${load.title} there: ${effect.text}` : `${load.title} was not moved`);
  };
  const cancel = (/** @type {Event} */ event) => {
    if (event instanceof KeyboardEvent && event.key !== "Escape") return;
    if (event instanceof PointerEvent && event.pointerId !== (drag ?? press)?.id) return;
    if (drag) {
      event.preventDefault();
      event.stopPropagation();
      editor.announce(`${drag.load.title} was not moved`);
    }
    end();
  };
  const still = (/** @type {Event} */ event) => {
    if (drag || (event.type === "contextmenu" && press && press.type !== "mouse")) event.preventDefault();
  };
  const listeners = /** @type {[string, any][]} */ ([
    ["pointermove", move], ["pointerup", up], ["pointercancel", cancel], ["keydown", cancel], ["selectstart", still], ["contextmenu", still], ["dragstart", still],
  ]);
  root.addEventListener("pointerdown", down);
  // Prevents the page from scrolling during a drag by touch; only a listener registered before the touch began can do so.
  root.addEventListener("touchmove", still, { passive: false });

  function begin(/** @type {number} */ x, /** @type {number} */ y) {
    const { load, id, type } = press;
    clearTimeout(press.timer);
    press = null;
    load.lifted?.();
    say(name, load.title);
    ghost.hidden = false;
    const size = { width: ghost.offsetWidth, height: ghost.offsetHeight };
    const scroller = scrollerOf(root);
    const seen = visible(scroller);
    drag = { load, id, x, y, chains: measured(root, list), path: null, effect: null, seen, size, scroller, time: performance.now() };
    getSelection()?.removeAllRanges();
    root.setPointerCapture?.(id);
    root.dataset.dragging = type;
    for (const card of load.cards) card.dataset.lifted = "true";
    if (type !== "mouse") navigator.vibrate?.(10);
    editor.announce(`Dragging ${load.title}; press Escape to cancel`);
    frame();
  }

  /** Updates the ghost, the line at the target gap and the scroll position. Returns whether the page scrolled. */
  function look() {
    const now = performance.now();
    const speed = scrollSpeed(drag.y, drag.seen.top, drag.seen.bottom);
    const { scroller } = drag;
    const before = scroller.scrollTop;
    if (speed) scroller.scrollTop += Math.round((speed * Math.min(50, now - drag.time)) / 1000) || Math.sign(speed);
    const moved = scroller.scrollTop !== before;
    drag.time = now;
    const frame = root.getBoundingClientRect();
    const [x, y] = [drag.x - frame.left, drag.y - frame.top];
    const lift = root.dataset.dragging === "mouse" ? 12 : -drag.size.height - 14; // a finger hides what is below it
    const left = Math.min(Math.max(0, x + 10), frame.width - drag.size.width);
    const top = Math.min(Math.max(0, y + lift), frame.height - drag.size.height);
    ghost.style.transform = `translate(${left}px, ${top}px)`;
    const gap = gapAt(drag.chains, x, y);
    if ((gap?.path ?? null) !== drag.path) {
      drag.path = gap?.path ?? null;
      drag.effect = gap && editor.effect(drag.load, gap.path);
      over(drag.effect && gap.node);
      line.hidden = drag.effect === null;
      if (drag.effect) {
        line.style.transform = `translate(${gap.left}px, ${gap.middle}px)`;
        line.style.width = `${gap.right - gap.left}px`;
        line.dataset.wrong = String(drag.effect.wrong ?? false);
        say(word, drag.effect.text);
      }
    }
    ghost.dataset.nowhere = String(!drag.effect || (drag.effect.wrong ?? false));
    root.dataset.gap = drag.effect ? drag.path : "";
    return moved;
  }

  const frame = onceAFrame(() => {
    if (drag && look()) frame();
  });

  /** Dims the gap under the line. @param {HTMLElement|null} gap */
  function over(gap) {
    if (shown) delete shown.dataset.over;
    if (gap) gap.dataset.over = "true";
    shown = gap;
  }

  function end() {
    clearTimeout(press?.timer);
    frame.cancel();
    if (drag) {
      for (const card of drag.load.cards) delete card.dataset.lifted;
      if (root.hasPointerCapture?.(drag.id)) root.releasePointerCapture(drag.id);
      ghost.hidden = line.hidden = true;
      over(null);
      delete root.dataset.dragging;
      delete root.dataset.gap;
    }
    press = drag = null;
    for (const [type, listener] of listeners) document.removeEventListener(type, listener, true);
  }

  return {
    /** Called after the network was redrawn and gaps may have moved. Ends a drag whose layers were moved or removed. */
    redrawn() {
      const held = (drag ?? press)?.load;
      const [card] = held?.cards ?? [];
      if (card && (!card.isConnected || card.dataset.path !== held.path)) end();
      if (!drag) return;
      drag.chains = measured(root, list);
      drag.path = null;
      frame();
    },
    destroy() {
      end();
      root.removeEventListener("pointerdown", down);
      root.removeEventListener("touchmove", still);
    },
  };
}

/** The visible chains with their gaps, relative to the corner of the editor. The box of a branch includes its head and buttons.
 *  @param {HTMLElement} root @param {HTMLElement} list @returns {import("./network_gaps.js").Chain[]} */
function measured(root, list) {
  const corner = root.getBoundingClientRect();
  const box = (/** @type {Element} */ node) => {
    const { left, right, top, bottom } = node.getBoundingClientRect();
    return { left: left - corner.left, right: right - corner.left, top: top - corner.top, bottom: bottom - corner.top };
  };
  return [list, ...list.querySelectorAll(".pg-layers")]
    .filter((chain) => chain.getClientRects().length)
    .map((chain) => ({
      ...box(chain.closest(".pg-branch") ?? chain),
      gaps: [...chain.querySelectorAll(":scope > .pg-step > .pg-gap")].map((gap) => {
        const { left, right, top, bottom } = box(gap);
        return { node: gap, path: /** @type {HTMLElement} */ (gap).dataset.path, left, right, middle: (top + bottom) / 2 };
      }),
    }));
}

/** The element that scrolls the page. @param {HTMLElement} root @returns {Element} */
function scrollerOf(root) {
  for (let node = root.parentElement; node; node = node.parentElement) {
    if (node.scrollHeight > node.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(node).overflowY)) return node;
  }
  return document.scrollingElement ?? document.documentElement;
}

/** Top and bottom of the visible part of the page. @param {Element} scroller */
function visible(scroller) {
  if (scroller === document.scrollingElement) return { top: 0, bottom: window.innerHeight };
  const { top, bottom } = scroller.getBoundingClientRect();
  return { top: Math.max(0, top), bottom: Math.min(window.innerHeight, bottom) };
}

/** Ignores the click that ends a drag. */
function swallowClick() {
  const swallow = (/** @type {Event} */ event) => {
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, true), 50);
}
