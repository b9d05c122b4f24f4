/** Live chart of a run's metrics. Root: `.pg-live-chart`. */

import { ChangeMarks } from "./change_marks.js";
import { component, element, onceAFrame, remember, remembered, say, seldom } from "./component.js";
import { EarlierCurves } from "./earlier_curves.js";
import { EarlierRuns, csvLink, fileName } from "./earlier_runs.js";
import { AXIS_TITLES, beforeTraces, frame, layout, traces, withLegend } from "./live_figure.js";
import { baselineText, charts, column, minimized, text } from "./metrics.js";
import { along } from "./rewind_model.js";
import { sharing } from "./sharing.js";
import { follow } from "./socket.js";
import { empty, latest } from "./timeline.js";

const KEYS = { batch: "batches", train: "training", test: "test" };
const EXPLANATIONS = {
  batch: "Training loss of each batch: raw values faint, smoothed values stronger",
  train: "Evaluations of a sample of the training set, always the same examples",
  test: "Evaluations of the test set: if it is large, of a sample, always the same examples; the last one is of all",
};
const STANDARD = { axis: "epoch", log: false, smoothing: 0.9, hidden: [] };
const CONFIG = { displayModeBar: false, doubleClick: "autosize", responsive: false, scrollZoom: false, showTips: false };
const ENDED = ["finished", "stopped", "diverged", "interrupted"];
const SPOKEN_MS = 5000;
const BLANK_MS = 200; // the first point of a new run usually arrives sooner, so that no empty axes are drawn
/** Drawing takes at most 1/SHARE of the browser's time, however slow the browser is. */
const SHARE = 2;

/** @type {Promise<any>|undefined} */
let plotly;
/** Charts created on this page: each has its own group of radio buttons. */
let created = 0;

/** Plotly, loaded once per page. @param {string} path from the server's root */
function load(path) {
  plotly ??= new Promise((resolve, reject) => {
    const script = element("script", { src: new URL(`../../${path}`, import.meta.url).href });
    script.onload = () => resolve(/** @type {any} */ (window).Plotly);
    script.onerror = () => {
      plotly = undefined;
      reject(new Error("The chart could not be loaded; reload the page."));
    };
    document.head.append(script);
  });
  return plotly;
}

class LiveChart {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    this.settings = remembered("live-chart", STANDARD);
    this.run = undefined;
    this.channel = null;
    this.frames = 0;
    this.held = false;
    /** The earliest time of the next frame. */
    this.rested = 0;
    this.bare = true;
    this.draw = onceAFrame(() => this.paint());
    this.asked = 0;
    this.before = new EarlierCurves();
    this.marks = new ChangeMarks();
    this.earlier = new EarlierRuns(() => this.draw(), (action, runs) => this.ask(action, runs));
    this.speak = seldom((text) => say(this.spoken, text), SPOKEN_MS);
    this.build();
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.stage);
  }

  build() {
    const name = `pg-axis-${++created}`;
    const axes = Object.keys(AXIS_TITLES).map((axis) =>
      element("label", {}, element("input", { type: "radio", name, value: axis, checked: axis === this.settings.axis }), AXIS_TITLES[axis]));
    const log = element("input", { type: "checkbox", checked: this.settings.log });
    const smoothing = element("input", { type: "range", min: 0, max: 0.99, step: 0.01, value: this.settings.smoothing });
    const weight = element("output", {}, Number(this.settings.smoothing).toFixed(2));
    this.keys = Object.entries(KEYS).map(([key, title]) => {
      const faint = key === "batch";
      const pressed = !this.settings.hidden.includes(key);
      const button = element("button", { type: "button", class: "pg-key", "aria-pressed": pressed, "data-key": key, "data-faint": faint }, title);
      button.style.setProperty("--pg-key", `var(--pg-${faint ? "train" : key})`);
      button.title = EXPLANATIONS[key];
      button.onclick = () => this.toggle(button);
      return button;
    });
    this.files = element("span", { class: "pg-files", hidden: true });
    this.connection = element("span", { class: "pg-connection", role: "status", hidden: true }, "reconnecting…");
    const bar = element(
      "div", { class: "pg-bar" }, ...this.keys,
      element("fieldset", {}, element("legend", { class: "pg-visually-hidden" }, "Horizontal axis"), ...axes),
      element("label", {}, log, "log"),
      element("label", { title: "Smoothing of the batch curve: the weight of earlier values" }, "smooth", smoothing, weight),
      this.files,
      this.connection,
    );
    for (const label of axes) label.onchange = (event) => this.choose({ axis: event.target.value });
    log.onchange = () => this.choose({ log: log.checked });
    smoothing.oninput = () => {
      say(weight, Number(smoothing.value).toFixed(2));
      this.choose({ smoothing: Number(smoothing.value) });
    };
    this.plot = element("div", { role: "img", "aria-label": "Curves: no run yet" });
    this.nothing = element("div", { class: "pg-empty" });
    this.spoken = element("p", { class: "pg-visually-hidden", "aria-live": "polite" });
    this.unzoom = element("button", { type: "button", class: "pg-unzoom", hidden: true, title: "Or double-click the chart" }, "reset zoom");
    this.unzoom.onclick = () => this.Plotly.relayout(this.plot, { "xaxis.autorange": true });
    this.stage = element("div", { class: "pg-stage" }, this.before.svg, this.plot, this.marks.box, this.nothing, this.unzoom);
    this.chart = element("figure", { class: "pg-live-chart" }, bar, this.stage, this.marks.list, this.spoken);
    // Drawing a frame while the user drags a zoom box would remove the box.
    this.stage.addEventListener("pointerdown", () => (this.held = true));
    this.release = () => {
      if (!this.held) return; // a click elsewhere on the page
      this.held = false;
      this.draw();
    };
    window.addEventListener("pointerup", this.release);
    window.addEventListener("pointercancel", this.release);
    this.root.append(this.chart);
  }

  /** @param {any} data @param {import("./component.js").Streamlit} streamlit @param {boolean} changed */
  update(data, streamlit, changed) {
    if (!changed && this.Plotly) return;
    this.data = data;
    this.streamlit = streamlit;
    this.plot.style.minHeight = `${data.height}px`;
    if (data.run !== this.run) this.switchTo(data.run);
    this.earlier.update(data, this.metrics());
    this.offerFiles();
    load(data.plotly).then(
      (loaded) => {
        this.Plotly = loaded;
        this.draw();
      },
      (error) => this.showNote(error.message),
    );
  }

  /** Switches to another run, or none. @param {string|null} run */
  switchTo(run) {
    this.leave?.();
    this.run = run;
    this.channel = null;
    this.leave = run ? follow(run, (channel) => this.receive(channel)) : undefined;
    this.describe(this.channel);
    clearTimeout(this.waiting);
    this.waiting = setTimeout(() => this.draw(), run ? BLANK_MS : 0);
  }

  /** @param {import("./socket.js").Channel} channel */
  receive(channel) {
    this.channel = channel;
    if (channel.connection === "connecting") return;
    const wait = this.bare ? 0 : this.rested - performance.now(); // the first point is drawn at once
    if (wait <= 0) this.draw();
    else this.waiting ??= setTimeout(() => this.draw(), wait);
  }

  /** Something that only Python can do. @param {"open"|"remove"|"recall"} action @param {string[]} runs */
  ask(action, runs) {
    // With a number, since Streamlit ignores a value that equals the last one.
    this.streamlit.setStateValue("asked", { do: action, runs, number: ++this.asked });
  }

  /** The curves as files. */
  offerFiles() {
    this.files.hidden = !this.run;
    if (!this.run) return;
    const png = element("button", { type: "button", class: "pg-small", title: "The chart as an image, with a legend" }, "PNG");
    png.onclick = () => this.savePicture();
    this.files.replaceChildren(csvLink(this.run, this.data.named || "this run"), png);
  }

  async savePicture() {
    const { data, layout: drawn } = this.plot;
    const { surface } = this.palette();
    const legend = { orientation: "h", y: -0.14, yanchor: "top", font: { size: 12 } };
    // The page's font is not drawn in an image: texts would be cut off where they are wider in another.
    const font = { ...drawn.font, family: "sans-serif" };
    const figure = { ...drawn, font, showlegend: true, legend, paper_bgcolor: surface, plot_bgcolor: surface, height: undefined, margin: { ...drawn.margin, b: 100 } };
    const earlier = this.earlier.curves(getComputedStyle(this.chart)).flatMap((run) => beforeTraces(run, this.metrics(), this.settings));
    const url = await this.Plotly.toImage({ data: withLegend([...data, ...earlier]), layout: figure }, { format: "png", width: 900, height: 560, scale: 2 });
    element("a", { href: url, download: `${fileName(`curves ${this.data.named}`)}.png` }).click();
  }

  /** @param {Partial<import("./live_figure.js").Settings>} change */
  choose(change) {
    this.settings = { ...this.settings, ...change };
    remember("live-chart", this.settings);
    this.draw();
  }

  /** @param {HTMLElement} button */
  toggle(button) {
    const { key } = button.dataset;
    const hidden = this.settings.hidden.filter((other) => other !== key);
    if (hidden.length === this.settings.hidden.length) hidden.push(key);
    button.setAttribute("aria-pressed", String(!hidden.includes(key)));
    this.choose({ hidden });
  }

  /** The metrics of the run, as it declares them or, without a run, as the page expects them. @returns {import("./metrics.js").Metric[]} */
  metrics() {
    return this.channel?.declared?.metrics ?? this.data?.metrics ?? [];
  }

  palette() {
    const styles = getComputedStyle(this.chart);
    const value = (name) => styles.getPropertyValue(name).trim();
    return {
      text: value("--st-text-color"), muted: value("--pg-muted"), grid: value("--pg-grid"), surface: value("--st-background-color"),
      font: value("--st-font"), train: value("--pg-train"), test: value("--pg-test"),
    };
  }

  paint() {
    const started = performance.now();
    clearTimeout(this.waiting);
    this.waiting = undefined;
    const channel = this.channel;
    this.describe(channel);
    const width = this.stage.clientWidth;
    if (!this.Plotly || this.held || !width) return;
    const { axis, log } = this.settings;
    const series = channel?.series ?? empty();
    const metrics = this.metrics();
    const drawn = this.plot.layout;
    const bare = !series.batch.step.length;
    this.bare = bare;
    const revision = `${this.run} ${axis} ${log} ${bare}`;
    const same = drawn?.uirevision === revision;
    const zoomed = same && !bare && drawn.xaxis.autorange === false ? drawn.xaxis.range.map(Number) : null;
    const decades = same ? drawn.yaxis.range[1] - drawn.yaxis.range[0] : 0;
    const palette = this.palette();
    const zoom = matchMedia("(pointer: fine)").matches;
    const earlier = this.earlier.curves(getComputedStyle(this.chart));
    const { baselines, state } = channel?.status ?? {};
    const moment = channel?.moment ? along(channel.moment, series, axis) : null;
    const figure = layout(this.settings, palette, { metrics, height: this.data.height, revision, zoom, decades, baselines, earlier, moment });
    figure.width = width;
    const lines = traces(series, this.settings, palette, { metrics, width, range: zoomed, over: ENDED.includes(state) });
    frame(figure, lines, bare);
    this.Plotly.react(this.plot, lines, figure, CONFIG);
    this.before.draw(earlier, metrics, this.settings, bare && !earlier.length ? null : { ...this.plot.layout, width });
    this.marks.draw(channel?.changes ?? [], series.batch, axis, bare ? null : { ...this.plot.layout, width }, ENDED.includes(state) ? channel.status.step : Infinity);
    this.unzoom.hidden = !zoomed;
    if (!this.listens) {
      this.listens = true;
      this.plot.on("plotly_relayout", () => this.draw());
    }
    this.chart.dataset.frames = String(++this.frames);
    this.rested = started + SHARE * (performance.now() - started);
  }

  /** Describes the chart in words and in data attributes. @param {import("./socket.js").Channel|null} channel */
  describe(channel) {
    const status = channel?.status;
    Object.assign(this.chart.dataset, {
      run: this.run ?? "", state: status?.state ?? "", epoch: status?.epoch ?? "", step: status?.step ?? "",
      frames: this.frames, points: channel?.series.batch.step.length ?? 0,
    });
    const includes = minimized(this.metrics())?.penalized;
    say(this.keys[0], includes ? "batches, with penalties" : KEYS.batch);
    this.keys[0].title = `${EXPLANATIONS.batch}${includes ? ". Includes the penalties on weights (L1, L2), unlike the other curves" : ""}`;
    this.connection.hidden = channel?.connection !== "reconnecting";
    if (!this.run) this.showNote(this.earlier.earlier.some(({ metrics }) => metrics.length) ? "" : (this.data?.note ?? ""));
    else if (channel?.connection === "refused") this.showNote(channel.error || "This run does not exist.");
    else if (channel?.series.batch.step.length || channel?.series.evaluated.step.length) this.showNote("");
    else this.showNote(status?.state === "queued" ? `Waiting: ${sharing(status) || "it starts soon"}.` : "Waiting for the first batch.");
    if (!status) return;
    const { evaluated, batch } = channel.series;
    const metrics = this.metrics();
    this.earlier.follow(status, evaluated, metrics);
    const spoken = (where, metric, columns, split) => `${where} ${metric.title} ${text(metric, latest(columns[column(metric, split)] ?? []))}`;
    const loss = minimized(metrics);
    const numbers = loss ? [spoken("batch", loss, batch, "train")] : [];
    for (const metric of metrics) {
      if (!metric.splits.includes("test")) continue;
      const baseline = baselineText(metric, status.baselines);
      numbers.push(`${spoken("test", metric, evaluated, "test")}${baseline && ` (${baseline})`}`);
    }
    const told = `Run: ${status.state}, epoch ${Number(status.epoch ?? 0).toFixed(1)} of ${status.epochs ?? "?"}: ${numbers.join(", ")}.`;
    this.plot.setAttribute("aria-label", `Curves of ${[...charts(metrics).keys()].join(" and ")}. ${told}`);
    this.speak(told);
  }

  /** @param {string} text shown instead of curves, "" for none */
  showNote(text) {
    this.nothing.hidden = !text;
    say(this.nothing, text);
  }

  destroy() {
    this.leave?.();
    this.earlier.destroy();
    clearTimeout(this.waiting);
    this.draw.cancel();
    this.speak.cancel();
    this.sizes.disconnect();
    window.removeEventListener("pointerup", this.release);
    window.removeEventListener("pointercancel", this.release);
    if (this.listens) this.Plotly.purge(this.plot);
  }
}

export default component((root) => new LiveChart(root), ["live.css"]);
