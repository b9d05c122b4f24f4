/**
 * Heads that are cut: what the prediction for the input and the results on test examples lose, and all heads in the order of what they are
 * worth. Root: `.pg-heads` (data-cut: how many are cut, data-ranked: how many are in the list).
 *
 * data: address (of the network).
 */

import { bothShares, changeText, existing, includes, measured, metricText, ranked, toggled, verdict } from "./attention_heads_model.js";
import { Measurement } from "./attention_measurement.js";
import { panel } from "./attention_panel.js";
import { stepName } from "./attention_protocol.js";
import { component, element } from "./component.js";
import { afterSteps, count, loss as number, percent } from "./numbers.js";

/** @typedef {import("./attention_heads_model.js").Head} Head */

const MOST_STEPS = 128;

class HeadsPanel {
  /** @type {Head[]} */ cut = [];
  /** The name of the metric that the heads are ranked by; "" for the first one. */ metric = "";
  address = "";
  /** The newest answer about the heads that are cut. @type {any} */ answer = null;
  lasting = ["worth", "ranking"];

  /** @param {HTMLElement} root @param {import("./attention_panel.js").Ask} ask */
  constructor(root, ask) {
    this.ask = ask;
    this.worth = new Measurement("worth", ask);
    this.ranking = new Measurement("ranking", ask);
    this.switches = element("div", { class: "pg-heads-switches" });
    this.none = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-button" }, "Cut none"));
    this.none.addEventListener("click", () => this.change([]));
    this.input = element("div", { class: "pg-heads-input", role: "status" });
    this.tests = element("div", { class: "pg-heads-tests" });
    this.list = element("div", { class: "pg-heads-ranking" });
    [this.testsBasis, this.listBasis] = [element("div"), element("div")];
    const part = (title, ...body) => element("div", {}, element("h4", {}, title), ...body);
    this.root = element("section", { class: "pg-heads", "aria-label": "Cut a head" }, this.switches, this.none,
      element("div", { class: "pg-heads-columns" }, part("The prediction for this input", this.input), part("On test examples", this.tests, this.testsBasis)),
      part("Which heads matter most?", this.list, this.listBasis));
    root.append(this.root);
  }

  /** @param {import("./attention_session.js").Session} session @param {string} news */
  show(session, news) {
    if (session.address !== this.address) this.reset(session);
    this.session = session;
    const layers = session.answers.get("maps")?.header.layers;
    if (layers) this.arrange(layers);
    this.hidden(session, news);
    this.ask("cut", this.cut.length ? { heads: this.cut } : null);
    this.draw();
  }

  /** Measurements go on. @param {import("./attention_session.js").Session} session @param {string} news */
  hidden(session, news) {
    if (news === "worth") this.worth.receive(session);
    if (news === "ranking") this.ranking.receive(session);
  }

  /** Begins with another network. */
  reset(session) {
    this.address = session.address;
    this.cut = [];
    this.answer = null;
    this.layers = "";
    for (const measurement of [this.worth, this.ranking]) measurement.forget();
  }

  /** Buttons for the heads of all layers. @param {import("./attention_protocol.js").Layer[]} layers */
  arrange(layers) {
    this.cut = existing(this.cut, layers);
    const key = JSON.stringify(layers.map(({ path, title, heads }) => [path, title, heads]));
    if (key === this.layers) return;
    this.layers = key;
    this.switches.replaceChildren(...layers.map(({ path, title, heads }) => {
      const buttons = Array.from({ length: heads }, (_, index) => {
        const button = element("button", { type: "button", class: "pg-button", "aria-pressed": "false", "aria-label": `Cut head ${index + 1} of ${title}` }, `Head ${index + 1}`);
        button.addEventListener("click", () => this.change(toggled(this.cut, [path, index])));
        Object.assign(button.dataset, { path, index });
        return button;
      });
      return element("div", { role: "group", "aria-label": title }, element("span", {}, title), ...buttons);
    }));
  }

  /** Cuts other heads. @param {Head[]} heads */
  change(heads) {
    this.cut = heads;
    this.answer = null;
    this.ask("cut", null);
    if (heads.length) this.worth.start(heads);
    else this.worth.stop();
    this.show(this.session, "cut");
  }

  draw() {
    this.root.dataset.cut = String(this.cut.length);
    for (const button of this.switches.querySelectorAll("button")) {
      const { path, index } = button.dataset;
      button.setAttribute("aria-pressed", String(includes(this.cut, [path, Number(index)])));
    }
    this.none.hidden = !this.cut.length;
    this.drawInput();
    this.drawTests();
    this.drawRanking();
  }

  drawInput() {
    const error = this.session.errors.get("cut");
    this.answer = this.session.answers.get("cut")?.header ?? this.answer;
    const { before, after, input } = this.answer ?? {};
    fill(this.input, [this.cut.length > 0, error?.error, before, after, input?.tokens], () => {
      if (!this.cut.length) return [note("Cut a head to see what becomes of it.")];
      if (error) return [note(error.error)];
      return this.answer ? this.prediction(this.answer) : [note("Computing…")];
    });
  }

  prediction({ before, after, input }) {
    const { changed, text } = verdict(before, after);
    const said = element("p", { class: changed ? "pg-heads-changed" : "" }, text);
    if (before.form === "class") return [said, shares(bothShares(before, after)), note("Bars: with the cut. Lines: with all heads.")];
    if (before.form === "values") {
      const rows = before.values.map((value, index) => element("li", {}, `${number(value)} → ${number(after.values[index])}`));
      const rest = before.count - rows.length;
      return [said, element("ul", { class: "pg-heads-values" }, ...rows), ...(rest ? [note(`The first ${rows.length} of ${count(before.count)}.`)] : [])];
    }
    const name = (step) => stepName({ marks: [], grid: null }, input, step);
    const steps = before.labels.slice(0, MOST_STEPS).map((label, step) => {
      const differs = label !== after.labels[step];
      const now = element("b", {}, ...(differs ? [element("s", {}, label), " "] : []), after.labels[step]);
      return element("li", { class: differs ? "pg-heads-changed" : "" }, element("small", {}, input.tokens[step] ?? name(step)), now);
    });
    const rest = before.labels.length - steps.length;
    return [said, element("ol", { class: "pg-heads-steps" }, ...steps), ...(rest ? [note(`The first ${MOST_STEPS} of ${before.labels.length}.`)] : [])];
  }

  drawTests() {
    const { state, effects, error, share } = this.worth;
    const again = () => this.change(this.cut);
    fill(this.tests, [this.cut, state, error], () => {
      if (!this.cut.length) return [note("Cut a head to measure what it is worth.")];
      if (state === "failed") return [note(error), button("Try again", again)];
      if (state !== "done") return [progress("Measuring")];
      const rows = effects.metrics.map((metric) => {
        const { before, after } = measured(effects, metric.name, this.cut);
        return element("div", {}, element("dt", {}, metric.title),
          element("dd", {}, `${metricText(metric, before)} → `, element("b", {}, metricText(metric, after)), ` (${changeText(metric, before, after)})`));
      });
      return [element("dl", {}, ...rows)];
    });
    advance(this.tests, share);
    this.drawBasis(this.testsBasis, this.cut.length ? this.worth : null, again);
  }

  drawRanking() {
    const { state, effects, error, share } = this.ranking;
    const heads = this.switches.querySelectorAll("button").length;
    this.root.dataset.ranked = String(effects ? heads : 0);
    const start = () => {
      this.ranking.start(null);
      this.draw();
    };
    const cancel = () => {
      this.ranking.stop();
      this.draw();
    };
    fill(this.list, [state, heads, error, this.metric, effects?.key], () => {
      if (state === "failed") return [note(error), button("Try again", start)];
      if (state === "running") return [progress(`Cutting each of the ${heads} heads alone`), button("Cancel", cancel)];
      if (state === "done") return this.rows(effects);
      const words = "Each head is cut alone, and the network is measured on test examples without it. This takes some seconds.";
      return [note(words), button(heads === 1 ? "Measure the head" : `Rank all ${heads} heads`, start)];
    });
    advance(this.list, share);
    for (const row of this.list.querySelectorAll("li button")) {
      const { path, index } = row.dataset;
      row.setAttribute("aria-pressed", String(includes(this.cut, [path, Number(index)])));
    }
    this.drawBasis(this.listBasis, this.ranking, start);
  }

  /** What was measured, and how to measure again if the network has changed since. @param {HTMLElement} area @param {Measurement|null} measurement @param {() => void} again */
  drawBasis(area, measurement, again) {
    const { state, effects, step } = measurement ?? { state: "idle" };
    const now = this.session.answers.get("maps")?.header.step ?? step;
    fill(area, [state, effects?.key, step, now], () => {
      if (state !== "done") return [];
      const { examples, of } = effects;
      const part = examples < of ? `${count(examples)} of ${count(of)} test examples, spread over all of them` : `all ${count(of)} test examples`;
      const words = note(`Measured on ${part}, after ${count(step)} training steps.`);
      return now === step ? [words] : [words, button(`Measure again ${afterSteps(now)}`, again)];
    });
  }

  rows(effects) {
    const metric = effects.metrics.find(({ name }) => name === this.metric) ?? effects.metrics.find(({ better }) => better === "higher") ?? effects.metrics[0];
    const rows = ranked(effects, metric).map(({ heads: [head], title, before, after, loss, share }) => {
      const change = changeText(metric, before, after);
      const label = `${title}: ${metric.title} ${metricText(metric, after)}, ${change}`;
      const row = element("button", { type: "button", "aria-label": `${label}. Cut it`, "data-path": head[0], "data-index": head[1] },
        element("span", {}, title),
        element("i", { class: (loss ?? 1) < 0 ? "pg-better" : "pg-worse", style: `--share: ${share}` }),
        element("b", {}, change), element("small", {}, metricText(metric, after)));
      row.addEventListener("click", () => this.change(toggled(this.cut, head)));
      return element("li", {}, row);
    });
    const menu = /** @type {HTMLSelectElement} */ (element("select", { class: "pg-input" }, ...effects.metrics.map(({ name, title }) => element("option", { value: name }, title))));
    menu.value = metric.name;
    menu.addEventListener("change", () => {
      this.metric = menu.value;
      this.draw();
      /** @type {HTMLElement} */ (this.list.querySelector("select"))?.focus();
    });
    const keys = element("p", { class: "pg-heads-legend" }, element("i", { class: "pg-worse" }), "worse without the head", element("i", { class: "pg-better" }), "better without it");
    return [element("div", { class: "pg-panel-bar" }, element("label", {}, "By ", menu), keys), element("ol", {}, ...rows)];
  }
}

/** What each area shows. @type {WeakMap<HTMLElement, string>} */
const filled = new WeakMap();

/** Draws an area anew if what it shows has changed, so that the focus stays where it is. @param {HTMLElement} area @param {unknown} content @param {() => Node[]} build */
function fill(area, content, build) {
  const key = JSON.stringify(content);
  if (filled.get(area) === key) return;
  filled.set(area, key);
  area.replaceChildren(...build());
}

const note = (/** @type {string} */ text) => element("p", { class: "pg-note" }, text);

function button(/** @type {string} */ title, /** @type {() => void} */ act) {
  const made = element("button", { type: "button", class: "pg-button" }, title);
  made.addEventListener("click", act);
  return made;
}

const progress = (/** @type {string} */ title) =>
  element("p", { class: "pg-panel-progress" }, `${title}: `, element("span"), element("progress", { max: 1, value: 0, "aria-label": title }));

/** Moves the progress bar of an area, if there is one. @param {HTMLElement} area @param {number} share */
function advance(area, share) {
  const bar = area.querySelector("progress");
  if (!bar) return;
  bar.value = share;
  bar.previousElementSibling.textContent = percent(share, 0);
}

/** @param {[string, number, number][]} rows */
const shares = (rows) => element("ul", { class: "pg-heads-shares" }, ...rows.map(([label, before, after]) =>
  element("li", {}, element("span", {}, label), element("i", { style: `--before: ${before}; --after: ${after}`, "aria-hidden": "true" }),
    element("b", {}, `${percent(before)} → ${percent(after)}`))));

export default component(panel((root, ask) => new HeadsPanel(root, ask)), ["attention_panels.css"]);
