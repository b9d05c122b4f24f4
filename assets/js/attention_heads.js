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
import { count, loss as number, percent } from "./numbers.js";

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
    this.none = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-panel-button" }, "Cut none"));
    this.none.addEventListener("click", () => this.change([]));
    this.input = element("div", { class: "pg-heads-input", role: "status" });
    this.tests = element("div", { class: "pg-heads-tests", role: "status" });
    this.list = element("div", { class: "pg-heads-ranking" });
    const part = (title, body) => element("div", {}, element("h4", {}, title), body);
    this.root = element("section", { class: "pg-heads", "aria-label": "Cut a head" }, this.switches, this.none,
      element("div", { class: "pg-heads-columns" }, part("The prediction for this input", this.input), part("On test examples", this.tests)),
      part("Which heads matter most?", this.list));
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
        const button = element("button", { type: "button", "aria-pressed": "false", "aria-label": `Cut head ${index + 1} of ${title}` }, `Head ${index + 1}`);
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
    if (!this.cut.length) this.input.replaceChildren(note("Cut a head to see what becomes of it."));
    else if (error) this.input.replaceChildren(note(error.error));
    else if (this.answer) this.input.replaceChildren(...this.prediction(this.answer));
    else this.input.replaceChildren(note("Computing…"));
  }

  prediction({ before, after, input }) {
    const { changed, text } = verdict(before, after);
    const said = element("p", { class: changed ? "pg-heads-changed" : "" }, text);
    if (before.form === "class") return [said, shares(bothShares(before, after))];
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
    const { state, effects, error } = this.worth;
    if (!this.cut.length) this.tests.replaceChildren(note("Cut a head to measure what it is worth."));
    else if (state === "failed") this.tests.replaceChildren(note(error), button("Try again", () => this.change(this.cut)));
    else if (state !== "done") this.tests.replaceChildren(progress("Measuring", this.worth.share));
    else {
      const rows = effects.metrics.map((metric) => {
        const { before, after } = measured(effects, metric.name, this.cut);
        return element("div", {}, element("dt", {}, metric.title),
          element("dd", {}, `${metricText(metric, before)} → `, element("b", {}, metricText(metric, after)), ` (${changeText(metric, before, after)})`));
      });
      this.tests.replaceChildren(element("dl", {}, ...rows), ...this.basis(this.worth, () => this.change(this.cut)));
    }
  }

  drawRanking() {
    const { state, effects, error, share } = this.ranking;
    const heads = this.switches.querySelectorAll("button").length;
    this.root.dataset.ranked = String(effects ? heads : 0);
    const key = JSON.stringify([state, heads, share, this.metric, this.cut, effects?.key, this.session.answers.get("maps")?.header.step]);
    if (key === this.ranked) return;
    this.ranked = key;
    const start = () => {
      this.ranking.start(null);
      this.draw();
    };
    if (state === "failed") this.list.replaceChildren(note(error), button("Try again", start));
    else if (state === "running") {
      const cancel = button("Cancel", () => {
        this.ranking.stop();
        this.draw();
      });
      this.list.replaceChildren(progress(`Cutting each of the ${heads} heads alone`, share), cancel);
    } else if (state === "idle") {
      const words = "Each head is cut alone, and the network is measured on test examples without it. This takes some seconds.";
      this.list.replaceChildren(note(words), button(heads === 1 ? "Measure the head" : `Rank all ${heads} heads`, start));
    } else this.list.replaceChildren(...this.rows(effects), ...this.basis(this.ranking, start));
  }

  rows(effects) {
    const metric = effects.metrics.find(({ name }) => name === this.metric) ?? effects.metrics.find(({ better }) => better === "higher") ?? effects.metrics[0];
    const rows = ranked(effects, metric).map(({ heads: [head], title, before, after, loss, share }) => {
      const change = changeText(metric, before, after);
      const label = `${title}: ${metric.title} ${metricText(metric, after)}, ${change}`;
      const row = element("button", { type: "button", "aria-label": `${label}. Cut it`, "aria-pressed": String(includes(this.cut, head)) },
        element("span", {}, title),
        element("i", { class: (loss ?? 1) < 0 ? "pg-better" : "pg-worse", style: `--share: ${share}` }),
        element("b", {}, change), element("small", {}, metricText(metric, after)));
      row.addEventListener("click", () => this.change(toggled(this.cut, head)));
      return element("li", {}, row);
    });
    const menu = /** @type {HTMLSelectElement} */ (element("select", {}, ...effects.metrics.map(({ name, title }) => element("option", { value: name }, title))));
    menu.value = metric.name;
    menu.addEventListener("change", () => {
      this.metric = menu.value;
      this.draw();
      /** @type {HTMLElement} */ (this.list.querySelector("select"))?.focus();
    });
    const keys = element("p", { class: "pg-heads-legend" }, element("i", { class: "pg-worse" }), "worse without the head", element("i", { class: "pg-better" }), "better without it");
    return [element("div", { class: "pg-panel-bar" }, element("label", {}, "By ", menu), keys), element("ol", {}, ...rows)];
  }

  /** What was measured, and how to measure again if the network has changed since. @param {Measurement} measurement @param {() => void} again */
  basis({ effects: { examples, of }, step }, again) {
    const part = examples < of ? `${count(examples)} of ${count(of)} test examples, spread over all of them` : `all ${count(of)} test examples`;
    const now = this.session.answers.get("maps")?.header.step ?? step;
    const words = `Measured on ${part}, after ${count(step)} training steps.`;
    return [note(words), ...(now === step ? [] : [button(`Measure again after ${count(now)} steps`, again)])];
  }
}

const note = (/** @type {string} */ text) => element("p", { class: "pg-note" }, text);

function button(/** @type {string} */ title, /** @type {() => void} */ act) {
  const made = element("button", { type: "button", class: "pg-panel-button" }, title);
  made.addEventListener("click", act);
  return made;
}

/** @param {string} title @param {number} share */
function progress(title, share) {
  const bar = element("progress", { max: 1, value: share, "aria-label": title });
  return element("p", { class: "pg-panel-progress" }, `${title}: ${percent(share, 0)} `, bar);
}

/** @param {[string, number, number][]} rows */
const shares = (rows) => element("ul", { class: "pg-heads-shares" }, ...rows.map(([label, before, after]) =>
  element("li", {}, element("span", {}, label), element("i", { style: `--before: ${before}; --after: ${after}`, "aria-hidden": "true" }),
    element("b", {}, `${percent(before)} → ${percent(after)}`))));

export default component(panel((root, ask) => new HeadsPanel(root, ask)), ["attention_panels.css"]);
