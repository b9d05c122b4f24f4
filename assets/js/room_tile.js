/** A seat on the teacher's wall: its elements, and what changes in them. */

import { element, say } from "./component.js";
import { path, resultText } from "./my_runs_model.js";
import { mark } from "./room_board.js";
import { networkText, seatLabel, seatText } from "./room_model.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, MARGIN] = [160, 44, 3];

export class Tile {
  /** @param {import("./room_model.js").Seat} seat @param {(number: number) => void} open */
  constructor(seat, open) {
    this.name = element("span", { class: "pg-seat-name" });
    this.line = document.createElementNS(SVG, "path");
    this.picture = document.createElementNS(SVG, "svg");
    this.picture.setAttribute("viewBox", `0 ${-MARGIN} ${WIDTH} ${HEIGHT + 2 * MARGIN}`);
    this.picture.setAttribute("preserveAspectRatio", "none");
    this.picture.setAttribute("aria-hidden", "true"); // the button says what it shows
    this.picture.append(this.line);
    this.result = element("strong");
    this.state = element("span", { class: "pg-state" });
    this.summary = element("span", { class: "pg-seat-summary" });
    this.badge = element("span", { class: "pg-seat-badge" });
    this.button = element(
      "button", { type: "button", class: "pg-seat", "aria-haspopup": "dialog" },
      element("span", { class: "pg-seat-top" }, mark(seat.color), this.name, this.badge), this.picture,
      element("span", { class: "pg-seat-row" }, this.result, this.state), this.summary,
    );
    this.button.onclick = () => open(seat.number);
    this.node = element("li", {}, this.button);
  }

  /** @param {import("./room_model.js").Seat} seat @param {import("./room_model.js").SeatRun|undefined} run
   *  @param {"shown"|"asked"|"declined"|""} showing @param {import("./room_model.js").Challenge|null} challenge */
  update(seat, run, showing, challenge) {
    this.button.dataset.seat = String(seat.number);
    this.button.dataset.state = seat.state;
    this.button.dataset.run = seat.run ?? "";
    this.button.dataset.showing = showing;
    say(this.name, seat.name);
    say(this.badge, showing ? { shown: "on show", asked: "asked …", declined: "said no" }[showing] : seat.state === "away" ? "away" : "");
    const drawn = path(run?.sparkline ?? [], WIDTH, HEIGHT);
    if (drawn !== this.line.getAttribute("d")) this.line.setAttribute("d", drawn);
    say(this.result, run?.result ? resultText(/** @type {any} */ (run)) : "");
    this.state.dataset.state = run?.state ?? "";
    this.state.hidden = !seat.run;
    say(this.state, seatText(seat, run));
    say(this.summary, networkText(seat, run, challenge));
    this.summary.title = run?.summary ?? "";
    const label = seatLabel(seat, run, challenge);
    if (label !== this.button.getAttribute("aria-label")) this.button.setAttribute("aria-label", label);
  }
}
