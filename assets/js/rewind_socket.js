/** The socket on which a page looks back at a run: the newest question counts. See playground/web/routes/rewind.py. */

import { ReconnectingSocket, socketUrl } from "./reconnecting_socket.js";
import { readView } from "./socket.js";

/** An answer that takes longer than this is given up for a newer question. */
const PATIENCE_MS = 300;

/**
 * @typedef {import("./rewind_model.js").Moment} Moment
 *
 * @typedef {object} Listener
 * @property {(steps: number[], note: string) => void} onPast  the moments that are kept, and why there are few or none
 * @property {(moment: Moment) => void} onMoment
 * @property {(message: string) => void} onProblem
 */

export class RewindSocket extends ReconnectingSocket {
  /** @param {string} run  its address @param {Listener} listener @param {(url: string) => WebSocket} [open] */
  constructor(run, listener, open) {
    super(socketUrl(`rewind/${encodeURIComponent(run)}`), open);
    this.listener = listener;
    this.seq = 0;
    /** What is wanted, until it is answered; null for nothing. @type {{step: number, views?: import("./socket.js").Wants}|null} */
    this.wanted = null;
    /** Whether the wanted step has been asked for. */
    this.isAsked = false;
    /** Whether an answer is about to come. */
    this.isBusy = false;
    /** A moment whose views are arriving, and how many are still to come. @type {{moment: Moment, left: number}|null} */
    this.arriving = null;
    this.connect();
  }

  /** Asks for the moment nearest to a step. @param {number} step @param {import("./socket.js").Wants} [views]  all if it does not say */
  look(step, views) {
    this.wanted = { step, views };
    this.isAsked = false;
    if (!this.isBusy) this.send();
  }

  /** Nothing that was asked for is wanted any longer. */
  leave() {
    this.seq += 1;
    this.wanted = this.arriving = null;
    this.free();
  }

  send() {
    if (this.wanted === null || this.isAsked || !this.canSend(() => this.send())) return;
    this.isAsked = this.isBusy = true;
    this.seq += 1;
    this.socket.send(JSON.stringify({ seq: this.seq, ...this.wanted }));
    clearTimeout(this.late);
    this.late = setTimeout(() => {
      this.isBusy = false;
      this.send();
    }, PATIENCE_MS);
  }

  opened() {
    this.arriving = null;
    this.isAsked = false;
    this.send();
  }

  /** @param {string|ArrayBuffer} data */
  receive(data) {
    if (typeof data !== "string") {
      if (!this.arriving) return;
      const view = readView(data);
      this.arriving.moment.views.set(view.name, view);
      this.arriving.left -= 1;
      this.complete();
      return;
    }
    const message = JSON.parse(data);
    this.arriving = null;
    if (message.type === "past") {
      this.listener.onPast(message.steps, message.note);
    } else if (message.type === "error") {
      this.listener.onProblem(message.message);
    } else if (message.seq === this.seq) {
      if (message.type === "moment") {
        const { step, epoch, numbers, views } = message;
        this.arriving = { moment: { step, epoch, numbers, views: new Map() }, left: views };
        this.complete();
      } else {
        this.answered();
        this.listener.onProblem(message.message);
      }
    }
  }

  /** Passes on a moment once all its views are there. */
  complete() {
    if (this.arriving.left > 0) return;
    const { moment } = this.arriving;
    this.arriving = null;
    this.answered();
    this.listener.onMoment(moment);
  }

  answered() {
    if (this.isAsked) this.wanted = null;
    this.free();
    this.send();
  }

  free() {
    clearTimeout(this.late);
    this.isBusy = false;
  }

  lost() {
    this.free();
  }

  close() {
    clearTimeout(this.late);
    super.close();
  }
}
