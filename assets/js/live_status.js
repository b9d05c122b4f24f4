/** The status of a run: state, epoch, loss, accuracy, speed, time left. Root: `.pg-live-status`. */

import { component, element, onceAFrame, say } from "./component.js";
import { keepFocus } from "./control_focus.js";
import { leaving } from "./leaving.js";
import { baselineText, column, headline, minimized, text } from "./metrics.js";
import { NONE, duration, plural, rate } from "./numbers.js";
import { statusAt } from "./rewind_model.js";
import { sharing } from "./sharing.js";
import { follow } from "./socket.js";

const STATES = {
  queued: "queued", starting: "starting", running: "training", diverging: "diverging", paused: "paused", finished: "finished", stopped: "stopped",
  diverged: "diverged", failed: "failed", refused: "refused", interrupted: "interrupted",
};
const MOVING = ["queued", "starting", "running"];
/** States may change in quick succession: Python is only told the one that lasts. */
const SETTLED_MS = 120;
/** Python sees all active states as one, so that no script runs at the moment when the first points are drawn. */
const news = (state) => (MOVING.includes(state) ? "running" : state);
/** The state of a run as shown: a run whose loss is growing out of control is not simply "training". @param {Record<string, any>} status */
export const shownState = (status) => (status.state === "running" && status.diverging ? "diverging" : status.state);

/** What training minimizes, for the newest step; for a run that ended with a non-finite loss, that loss and not an older one.
 *  @param {Record<string, any>} status @param {import("./metrics.js").Metric} metric */
export const lossText = (status, metric) =>
  status.state === "diverged" && status.loss == null ? "not finite" : text(metric, status.loss ?? status[column(metric, "train")]);
/** Whether the last evaluation is still that of the untrained network, while the run is steps ahead. @param {Record<string, any>} status */
export const outdated = (status) => status.evaluated_step === 0 && status.step > 0;

class LiveStatus {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.run = undefined;
    this.channel = null;
    this.times = 0;
    /** @type {import("./metrics.js").Metric[]} */
    this.metrics = [];
    this.draw = onceAFrame(() => this.paint());
    this.state = element("span", { class: "pg-state" }, "no run");
    this.progress = element("progress", { max: 1, value: 0, "aria-label": "Training progress" });
    this.values = {};
    /** @type {Record<string, HTMLElement>} */
    this.baselines = {};
    this.field = (name, title, ...more) => {
      this.values[name] = element("dd", {}, NONE);
      const [label, value] = [element("dt", {}, title), this.values[name]];
      this.values[`${name} title`] = label;
      return element("div", { class: `pg-${name}` }, label, value, ...more);
    };
    const { field } = this;
    this.message = element("div", { class: "pg-message", hidden: true });
    this.message.setAttribute("role", "alert");
    const numbers = element(
      "dl", {}, field("epoch", "epoch", element("dd", { class: "pg-done" }, this.progress)), field("loss", "loss"), field("rate", "samples/s"),
      field("time", "time left"), field("device", "device"),
    );
    this.values["device title"].className = "pg-visually-hidden"; // it stands below the state
    const row = element("div", { class: "pg-numbers" }, element("div", {}, this.state), numbers);
    this.sharing = element("div", { class: "pg-sharing", hidden: true });
    this.box = element("section", { class: "pg-live-status", "aria-label": "Run status" }, row, this.sharing, this.message);
    root.append(this.box);
    this.releaseFocus = keepFocus();
  }

  /** @param {any} data @param {import("./component.js").Streamlit} streamlit */
  update(data, streamlit) {
    // Python has drawn another state than the last reported one, so that the same state may have to be reported again.
    if (data.state !== this.data?.state || data.changes !== this.data?.changes) this.reported = undefined;
    this.data = data;
    this.streamlit = streamlit;
    if (data.run !== this.run) {
      this.leave?.();
      this.run = data.run;
      this.channel = null;
      this.leave = data.run ? follow(data.run, (channel) => this.receive(channel)) : undefined;
    }
    this.draw();
    this.settle();
  }

  /** @param {import("./socket.js").Channel} channel */
  receive(channel) {
    this.channel = channel;
    this.draw();
    this.settle();
  }

  /** Reports a state that Python has not drawn, once it lasts, and unless the visitor is leaving the page. */
  settle() {
    if (this.settling || !this.unreported()) return;
    this.settling = setTimeout(() => {
      this.settling = undefined;
      const state = this.unreported();
      if (!state) return;
      if (leaving()) return this.settle();
      this.reported = this.told(state);
      // With a number, since Streamlit ignores a value that equals the last one.
      this.streamlit.setStateValue("state", { run: this.run, state, number: ++this.times });
    }, SETTLED_MS);
  }

  unreported() {
    const state = this.channel?.status && news(shownState(this.channel.status));
    const isNew = state && (state !== news(this.data.state) || this.channel.changes.length > (this.data.changes ?? 0));
    return isNew && this.reported !== this.told(state) ? state : undefined;
  }

  /** The message that reports a state to Python. @param {string} state */
  told(state) {
    return `${this.run} ${state} ${this.channel.changes.length}`;
  }

  paint() {
    const channel = this.channel;
    const moment = channel?.moment;
    this.offer(channel?.declared?.metrics ?? this.data.metrics);
    const loss = minimized(this.metrics);
    const status = moment ? statusAt(moment, channel.status ?? {}, channel.series, loss ? column(loss, "train") : undefined) : channel?.status ?? {};
    const refused = channel?.connection === "refused";
    const { state } = status;
    Object.assign(this.box.dataset, { run: this.run ?? "", state: state ?? "", epoch: status.epoch ?? "", step: status.step ?? "" });
    this.state.dataset.state = moment ? "past" : shownState(status) ?? "";
    say(this.state, channel?.connection === "reconnecting" ? "offline" : moment ? "looking back" : this.named(status, refused));
    this.sharing.hidden = !sharing(status);
    say(this.sharing, sharing(status));
    const { values } = this;
    values.epoch.replaceChildren(...this.epoch(status));
    this.progress.value = status.epochs ? Math.min(1, (status.epoch ?? 0) / status.epochs) : 0;
    if (loss) say(values.loss, moment ? text(loss, status.loss) : lossText(status, loss));
    for (const metric of headline(this.metrics)) {
      say(values[`test-${metric.name}`], text(metric, outdated(status) && !moment ? null : status[column(metric, "test")]));
      this.compare(metric, status.baselines);
    }
    say(values.rate, rate(status.samples_per_second));
    const left = !moment && (MOVING.includes(state) || state === "paused");
    say(values["time title"], moment ? "after" : left || !state ? "time left" : "took");
    say(values.time, duration(left ? status.seconds_left : status.seconds));
    say(values.device, status.device_name || status.device || "");
    values.device.title = [status.device_name, status.device && `(${status.device})`, status.parameters && plural(status.parameters, "parameter")].filter(Boolean).join(" ");
    this.state.title = status.message ?? "";
    this.showMessage(refused ? channel.error || "This run does not exist." : "");
  }

  /** A field for each metric of the test set that people want to know, after the loss. @param {import("./metrics.js").Metric[]} metrics */
  offer(metrics) {
    if (JSON.stringify(metrics) === JSON.stringify(this.metrics)) return;
    this.metrics = metrics;
    say(this.values["loss title"], minimized(metrics)?.title ?? "loss");
    for (const old of this.tests ?? []) old.remove();
    this.tests = headline(metrics).map(({ name, title, better }) => {
      this.baselines[name] = element("dd", { class: "pg-baseline" });
      const added = this.field(`test-${name}`, `test ${title}`, this.baselines[name]);
      added.className = "pg-test";
      added.dataset.metric = name;
      added.title = `${better === "higher" ? "Higher" : "Lower"} is better`;
      return added;
    });
    this.values.loss.parentElement.after(...this.tests);
  }

  /** What a metric must beat, below its number: the value first, and of two metrics in short, since there may be no room for all. @param {import("./metrics.js").Metric} metric
   *  @param {import("./metrics.js").Baselines} baselines */
  compare(metric, baselines) {
    const baseline = baselines?.[metric.name];
    const name = this.tests.length > 1 ? baseline?.title.replace(/^always /, "") : baseline?.title;
    say(this.baselines[metric.name], baseline ? `${text(metric, baseline.value)} ${name}` : "");
    this.baselines[metric.name].title = baseline ? `Without a network: ${baselineText(metric, baselines)}` : "";
  }

  /** @param {Record<string, any>} status @param {boolean} refused */
  named(status, refused) {
    if (refused) return "not found";
    if (!status.state) return this.run ? "connecting…" : "no run";
    return STATES[shownState(status)] ?? status.state;
  }

  /** @param {Record<string, any>} status */
  epoch({ epoch, epochs }) {
    if (epoch == null) return [NONE];
    const shown = Number.isInteger(epoch) ? String(epoch) : epoch.toFixed(1);
    return [shown, ...(epochs ? [element("small", {}, ` / ${epochs}`)] : [])];
  }

  /** Why there is nothing to follow. What a run ended with is told over its curves, by Python. @param {string} text */
  showMessage(text) {
    this.message.hidden = !text;
    say(this.message, text);
  }

  destroy() {
    this.leave?.();
    this.releaseFocus();
    this.draw.cancel();
    clearTimeout(this.settling);
  }
}

export default component((root) => new LiveStatus(root), ["live.css"]);
