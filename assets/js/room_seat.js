/**
 * A student's seat on the Room page: who they are, what there is to do, and the board. Root: `.pg-room`, with data-members and data-seat.
 *
 * data: as of room_bar.js, which tells Python what has changed.
 */

import { component, element, onceAFrame, say } from "./component.js";
import { Board, mark } from "./room_board.js";
import { closesText, membersText, standingText } from "./room_model.js";
import { followRoom } from "./room_socket.js";

class RoomSeat {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.draw = onceAFrame(() => this.paint());
    this.state = null;
    this.mark = mark("");
    this.name = element("strong");
    this.members = element("p", { class: "pg-note" });
    this.task = element("p", { class: "pg-strip-task" });
    this.taskBox = element("section", { "aria-label": "Task" }, element("h3", {}, "Task"), this.task);
    this.goal = element("p");
    this.standing = element("p", { role: "status" });
    this.board = new Board();
    this.challengeBox = element("section", { "aria-label": "Challenge" }, element("h3", {}, "Challenge"), this.goal, this.standing, this.board.node);
    this.nothing = element("p", {}, "No task yet. Your teacher may send an experiment, a task or a challenge: each appears here and in the bar below.");
    this.root = element(
      "section", { class: "pg-room pg-room-mine", "aria-label": "Your seat" }, element("p", { class: "pg-room-who" }, this.mark, element("span", {}, "You are ", this.name)),
      this.members, this.nothing, this.taskBox, this.challengeBox,
    );
    root.append(this.root);
  }

  /** @param {any} data */
  update(data) {
    if (data.room !== this.data?.room) {
      this.leave?.();
      this.leave = followRoom(data.room, ({ state }) => {
        this.state = state;
        this.draw();
      });
    }
    this.data = data;
    this.draw();
  }

  paint() {
    const { data: { seat, task, challenge }, state } = this;
    Object.assign(this.root.dataset, { members: state?.members ?? "", seat: seat.name });
    this.mark.dataset.color = seat.color;
    say(this.name, seat.name);
    say(this.members, [membersText(state), state && closesText(state.closes, new Date()), "Only runs that you start in the room are seen by your teacher"].filter(Boolean).map((text) => `${text}.`).join(" "));
    this.nothing.hidden = Boolean(task || challenge);
    this.taskBox.hidden = !task;
    say(this.task, task);
    this.challengeBox.hidden = !challenge;
    if (!challenge) return;
    say(this.goal, challenge.sentence);
    say(this.standing, `You: ${standingText(state?.standing ?? null, challenge)}.`);
    this.board.update(state?.board ?? [], state && challenge);
  }

  destroy() {
    this.leave?.();
    this.draw.cancel();
  }
}

export default component((root) => new RoomSeat(root), ["room_parts.css"]);
