/**
 * A student's bar at the lower edge of every page: who they are in the room, what there is to do, and what the teacher has done. It covers the
 * page instead of moving it. Root: `.pg-room-strip`, with data-seat, data-paused and data-connection.
 *
 * data: room (path of the socket), drawn, seat ({number, name, color}), code, task, challenge, locked and hidden (titles of parts), experiment
 * (its number), waits (whether it is to be opened by a button), undo (whether opening it was the last edit), other (whether the student's is another one), watching (whether the run on show is on the screen), playground (whether that page is
 * open), message ({text, level} or null).
 * State for Python: `asked`, {do, nonce}; `changed`, see room_news.js.
 */

import { component, element, onceAFrame, say } from "./component.js";
import { Board, mark } from "./room_board.js";
import { deeds, limitsText, membersText, notices, spaced, standingText, summaryText, together } from "./room_model.js";
import { Room, ask } from "./room_news.js";

const TOLD_MS = 9000;
/** How long a card stays that says what the teacher has done, after the last of it. */

let sheets = 0;

export class RoomBar {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.draw = onceAFrame(() => this.paint());
    this.room = new Room(() => this.draw());
    /** The cards that the student has put aside, by what they say. @type {Set<string>} */
    this.aside = new Set();
    /** What the teacher has just done. @type {ReturnType<typeof deeds>} */
    this.told = [];
    this.name = element("strong");
    this.mark = mark("");
    this.code = element("span", { class: "pg-strip-code" });
    this.summary = element("span", { class: "pg-strip-summary" });
    this.who = element("button", { type: "button", class: "pg-strip-who", "aria-expanded": "false" }, this.mark, this.name, this.code, this.summary);
    this.who.onclick = () => this.toggle(this.sheet.hidden);
    this.notices = element("div", { class: "pg-strip-notices", role: "status" });
    this.leave = this.button("Leave", "leave", "Give your seat in this room back. You keep your runs");
    this.buildSheet();
    this.cards = element("div", { class: "pg-strip-cards", role: "status" });
    const line = element("div", { class: "pg-strip-line" }, this.who, this.notices, this.leave);
    const above = element("div", { class: "pg-strip-above" }, this.cards, this.sheet);
    this.root = element("section", { class: "pg-room-strip" }, above, line);
    this.root.onkeydown = (event) => {
      if (event.key !== "Escape" || this.sheet.hidden) return;
      event.stopPropagation();
      this.toggle(false);
      this.who.focus();
    };
    this.outside = (/** @type {Event} */ event) => event.target instanceof Node && !this.root.contains(event.target) && this.toggle(false);
    document.addEventListener("pointerdown", this.outside);
    root.append(this.root);
  }

  buildSheet() {
    this.title = element("h2");
    this.members = element("p", { class: "pg-note" });
    this.task = element("p", { class: "pg-strip-task" });
    this.goal = element("p");
    this.locked = element("p");
    this.board = new Board();
    this.open = this.button("Open the teacher's experiment", "open", "Undo brings yours back");
    const leave = this.button("Leave the room", "leave", "You keep your runs, and entering the code again gives you the same seat");
    const id = `pg-strip-sheet-${++sheets}`;
    this.sheet = element("div", { class: "pg-strip-sheet", id, hidden: true }, this.title, this.members, this.task, this.goal, this.board.node, this.locked, element("div", { class: "pg-room-beside" }, this.open, leave));
    this.who.setAttribute("aria-controls", id);
  }

  /** A button that asks Python for something. @param {string} title @param {string} what @param {string} [about] */
  button(title, what, about = "") {
    const made = element("button", { type: "button", class: "pg-button", title: about, "data-do": what }, title);
    made.onclick = () => {
      made.disabled = true; // until the next answer draws it anew
      ask(this.streamlit, { do: what });
      setTimeout(() => (made.disabled = false), 3000);
    };
    return made;
  }

  /** @param {any} data @param {import("./component.js").Streamlit} streamlit */
  update(data, streamlit) {
    if (this.data?.room === data.room) this.tell(deeds(this.data, data));
    this.data = data;
    this.streamlit = streamlit;
    this.room.update(data, streamlit);
    this.draw();
  }

  /** Says for a while what the teacher has done, below what is still being said. @param {ReturnType<typeof deeds>} deeds */
  tell(deeds) {
    if (!deeds.length) return;
    this.told = together(this.told, deeds);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.told = [];
      this.draw();
    }, TOLD_MS);
  }

  /** @param {boolean} open */
  toggle(open) {
    this.sheet.hidden = !open;
    this.who.setAttribute("aria-expanded", String(open));
    if (open) this.paint();
  }

  paint() {
    const { data, room: { known: { state, connection } } } = this;
    if (!data) return;
    Object.assign(this.root.dataset, { seat: data.seat.name, paused: String(Boolean(state?.paused)), connection });
    this.root.setAttribute("aria-label", `Room ${spaced(data.code)}`);
    this.mark.dataset.color = data.seat.color;
    say(this.name, data.seat.name);
    say(this.code, spaced(data.code));
    say(this.summary, summaryText(data.task, data.challenge, state?.standing ?? null));
    this.who.title = "Task, challenge and board";
    this.paintNotices(state, connection);
    this.paintCards(state);
    if (!this.sheet.hidden) this.paintSheet(state);
  }

  /** @param {any} state @param {string} connection */
  paintNotices(state, connection) {
    const told = connection === "reconnecting" ? [{ kind: "lost", text: "Reconnecting …" }] : state ? notices(state, this.data, this.data.watching) : [];
    const drawn = JSON.stringify([told, this.put(state)]);
    if (drawn === this.drawnNotices) return;
    this.drawnNotices = drawn;
    this.notices.replaceChildren(
      ...told.map((notice) => this.notice(notice)),
      ...(this.put(state) ? [this.button("Open the teacher's experiment", "open", "Undo brings yours back")] : []),
    );
  }

  /** @param {{kind: string, text: string, acts?: import("./room_model.js").Doing}} notice */
  notice({ kind, text, acts }) {
    const made = acts ? this.button(text, acts.what, acts.title) : element("span", { title: text }, text);
    made.className = "pg-strip-notice";
    made.dataset.kind = kind;
    return made;
  }

  /** Whether the teacher's experiment waits, and its card has been put aside. @param {any} state */
  put(state) {
    return Boolean(this.data.waits && this.aside.has(this.key("experiment", state)));
  }

  /** @param {string} kind @param {any} state */
  key(kind, state) {
    return `${kind} ${kind === "experiment" ? this.data.experiment : kind === "asked" ? state?.asked?.run : this.data.message?.text}`;
  }

  /** What asks for an answer: above the bar, beside or above the sheet, one below the other. @param {any} state */
  paintCards(state) {
    const { data } = this;
    const cards = [];
    if (state?.asked) cards.push(["asked", "Your teacher would like to show your run, with its data, to the class.", [this.button("Yes, show it", "yes"), this.button("No", "no")]]);
    if (data.waits && !this.put(state)) cards.push(["experiment", "Your teacher has sent an experiment. You have changed yours, so it was not opened.", [this.button("Open the teacher's experiment", "open", "Undo brings yours back"), this.later("experiment", state)]]);
    if (data.message && !this.aside.has(this.key("message", state))) cards.push(["message", data.message.text, [this.later("message", state, "Close")]]);
    if (this.told.length) cards.push(["told", this.told.map(({ text }) => text).join("\n"), [...this.about(this.told), this.later("told", state, "Close")]]);
    const drawn = JSON.stringify(cards.map(([kind, text]) => [kind, text, state?.asked?.run, data.experiment, data.elsewhere, data.undo]));
    if (drawn === this.drawnCards) return;
    this.drawnCards = drawn;
    this.cards.replaceChildren(...cards.map(([kind, text, buttons]) => element("div", { class: "pg-strip-card", "data-kind": /** @type {string} */ (kind) }, element("p", {}, text), element("div", {}, .../** @type {Node[]} */ (buttons)))));
  }

  /** Buttons for what the teacher has done. @param {ReturnType<typeof deeds>} told */
  about(told) {
    const read = element("button", { type: "button", class: "pg-button" }, "Read it");
    read.onclick = () => {
      this.told = [];
      this.toggle(true);
      this.who.focus();
    };
    const undo = this.button("Undo", "undo", "Brings your own experiment back");
    undo.addEventListener("click", () => {
      this.told = told.filter(({ act }) => act !== "undo");
      this.draw();
    });
    return [
      ...(told.some(({ act }) => act === "read") ? [read] : []),
      ...(this.data.undo && told.some(({ act }) => act === "undo") ? [undo] : []),
      ...(this.data.elsewhere ? [this.button("Go to the playground", "go")] : []),
    ];
  }

  /** @param {string} kind @param {any} state @param {string} [title] */
  later(kind, state, title = "Not now") {
    const made = element("button", { type: "button", class: "pg-button" }, title);
    made.onclick = () => {
      if (kind === "told") this.told = [];
      else this.aside.add(this.key(kind, state));
      if (kind === "message") ask(this.streamlit, { do: "dismiss" });
      this.paint();
    };
    return made;
  }

  /** @param {any} state */
  paintSheet(state) {
    const { seat, code, task, challenge, locked, hidden } = this.data;
    this.open.hidden = !this.data.other;
    this.locked.hidden = !locked.length && !hidden.length;
    say(this.locked, limitsText({ locked, hidden }, Infinity));
    say(this.title, `You are ${seat.name}`);
    say(this.members, [`Room ${spaced(code)}`, membersText(state)].filter(Boolean).join(" · "));
    this.task.hidden = !task;
    say(this.task, task);
    this.goal.hidden = !challenge;
    say(this.goal, challenge ? `${challenge.sentence}. You: ${standingText(state?.standing ?? null, challenge)}.` : "");
    this.board.update(state?.board ?? [], state && challenge);
  }

  destroy() {
    document.removeEventListener("pointerdown", this.outside);
    clearTimeout(this.timer);
    this.room.destroy();
    this.draw.cancel();
  }
}

export default component((root) => new RoomBar(root), ["room_parts.css"]);
