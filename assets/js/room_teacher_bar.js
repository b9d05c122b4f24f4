/**
 * The teacher's bar at the lower edge of the other pages: the class at a glance, and what is done with the experiment on this page. Root:
 * `.pg-room-strip`.
 *
 * data: room (path of the socket), drawn, code, paused, sent (whether the class has this experiment already), cannot (why this experiment
 * cannot be sent, "" if it can), back (address of the room's page), message ({text, level} or null).
 * State for Python: `asked`, {do, nonce}; `changed`, see room_news.js.
 */

import { component, element, onceAFrame, say } from "./component.js";
import { spaced, tally } from "./room_model.js";
import { Room, ask } from "./room_news.js";

class TeacherBar {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.draw = onceAFrame(() => this.paint());
    this.room = new Room(() => this.draw());
    this.code = element("strong");
    this.said = element("span", { class: "pg-strip-summary", role: "status" });
    this.send = this.button("send");
    this.pause = this.button("pause");
    this.back = this.button("room");
    say(this.back, "Room");
    const acts = element("div", { class: "pg-strip-notices" }, this.send, this.pause, this.back);
    this.root = element("section", { class: "pg-room-strip", "data-role": "teacher" }, element("div", { class: "pg-strip-line" }, element("div", { class: "pg-strip-who" }, this.code, this.said), acts));
    root.append(this.root);
  }

  /** @param {string} what */
  button(what) {
    const made = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-button", "data-do": what }));
    made.onclick = () => {
      made.disabled = true; // until the page has answered
      ask(this.streamlit, { do: what === "pause" && this.paused() ? "resume" : what });
      setTimeout(() => this.draw(), 1500);
    };
    return made;
  }

  /** @param {any} data @param {import("./component.js").Streamlit} streamlit */
  update(data, streamlit) {
    this.data = data;
    this.streamlit = streamlit;
    this.room.update(data, streamlit);
    this.draw();
  }

  paused() {
    return Boolean(this.room.known.state?.paused ?? this.data.paused);
  }

  paint() {
    const { data, room: { known: { state, runs, connection } } } = this;
    if (!data) return;
    this.root.setAttribute("aria-label", `Your room ${spaced(data.code)}`);
    Object.assign(this.root.dataset, { paused: String(this.paused()), connection });
    say(this.code, `Your room ${spaced(data.code)}`);
    const counted = state ? tally(state.seats.filter((seat) => seat.state !== "removed"), runs) : "";
    say(this.said, data.message?.text ?? (connection === "reconnecting" ? "Reconnecting …" : counted));
    say(this.send, data.sent ? "Sent to the class" : "Send experiment");
    this.send.disabled = data.sent || Boolean(data.cannot);
    this.send.title = data.cannot || (data.sent ? "The class has this experiment" : "It opens on every student's page");
    say(this.pause, this.paused() ? "Resume all" : "Pause all");
    this.pause.disabled = false;
    this.back.disabled = false;
  }

  destroy() {
    this.room.destroy();
    this.draw.cancel();
  }
}

export default component((root) => new TeacherBar(root), ["room_parts.css"]);
