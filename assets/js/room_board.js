/** The board of a challenge: who has reached what, as the server has checked it. */

import { element, say } from "./component.js";
import { allowedText, valueText } from "./room_model.js";
import { count } from "./numbers.js";

/** The mark of a seat in its color. @param {string} color */
export const mark = (color) => element("i", { class: "pg-room-mark", "data-color": color, "aria-hidden": "true" });

export class Board {
  constructor() {
    this.empty = element("p", { class: "pg-note" }, "No result yet. Runs count once they have ended.");
    this.value = element("th", { scope: "col" });
    const head = element("tr", {}, element("th", { scope: "col" }, element("span", { class: "pg-visually-hidden" }, "Rank")), element("th", { scope: "col" }, "Seat"), this.value, element("th", { scope: "col" }, "Parameters"));
    this.rows = element("tbody");
    this.table = element("table", { class: "pg-room-board" }, element("thead", {}, head), this.rows);
    this.node = element("div", {}, this.empty, this.table);
  }

  /** @param {import("./room_model.js").Entry[]} entries @param {import("./room_model.js").Challenge|null} challenge */
  update(entries, challenge) {
    this.node.hidden = !challenge;
    if (!challenge) return;
    this.empty.hidden = entries.length > 0;
    this.table.hidden = !entries.length;
    say(this.value, challenge.title);
    const drawn = JSON.stringify([entries, challenge]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const over = entries.filter(({ rank }) => rank === null);
    const why = element("th", { scope: "rowgroup", colspan: "4" }, "Not ranked: too many parameters");
    this.rows.replaceChildren(
      ...entries.filter(({ rank }) => rank !== null).map((entry) => this.row(entry, challenge)),
      ...(over.length ? [element("tr", { class: "pg-room-over" }, why)] : []), ...over.map((entry) => this.row(entry, challenge)),
    );
  }

  /** @param {import("./room_model.js").Entry} entry @param {import("./room_model.js").Challenge} challenge */
  row({ rank, name, color, value, parameters, meets, mine }, challenge) {
    const reached = element("td", {}, meets ? element("span", { class: "pg-room-met", title: "Goal met" }, "✓ ", element("span", { class: "pg-visually-hidden" }, "goal met: ")) : "", valueText(challenge, value));
    const who = element("th", { scope: "row" }, mark(color), name, ...(mine ? [element("small", {}, " (you)")] : []));
    const size = rank === null ? element("strong", { class: "pg-room-many", title: allowedText(challenge) }, "✗ ", element("span", { class: "pg-visually-hidden" }, "too many: "), count(parameters)) : count(parameters);
    return element("tr", { "data-meets": String(meets), "data-mine": String(Boolean(mine)) }, element("td", {}, rank === null ? "–" : String(rank)), who, reached, element("td", {}, size));
  }
}
