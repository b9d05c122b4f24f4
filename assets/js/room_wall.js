/**
 * The teacher's wall: a tile for each seat, with its curve and newest result as they move, and the board beside them. Root: `.pg-room` with
 * data-members.
 *
 * data: room (path of the socket), drawn, challenge ({sentence, title, format} or null), playground (address of that page).
 * State for Python: `asked`, {do, seat, nonce}; `changed`, see room_news.js.
 */

import { component, element, onceAFrame, remember, remembered, say } from "./component.js";
import { Board, mark } from "./room_board.js";
import { ORDERS, arranged, askedText, runOf, seatText, sizeText, tally } from "./room_model.js";
import { CURVES, resultText } from "./my_runs_model.js";
import { Room, ask } from "./room_news.js";
import { Tile } from "./room_tile.js";

const STANDARD = { order: "arrival" };

/** @param {string} title @param {() => void} act @param {string} [kind] */
function button(title, act, kind = "") {
  const made = element("button", { type: "button", class: `pg-button ${kind}` }, title);
  made.onclick = act;
  return made;
}

class RoomWall {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Map<number, Tile>} */
    this.tiles = new Map();
    this.choice = remembered("room-wall", STANDARD);
    this.draw = onceAFrame(() => this.paint());
    this.room = new Room(() => this.draw());
    this.said = element("p", { class: "pg-room-tally", role: "status" });
    this.asked = element("p", { class: "pg-room-asked", role: "status" });
    this.curves = element("span", { class: "pg-note" }, CURVES);
    this.order = /** @type {HTMLSelectElement} */ (element("select", { class: "pg-input", "aria-label": "Order of the seats" }, ...Object.entries(ORDERS).map(([name, [title]]) => element("option", { value: name }, title))));
    this.order.value = this.choice.order in ORDERS ? this.choice.order : STANDARD.order;
    this.order.onchange = () => {
      remember("room-wall", { order: this.order.value });
      this.paint();
    };
    this.list = element("ul", { class: "pg-room-seats", role: "list" });
    this.nobody = element("p", { class: "pg-room-nobody", hidden: true }, "Nobody has joined yet. Show the code to the class: each student who enters it appears here.");
    this.board = new Board();
    this.goal = element("p", { class: "pg-note" });
    this.aside = element("aside", { "aria-label": "Board of the challenge", hidden: true }, element("h3", {}, "Board"), this.goal, this.board.node);
    this.dialog = /** @type {HTMLDialogElement} */ (element("dialog", { class: "pg-room-dialog", "aria-labelledby": "pg-seat-title" }));
    this.dialog.onclick = (event) => event.target === this.dialog && this.dialog.close();
    this.root = element(
      "section", { class: "pg-room", "aria-label": "The class" }, element("div", { class: "pg-room-bar" }, this.said, this.asked, this.curves, this.order),
      element("div", { class: "pg-room-columns" }, element("div", {}, this.list, this.nobody), this.aside), this.dialog,
    );
    root.append(this.root);
  }

  /** @param {any} data @param {import("./component.js").Streamlit} streamlit */
  update(data, streamlit) {
    this.data = data;
    this.streamlit = streamlit;
    this.room.update(data, streamlit);
    this.draw();
  }

  paint() {
    const { state, runs, connection } = this.room.known;
    if (!state) return;
    this.root.dataset.members = state.members;
    this.root.dataset.connection = connection;
    const seats = state.seats.filter((seat) => seat.state !== "removed");
    const placed = arranged(seats, runs, this.order.value).map(({ seat, run }) => {
      const tile = this.tiles.get(seat.number) ?? new Tile(seat, (number) => this.open(number));
      this.tiles.set(seat.number, tile);
      tile.update(seat, run, this.showing(seat.number), this.data.challenge);
      return tile.node;
    });
    this.place(placed);
    this.nobody.hidden = seats.length > 0;
    this.order.hidden = seats.length < 2;
    say(this.said, connection === "reconnecting" ? "The connection is lost; trying again …" : tally(seats, runs));
    say(this.asked, askedText(state.asked, seats));
    const { challenge } = this.data;
    this.aside.hidden = !challenge;
    say(this.goal, challenge?.sentence ?? "");
    this.board.update(state.board ?? [], challenge);
    if (this.dialog.open && this.opened) this.fill(this.opened);
  }

  /** Puts tiles in order without moving those that are where they belong, so that the focus stays. @param {HTMLElement[]} nodes */
  place(nodes) {
    const now = [...this.list.children];
    if (nodes.length === now.length && nodes.every((node, index) => node === now[index])) return;
    const focused = document.activeElement;
    this.list.replaceChildren(...nodes);
    if (focused instanceof HTMLElement && this.list.contains(focused)) focused.focus({ preventScroll: true });
  }

  /** @param {number} number @returns {"shown"|"asked"|"declined"|""} */
  showing(number) {
    const { shown, asked } = this.room.known.state;
    if (shown?.seat === number) return "shown";
    return asked?.seat === number ? (asked.answer === "no" ? "declined" : "asked") : "";
  }

  /** What can be done with a seat. @param {number} number */
  open(number) {
    this.opened = number;
    this.drawn = "";
    this.fill(number);
    this.dialog.showModal();
  }

  /** @param {number} number */
  fill(number) {
    const { state, runs } = this.room.known;
    const seat = state.seats.find((each) => each.number === number);
    if (!seat || seat.state === "removed") return this.dialog.close();
    const [run, showing] = [runOf(seat, runs), this.showing(number)];
    const numbers = [run && seatText(seat, run), run?.result && `${run.result.title} ${resultText(/** @type {any} */ (run))}`, sizeText(run, this.data.challenge)];
    this.facts ??= element("p", { class: "pg-seat-facts" });
    say(this.facts, numbers.filter(Boolean).join(" · ") || "No run yet in this room.");
    const drawn = JSON.stringify([seat, showing, Boolean(run), run?.summary, run?.message]);
    if (drawn === this.drawn) return; // buttons stay where they are while numbers move
    this.drawn = drawn;
    const focused = /** @type {HTMLElement|null} */ (document.activeElement)?.dataset.act;
    this.dialog.replaceChildren(
      element("h2", { id: "pg-seat-title" }, mark(seat.color), seat.name),
      ...(run ? [element("p", {}, run.summary)] : []), this.facts, ...(run?.message ? [element("p", { class: "pg-note" }, run.message)] : []),
      element("div", { class: "pg-room-acts" }, ...this.actions(seat, showing)),
    );
    const again = focused && this.dialog.querySelector(`[data-act="${focused}"]`);
    if (again instanceof HTMLElement) again.focus();
  }

  /** From the way back on the left to what is most drastic on the right. @param {import("./room_model.js").Seat} seat @param {string} showing */
  actions(seat, showing) {
    const close = button("Back", () => this.dialog.close());
    const remove = button("Remove …", () => this.sure(seat));
    if (!seat.run) return [close, remove];
    const open = element("a", { class: "pg-button", href: `${this.data.playground}?run=${seat.run}`, target: "_blank", rel: "noopener" }, "Open in a new tab");
    const show = showing === "shown" || showing === "asked" ? button(showing === "shown" ? "Stop showing" : "Take the question back", () => this.do("stop_showing", seat.number))
      : button(showing === "declined" ? "Ask again to show it" : "Ask to show it", () => this.do("show", seat.number), "pg-main");
    Object.assign(show, { autofocus: true, title: "The class sees this run once the student has said yes" });
    for (const [name, made] of Object.entries({ open, show, close, remove })) made.dataset.act = name;
    return [close, open, show, remove];
  }

  /** Asks before a seat is removed. @param {import("./room_model.js").Seat} seat */
  sure(seat) {
    this.opened = 0; // what comes over the socket does not draw the seat over the question
    const keep = button("Keep", () => this.dialog.close());
    this.dialog.replaceChildren(
      element("h2", { id: "pg-seat-title" }, mark(seat.color), `Remove ${seat.name}?`),
      element("p", {}, "The student sees a message and cannot join again unless you let them, under Settings. Their runs are kept."),
      element("div", { class: "pg-room-acts" }, keep, button("Remove", () => this.do("remove", seat.number))),
    );
    keep.focus();
  }

  /** @param {string} what @param {number} seat */
  do(what, seat) {
    this.dialog.close();
    ask(this.streamlit, { do: what, seat });
  }

  destroy() {
    this.room.destroy();
    this.draw.cancel();
  }
}

export default component((root) => new RoomWall(root), ["live.css", "room_parts.css"]);
