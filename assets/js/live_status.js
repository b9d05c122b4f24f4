/** The numbers of a run: state, epoch, loss, accuracy, speed, time left. Root: `.pg-live-status`. */

import { component, element, onceAFrame, say } from "./component.js";
import { leaving } from "./leaving.js";
import { NONE, count, duration, loss, ordinal, percent, rate } from "./numbers.js";
import { follow } from "./socket.js";

const STATES = {
  queued: "queued", starting: "starting", running: "training", diverging: "diverging", paused: "paused", finished: "finished", stopped: "stopped",
  diverged: "diverged", failed: "failed", interrupted: "interrupted",
};
const MOVING = ["queued", "starting", "running"];
/** States may follow one another in a moment: what Python hears of is where they come to rest. */
const SETTLED_MS = 120;
/** To Python a run on its way is one thing: no script runs in the very moment when the first points are to be drawn. */
const news = (state) => (MOVING.includes(state) ? "running" : state);
/** The state of a run as it is shown: one whose losses run away is not simply "training". @param {Record<string, any>} status */
export const shownState = (status) => (status.state === "running" && status.diverging ? "diverging" : status.state);

/** The loss of the newest step; of a run that ended with one that is no number, that, and not an older one. @param {Record<string, any>} status */
export const lossText = (status) => (status.state === "diverged" && status.loss == null ? "not finite" : loss(status.loss ?? status.train_loss));
/** Whether what was evaluated last is still the network that has learned nothing, while the run is steps ahead. @param {Record<string, any>} status */
export const untold = (status) => status.evaluated_step === 0 && status.step > 0;

class LiveStatus {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.run = undefined;
    this.channel = null;
    this.times = 0;
    this.draw = onceAFrame(() => this.paint());
    this.state = element("span", { class: "pg-state" }, "no run");
    this.progress = element("progress", { max: 1, value: 0, "aria-label": "Training progress" });
    this.values = {};
    const field = (name, title, ...more) => {
      this.values[name] = element("dd", {}, NONE);
      const [label, value] = [element("dt", {}, title), this.values[name]];
      this.values[`${name} title`] = label;
      return element("div", { class: `pg-${name}` }, label, value, ...more);
    };
    this.message = element("div", { class: "pg-message", hidden: true });
    this.message.setAttribute("role", "alert");
    const numbers = element(
      "dl", {}, field("epoch", "epoch", element("dd", { class: "pg-done" }, this.progress)), field("loss", "loss"), field("test", "test accuracy"), field("rate", "samples/s"),
      field("time", "time left"), field("device", "device"),
    );
    const row = element("div", { class: "pg-numbers" }, element("div", {}, this.state), numbers);
    this.box = element("section", { class: "pg-live-status", "aria-label": "Run status" }, row, this.message);
    root.append(this.box);
  }

  /** @param {any} data @param {import("./component.js").Streamlit} streamlit */
  update(data, streamlit) {
    // Python has drawn another state: what it was told before is no longer what it shows, and the same may have to be said again.
    if (data.state !== this.data?.state) this.said = undefined;
    this.data = data;
    this.streamlit = streamlit;
    if (data.run !== this.run) {
      this.leave?.();
      this.run = data.run;
      this.channel = null;
      this.leave = data.run ? follow(data.run, (channel) => this.hear(channel)) : undefined;
    }
    this.draw();
    this.settle();
  }

  /** @param {import("./socket.js").Channel} channel */
  hear(channel) {
    this.channel = channel;
    this.draw();
    this.settle();
  }

  /** Tells Python of a state that it has not drawn, once it rests, and nobody is on the way to another page. */
  settle() {
    if (this.settling || !this.unsaid()) return;
    this.settling = setTimeout(() => {
      this.settling = undefined;
      const state = this.unsaid();
      if (!state) return;
      if (leaving()) return this.settle();
      this.said = `${this.run} ${state}`;
      // With a number: one that equals the last would not be news.
      this.streamlit.setStateValue("state", { run: this.run, state, number: ++this.times });
    }, SETTLED_MS);
  }

  unsaid() {
    const state = this.channel?.status && news(shownState(this.channel.status));
    return state && state !== news(this.data.state) && this.said !== `${this.run} ${state}` ? state : undefined;
  }

  paint() {
    const channel = this.channel;
    const status = channel?.status ?? {};
    const refused = channel?.connection === "refused";
    const { state } = status;
    Object.assign(this.box.dataset, { run: this.run ?? "", state: state ?? "", epoch: status.epoch ?? "", step: status.step ?? "" });
    this.state.dataset.state = shownState(status) ?? "";
    say(this.state, channel?.connection === "reconnecting" ? "offline" : this.named(status, refused));
    const { values } = this;
    values.epoch.replaceChildren(...this.epoch(status));
    this.progress.value = status.epochs ? Math.min(1, (status.epoch ?? 0) / status.epochs) : 0;
    say(values.loss, lossText(status));
    const regression = status.test_loss != null && status.test_accuracy == null;
    say(values["test title"], regression ? "test loss" : "test accuracy");
    say(values.test, regression ? loss(untold(status) ? null : status.test_loss) : percent(untold(status) ? null : status.test_accuracy));
    say(values.rate, rate(status.samples_per_second));
    const left = MOVING.includes(state) || state === "paused";
    say(values["time title"], left || !state ? "time left" : "took");
    say(values.time, duration(left ? status.seconds_left : status.seconds));
    say(values.device, status.device_name || status.device || NONE);
    values.device.title = [status.device_name, status.device && `(${status.device})`, status.parameters && `${count(status.parameters)} parameters`].filter(Boolean).join(" ");
    this.state.title = status.message ?? "";
    this.tell(refused ? channel.error || "This run does not exist." : "");
  }

  /** @param {Record<string, any>} status @param {boolean} refused */
  named(status, refused) {
    if (refused) return "not found";
    if (!status.state) return this.run ? "connecting…" : "no run";
    const place = status.state === "queued" && status.queue_position;
    return place ? `queued, ${ordinal(place)}` : STATES[shownState(status)] ?? status.state;
  }

  /** @param {Record<string, any>} status */
  epoch({ epoch, epochs }) {
    if (epoch == null) return [NONE];
    const shown = Number.isInteger(epoch) ? String(epoch) : epoch.toFixed(1);
    return [shown, ...(epochs ? [element("small", {}, ` / ${epochs}`)] : [])];
  }

  /** Why there is nothing to follow. What a run ended with is told over its curves, by Python. @param {string} text */
  tell(text) {
    this.message.hidden = !text;
    say(this.message, text);
  }

  destroy() {
    this.leave?.();
    this.draw.cancel();
    clearTimeout(this.settling);
  }
}

export default component((root) => new LiveStatus(root), ["live.css"]);
