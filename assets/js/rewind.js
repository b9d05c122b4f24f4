/** Looks back at a run: a slider over its steps, as wide as the chart above it, which stops at the moments that are kept. Root: `.pg-rewind`. */

import { component, element, onceAFrame, say } from "./component.js";
import { OVER } from "./my_runs_model.js";
import { count } from "./numbers.js";
import { move, moved, nearest, told } from "./rewind_model.js";
import { RewindSocket } from "./rewind_socket.js";
import { follow, together } from "./socket.js";

/** Loading is only told if it takes longer than this. */
const SLOW_MS = 400;
/** How long the socket stays open after the visitor has returned to what is new. */
const LINGER_MS = 60_000;

class Rewind {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.run = undefined;
    /** @type {import("./socket.js").Channel|null} */
    this.channel = null;
    /** @type {RewindSocket|null} */
    this.socket = null;
    /** The moments that are kept; null if that is not known yet. @type {number[]|null} */
    this.steps = null;
    this.note = "";
    this.problem = "";
    /** The step that the visitor has chosen; null for now. @type {number|null} */
    this.chosen = null;
    /** What was asked for last, as text. */
    this.question = "";
    this.held = false;
    this.isSlow = false;
    /** Moves by the keyboard before the moments are known. @type {number[]} */
    this.moves = [];
    this.draw = onceAFrame(() => this.paint());
    this.build(root);
  }

  /** @param {HTMLElement} root */
  build(root) {
    this.slider = /** @type {HTMLInputElement} */ (element("input", { type: "range", min: 0, max: 1, value: 1, step: 1, "aria-label": "Moment of the run" }));
    this.slider.addEventListener("focus", () => this.open());
    this.slider.addEventListener("pointerdown", () => {
      this.held = true;
      this.open();
    });
    this.slider.addEventListener("input", () => this.choose(this.steps ? nearest(this.steps, this.slider.valueAsNumber, this.end) : this.slider.valueAsNumber));
    this.slider.addEventListener("keydown", (event) => this.press(event));
    this.release = () => {
      if (!this.held) return;
      this.held = false;
      this.draw();
    };
    window.addEventListener("pointerup", this.release);
    window.addEventListener("pointercancel", this.release);
    this.text = element("span", { class: "pg-rewind-told" });
    this.spoken = element("span", { class: "pg-visually-hidden", role: "status" }); // what the slider itself does not say
    this.back = element("button", { type: "button", class: "pg-small", hidden: true });
    this.back.onclick = () => {
      this.choose(null);
      this.slider.focus();
    };
    this.branch = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-small", hidden: true }, "Continue here"));
    this.branch.onclick = () => this.continueHere();
    this.box = element("section", { class: "pg-rewind", "aria-label": "Rewind", inert: true }, this.slider, element("div", { class: "pg-bar" }, this.text, this.spoken, this.back, this.branch));
    root.append(this.box);
  }

  /** @param {any} data @param {import("./component.js").Streamlit} streamlit */
  update(data, streamlit) {
    this.data = data;
    this.streamlit = streamlit;
    if (data.run !== this.run) this.switchTo(data.run);
    this.draw();
  }

  /** @param {string|null} run */
  switchTo(run) {
    this.leave();
    this.run = run;
    this.stop = run ? follow(run, (channel, news) => this.receive(channel, news)) : undefined;
  }

  /** @param {import("./socket.js").Channel} channel @param {import("./socket.js").News} news */
  receive(channel, news) {
    this.channel = channel;
    if (news === "wants" && this.chosen !== null) this.look();
    this.draw();
  }

  /** Asks for the chosen moment, unless that has been done. */
  look() {
    const views = together([...(this.channel?.wants.values() ?? [])]);
    const question = JSON.stringify([this.chosen, views]);
    if (question === this.question) return;
    this.question = question;
    this.open();
    this.socket?.look(this.chosen, views);
  }

  /** The steps taken by now. */
  get end() {
    return this.channel?.status?.step ?? 0;
  }

  /** Asks which moments there are, as soon as somebody may want to know. */
  open() {
    clearTimeout(this.linger);
    if (!this.run || (this.socket && !this.socket.isOver)) return;
    this.socket = new RewindSocket(this.run, {
      onPast: (steps, note) => this.know(steps, note),
      onMoment: (moment) => this.show(moment),
      onProblem: (message) => this.fail(message),
    });
  }

  /** @param {number[]} steps @param {string} note */
  know(steps, note) {
    this.steps = steps;
    this.note = note;
    for (const by of this.moves.splice(0)) this.choose(moved(steps, this.chosen, by, this.end));
    this.draw();
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const by = event.key === "Escape" && this.chosen !== null ? Infinity : move(event.key);
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (this.steps) this.choose(moved(this.steps, this.chosen, by, this.end));
    else this.moves.push(by);
  }

  /** @param {number|null} step  null for what is new */
  choose(step) {
    this.problem = "";
    if (step !== null && step >= this.end && !this.steps) step = null;
    if (step !== this.chosen) {
      this.chosen = step;
      this.wait(step !== null);
      if (step === null) {
        this.question = "";
        this.socket?.leave();
        this.channel?.look(null);
        clearTimeout(this.linger);
        this.linger = setTimeout(() => this.hangUp(), LINGER_MS);
      } else {
        this.look();
      }
    }
    this.draw();
  }

  /** @param {import("./rewind_model.js").Moment} moment */
  show(moment) {
    this.wait(false);
    if (this.chosen === null) return;
    if (!this.held || !this.steps) this.chosen = moment.step;
    this.channel?.look(moment);
    this.draw();
  }

  /** @param {string} message */
  fail(message) {
    this.choose(null);
    this.problem = message;
    if (this.socket?.isOver) this.hangUp();
    this.draw();
  }

  /** Tells that something is loading, once it takes long. @param {boolean} loads */
  wait(loads) {
    clearTimeout(this.slow);
    this.isSlow = false;
    if (!loads) return;
    this.slow = setTimeout(() => {
      this.isSlow = true;
      this.draw();
    }, SLOW_MS);
  }

  /** A new run that goes on from this moment. Only Python can start it. */
  continueHere() {
    const moment = this.channel?.moment;
    // With a number, since Streamlit ignores a value that equals the last one.
    if (moment) this.streamlit.setStateValue("asked", { run: this.run, step: moment.step, number: Date.now() });
  }

  paint() {
    const { status, moment } = this.channel ?? {};
    const { end } = this;
    const { slider } = this;
    this.box.inert = !status || end < 1;
    if (this.box.inert) return;
    slider.max = String(end);
    if (!this.held) slider.value = String(this.chosen ?? end);
    slider.disabled = this.steps !== null && !this.steps.some((step) => step < end);
    const over = OVER.includes(status.state);
    const words = this.isSlow ? `Loading step ${count(this.chosen)} …` : told(moment ?? null, status, over);
    say(this.text, this.problem || (slider.disabled && this.note) || [words, this.chosen === null ? this.note : ""].filter(Boolean).join(". "));
    say(this.spoken, this.problem || this.note);
    slider.title = this.note;
    slider.setAttribute("aria-valuetext", moment ? `${words}, epoch ${Number(moment.epoch.toFixed(1))}` : words);
    this.back.hidden = this.chosen === null;
    say(this.back, over ? "Back to the end" : "Back to live");
    const why = moment ? this.data.why || whyNot(moment.step, status) : "";
    this.branch.hidden = !moment;
    this.branch.disabled = Boolean(why);
    this.branch.title = why || "A new run with the same settings that goes on from this moment; this run stays as it is";
    Object.assign(this.box.dataset, { run: this.run ?? "", step: moment?.step ?? "", moments: this.steps?.length ?? "" });
  }

  hangUp() {
    clearTimeout(this.linger);
    this.socket?.close();
    this.socket = null;
  }

  leave() {
    this.wait(false);
    this.hangUp();
    this.channel?.look(null);
    this.stop?.();
    this.channel = null;
    this.steps = this.chosen = null;
    this.note = this.problem = "";
    this.moves = [];
  }

  destroy() {
    this.leave();
    this.draw.cancel();
    window.removeEventListener("pointerup", this.release);
    window.removeEventListener("pointercancel", this.release);
  }
}

/** Why nothing can go on from a moment, "" if it can. @param {number} step @param {Record<string, any>} status */
export function whyNot(step, status) {
  if (step === 0) return "This is the beginning: press Train to start again";
  return status.state === "finished" && step >= status.step ? "The run ended here: there is nothing left to train" : "";
}

export default component((root) => new Rewind(root), ["live.css"]);
