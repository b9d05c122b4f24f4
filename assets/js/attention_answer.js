/** The prediction on the Attention page. */

import { element, say } from "./component.js";
import { afterSteps, percent, plural } from "./numbers.js";

const UNSURE = 0.5;

/** @param {number} value */
const number = (value) => String(Number(value.toPrecision(4))).replace("-", "−");

export class AnswerArea {
  constructor() {
    this.label = element("output", { class: "pg-attention-label" });
    this.line = element("p", { class: "pg-attention-line" });
    this.bars = element("ul", { class: "pg-bars" });
    this.source = element("p", { class: "pg-note" });
    this.root = element("section", { class: "pg-attention-answer", "aria-label": "Prediction" }, this.label, this.line, this.bars, this.source);
  }

  /** @param {Record<string, any>} prediction @param {string} model @param {number} step */
  show(prediction, model, step) {
    const { label, line, bars } = said(prediction);
    say(this.label, label);
    say(this.line, line);
    this.bars.replaceChildren(...bars.map(([name, share], rank) => {
      const bar = element("span", { class: "pg-share" });
      bar.style.transform = `scaleX(${share})`;
      return element("li", { class: rank === 0 ? "pg-first" : "" }, element("span", { class: "pg-class" }, name), element("span", { class: "pg-track" }, bar), element("span", { class: "pg-figure" }, percent(share)));
    }));
    say(this.source, `${model} · ${afterSteps(step)}`);
  }
}

/** A prediction in words: its label, a line about it, and bars. @param {Record<string, any>} prediction @returns {{label: string, line: string, bars: [string, number][]}} */
export function said(prediction) {
  const { form, truth } = prediction;
  if (form === "class") {
    const { label, confidence, likeliest } = prediction;
    const right = truth === null || truth === undefined ? "" : truth === label ? ", which is correct" : `, which is wrong: it is ${truth}`;
    return { label, line: `${percent(confidence)}${confidence < UNSURE ? " – not sure" : " sure"}${right}`, bars: likeliest };
  }
  if (form === "steps") {
    const { labels, likeliest } = prediction;
    const answers = (truth ?? []).map((target, step) => (target === null ? null : target === labels[step])).filter((each) => each !== null);
    const line = answers.length ? `${answers.filter(Boolean).length} of ${plural(answers.length, "step")} correct` : likeliest ? "Likeliest to come next:" : "Below each token: the answer at that step.";
    return { label: likeliest ? likeliest[0][0] : "", line, bars: likeliest ?? [] };
  }
  const { title, values, count: all } = prediction;
  const more = all > values.length ? ` … (${all} values)` : "";
  return {
    label: `${values.map(number).join(", ")}${more}`,
    line: truth ? `${title}; the true values: ${truth.map(number).join(", ")}${more}` : title,
    bars: [],
  };
}
