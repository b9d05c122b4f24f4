/**
 * A room as a component follows it: what comes over the socket, and telling Python when what Python has drawn is out of date.
 *
 * State for Python: `changed`, {drawn, number}: the script is to run again, with the room as it is now. With a number, since Streamlit ignores
 * a value that equals the last one.
 */

import { leaving } from "./leaving.js";
import { followRoom, revive } from "./room_socket.js";

/** After a command, the page that Python draws usually comes by itself. */
const SETTLED_MS = 250;

/** What to report to Python: the fingerprint that it should have drawn, "" for nothing. @param {{connection: string, state: any}} known @param {string} drawn */
export const news = ({ connection, state }, drawn) => (connection === "over" ? "over" : state && state.drawn !== drawn ? state.drawn : "");

export class Room {
  /** @param {() => void} changed  called when something came over the socket */
  constructor(changed) {
    this.changed = changed;
    this.known = /** @type {import("./room_socket.js").Known} */ ({ state: null, runs: {}, connection: "connecting", message: "" });
    this.drawn = "";
    this.path = "";
    this.number = 0;
    /** The last state of the room that Python has been told about since it last drew the page. */
    this.told = "";
  }

  /** @param {{room: string, drawn: string}} data @param {import("./component.js").Streamlit} streamlit */
  update({ room, drawn }, streamlit) {
    this.streamlit = streamlit;
    this.drawn = drawn;
    if (room === this.path) {
      if (this.told === "over") revive(room); // Python has looked, and is in the room
      return this.settle();
    }
    this.leave?.();
    this.path = room;
    this.leave = followRoom(room, (known) => {
      this.known = known;
      this.settle();
      this.changed();
    });
  }

  /** Tells Python once, unless the visitor is leaving the page. */
  settle() {
    const what = news(this.known, this.drawn);
    if (!what) this.told = "";
    if (what === this.told || this.timer) return;
    this.timer = setTimeout(() => {
      this.timer = undefined;
      if (!leaving()) this.tell(news(this.known, this.drawn));
      this.settle();
    }, SETTLED_MS);
  }

  /** @param {string} what */
  tell(what) {
    if (!what || what === this.told) return;
    this.told = what;
    this.streamlit?.setStateValue("changed", { drawn: what, number: `${Date.now()}-${++this.number}` });
  }

  destroy() {
    clearTimeout(this.timer);
    this.leave?.();
  }
}

/** Something that only Python can do. @param {import("./component.js").Streamlit} streamlit @param {Record<string, unknown>} what */
export function ask(streamlit, what) {
  const nonce = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
  streamlit.setStateValue("asked", { ...what, nonce });
}
