/**
 * The way into a room: its code, address and QR code, and the same as large as the screen, for a projector. Root: `.pg-room-way`.
 *
 * data: code (as people read it), address (to type), qr ({side, path}, one unit per module), closes, door (whether it is open), note
 * (on the address, "" for nothing), works (whether others can open it as far as is known; otherwise the note is a warning), room (path of the socket).
 */

import { component, element, say } from "./component.js";
import { icon } from "./marks.js";
import { closesText, membersText } from "./room_model.js";
import { followRoom } from "./room_socket.js";

const SVG = "http://www.w3.org/2000/svg";
const MARGIN = 2; // modules around the code, without which cameras do not find it
const FULL_SCREEN = "M7 14H5v5h5v-2H7v-3Zm-2-4h2V7h3V5H5v5Zm12 7h-3v2h5v-5h-2v3ZM14 5v2h3v3h2V5h-5Z";
const CLOSE = "M19 6.4 17.6 5 12 10.6 6.4 5 5 6.4 10.6 12 5 17.6 6.4 19l5.6-5.6 5.6 5.6 1.4-1.4-5.6-5.6L19 6.4Z";

/** @param {{side: number, path: string}} qr @param {string} address */
function picture({ side, path }, address) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${side + 2 * MARGIN} ${side + 2 * MARGIN}`);
  svg.setAttribute("shape-rendering", "crispEdges");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", `QR code of ${address}`);
  const modules = document.createElementNS(SVG, "path");
  modules.setAttribute("d", path);
  svg.append(modules);
  return svg;
}

class RoomCode {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.code = element("strong", { class: "pg-room-digits" });
    this.address = element("span");
    this.picture = element("div", { class: "pg-room-qr" });
    this.members = element("p", { class: "pg-room-joined", role: "status" });
    const show = element("button", { type: "button", class: "pg-button" }, icon(FULL_SCREEN), "Show large");
    show.title = "Fill the screen with the code, for a projector";
    show.onclick = () => this.project();
    const words = element(
      "div", { class: "pg-room-words" }, element("p", {}, "Open ", this.address, " and enter"), this.code, element("div", { class: "pg-room-beside" }, show, this.members),
    );
    this.closes = element("p", { class: "pg-note" });
    this.note = element("p", { hidden: true });
    words.append(this.closes, this.note);
    this.screen = /** @type {HTMLDialogElement} */ (element("dialog", { class: "pg-room-screen", "aria-label": "The room's code for a projector" }));
    this.screen.onclose = () => document.fullscreenElement && document.exitFullscreen().catch(() => {});
    this.box = element("section", { class: "pg-room-way", "aria-label": "How to join" }, this.picture, words, this.screen);
    root.append(this.box);
  }

  /** @param {any} data @param {unknown} streamlit @param {boolean} changed */
  update(data, streamlit, changed) {
    if (!changed) return;
    this.data = data;
    say(this.code, data.code);
    say(this.address, data.address);
    say(this.note, data.note);
    this.note.hidden = !data.note;
    this.note.className = data.works ? "pg-note" : "pg-room-warning";
    this.box.dataset.door = data.door ? "open" : "closed";
    this.picture.replaceChildren(picture(data.qr, data.address));
    this.leave?.();
    this.leave = followRoom(data.room, ({ state }) => this.count(state));
  }

  /** @param {any} state */
  count(state) {
    say(this.closes, [this.data.door ? "" : "The door is closed: nobody new can join", closesText(state?.closes ?? this.data.closes, new Date())].filter(Boolean).join(". "));
    if (!state) return;
    say(this.members, membersText(state));
    if (this.joined) say(this.joined, membersText(state));
  }

  /** Fills the window, and the screen where the browser allows it. */
  project() {
    const close = element("button", { type: "button", class: "pg-button", "aria-label": "Close" }, icon(CLOSE));
    close.onclick = () => this.screen.close();
    this.joined = element("p", { role: "status" }, this.members.textContent ?? "");
    this.screen.replaceChildren(
      close, picture(this.data.qr, this.data.address),
      element("div", {}, element("p", {}, this.data.address), element("strong", { class: "pg-room-digits" }, this.data.code), this.joined, ...(this.data.works ? [] : [element("p", { class: "pg-room-warning" }, this.data.note)])),
    );
    this.screen.showModal();
    this.screen.requestFullscreen?.().catch(() => {});
  }

  destroy() {
    this.leave?.();
    this.screen.close();
  }
}

export default component((root) => new RoomCode(root), ["room_parts.css"]);
