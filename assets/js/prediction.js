/** Displays a prediction: bars, the image that the network saw, the most similar training examples. Receives nothing itself. */

import { element } from "./component.js";
import { pixels } from "./marks.js";
import { afterSteps, percent } from "./numbers.js";

/** @typedef {import("./predict_protocol.js").Prediction} Prediction */

const SIMILAR = 6;
const UNSURE = 0.5;

export class PredictionView {
  /** @type {{row: HTMLElement, bar: HTMLElement, figure: HTMLElement}[]} */ #rows = [];
  #classes = "";
  #source = "";

  constructor() {
    this.answer = element("output", { class: "pg-answer" });
    this.confidence = element("p", { class: "pg-confidence" });
    this.source = element("p", { class: "pg-source" });
    this.bars = element("ul", { class: "pg-bars" });
    this.seen = element("canvas", { class: "pg-pixels", role: "img" });
    this.caption = element("figcaption");
    this.similar = Array.from({ length: SIMILAR }, () => {
      const [canvas, label] = [element("canvas", { class: "pg-pixels", role: "img" }), element("span", { class: "pg-similar-label" })];
      return { canvas, label, cell: element("li", {}, canvas, label) };
    });
    this.spoken = element("p", { class: "pg-visually-hidden", role: "status" });
    this.root = element(
      "section", { class: "pg-prediction", "aria-label": "Prediction" },
      element("header", {}, this.answer, element("div", {}, this.confidence, this.source)),
      this.bars,
      element(
        "div", { class: "pg-pictures" },
        element("figure", { class: "pg-seen" }, this.seen, this.caption),
        element(
          "figure", { class: "pg-similar" },
          element("ul", {}, ...this.similar.map(({ cell }) => cell)),
          element("figcaption", {}, "Most similar training digits, with their labels"),
        ),
      ),
      this.spoken,
    );
    this.empty();
  }

  /** Clears the last prediction when the network changes. */
  clear(/** @type {string[]} */ classes) {
    this.#arrange(classes);
    this.empty();
    this.say("");
  }

  /** Shows that nothing is drawn yet. */
  empty() {
    delete this.root.dataset.label;
    delete this.root.dataset.confidence;
    delete this.root.dataset.latencyMs;
    this.root.classList.add("pg-nothing");
    this.answer.textContent = "–";
    this.confidence.textContent = "Nothing drawn yet";
    for (const { row, bar, figure } of this.#rows) {
      row.classList.remove("pg-first");
      bar.style.transform = "scaleX(0)";
      figure.textContent = "";
    }
    this.caption.textContent = "What the network sees";
    for (const canvas of [this.seen, ...this.similar.map((each) => each.canvas)]) {
      canvas.width = canvas.height = 28;
      canvas.setAttribute("aria-label", "Empty: nothing drawn yet");
    }
    for (const { label } of this.similar) label.textContent = "";
    this.spoken.textContent = "";
  }

  show(/** @type {Prediction} */ prediction) {
    const { classes, probabilities, label } = prediction;
    this.#arrange(classes);
    const first = classes.indexOf(label);
    const confidence = probabilities[first];
    this.root.classList.remove("pg-nothing");
    this.root.dataset.label = label;
    this.root.dataset.confidence = confidence.toFixed(4);
    this.answer.textContent = label;
    this.confidence.textContent = confidence < UNSURE ? `${percent(confidence)} – not sure` : `${percent(confidence)} sure`;
    this.#rows.forEach(({ row, bar, figure }, i) => {
      row.classList.toggle("pg-first", i === first);
      bar.style.transform = `scaleX(${probabilities[i]})`;
      figure.textContent = percent(probabilities[i]);
    });
    const [height, width] = prediction.side;
    pixels(this.seen, prediction.seen, height, width);
    this.seen.setAttribute("aria-label", `The drawing as the network sees it, ${height} by ${width} pixels`);
    this.caption.textContent = `What the network sees: ${height}×${width} pixels`;
    this.similar.forEach(({ canvas, label: text, cell }, i) => {
      const example = prediction.similar[i];
      cell.hidden = !example;
      if (!example) return;
      pixels(canvas, example.pixels, height, width);
      canvas.setAttribute("aria-label", `A training example of class ${example.label}`);
      text.textContent = example.label;
    });
    this.say(`${prediction.model} · ${afterSteps(prediction.step)}`);
  }

  /** The line below the confidence: which network this is, and for how many steps it was trained. */
  say(/** @type {string} */ source) {
    this.#source = source;
    this.calm();
  }

  /** Shows a problem in place of the source, until `calm`. */
  trouble(/** @type {string} */ message) {
    this.root.classList.add("pg-has-problem");
    this.source.textContent = message;
  }

  calm() {
    this.root.classList.remove("pg-has-problem");
    this.source.textContent = this.#source;
  }

  /** The time from the end of the last stroke until its prediction was on the screen. */
  latency(/** @type {number} */ milliseconds) {
    this.root.dataset.latencyMs = milliseconds.toFixed(1);
  }

  /** Announces the prediction to screen readers, only at the end of a stroke. */
  announce() {
    const { label, confidence } = this.root.dataset;
    this.spoken.textContent = label === undefined ? "" : `Prediction: ${label}, ${percent(Number(confidence))}`;
  }

  #arrange(classes) {
    if (classes.join("\n") === this.#classes) return;
    this.#classes = classes.join("\n");
    this.#rows = classes.map((name) => {
      const [bar, figure] = [element("span", { class: "pg-share" }), element("span", { class: "pg-figure" })];
      const row = element("li", {}, element("span", { class: "pg-class" }, name), element("span", { class: "pg-track" }, bar), figure);
      return { row, bar, figure };
    });
    this.bars.replaceChildren(...this.#rows.map(({ row }) => row));
  }
}
