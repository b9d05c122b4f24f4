/**
 * The tokens, or the parts of an image, colored by the attention that they receive, beside the same colored by an attribution. Root:
 * `.pg-beside` (data-method, data-correlation).
 *
 * data: address (of the network).
 */

import { agreement, attentionText, attributionText, relative, WHY } from "./attention_beside_model.js";
import { panel } from "./attention_panel.js";
import { ROLLOUT, stepName } from "./attention_protocol.js";
import { component, element } from "./component.js";
import { pixels } from "./marks.js";
import { loss as number, percent } from "./numbers.js";
import { bytes } from "./predict_protocol.js";

/** @typedef {import("./attention_beside_model.js").Beside} Beside */

const PREDICTED = "";

class BesidePanel {
  /** The kind of method; "" for the usual one. */ method = "";
  /** The class that is explained; null for the predicted one. @type {number|null} */ target = null;
  address = "";
  drawn = "";

  /** @param {HTMLElement} root @param {import("./attention_panel.js").Ask} ask */
  constructor(root, ask) {
    this.ask = ask;
    const menu = (label, change) => {
      const select = /** @type {HTMLSelectElement} */ (element("select", { class: "pg-input" }));
      select.addEventListener("change", () => {
        change(select.value);
        this.show(this.session);
      });
      return [select, element("label", {}, `${label} `, select)];
    };
    const [methods, methodLabel] = menu("Attribution", (value) => (this.method = value));
    const [targets, targetLabel] = menu("of", (value) => (this.target = value === PREDICTED ? null : Number(value)));
    Object.assign(this, { methods, targets, targetLabel });
    this.message = element("p", { class: "pg-note", role: "status" });
    this.pair = element("div", { class: "pg-beside-pair" });
    this.words = element("div", { class: "pg-beside-words" });
    this.root = element("section", { class: "pg-beside", "aria-label": "Attention beside an attribution" },
      element("div", { class: "pg-panel-bar" }, methodLabel, targetLabel), this.message, this.pair, this.words);
    root.append(this.root);
  }

  /** @param {import("./attention_session.js").Session} session */
  show(session) {
    this.session = session;
    if (session.address !== this.address) Object.assign(this, { address: session.address, target: null, drawn: "" });
    const maps = session.answers.get("maps")?.header;
    const { layer, head, token } = session.selection;
    const known = maps && (layer === ROLLOUT ? maps.rollout : maps.layers.some(({ path }) => path === layer));
    this.ask("beside", known ? { layer, head, token, method: this.method, target: this.target } : null);
    const error = session.errors.get("beside");
    const answer = session.answers.get("beside");
    this.message.textContent = error ? error.error : answer || this.drawn ? "" : "Computing…";
    this.message.hidden = !this.message.textContent;
    for (const area of [this.pair, this.words]) area.hidden = Boolean(error);
    if (answer && !error) this.draw(/** @type {any} */ (answer.header), maps);
  }

  /** @param {Beside & {input: import("./attention_protocol.js").Input}} beside @param {any} maps */
  draw(beside, maps) {
    const layer = maps?.layers.find(({ path }) => path === beside.layer) ?? maps?.layers.at(-1);
    if (!layer) return;
    const drawn = JSON.stringify([beside, layer]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    this.root.dataset.method = beside.method;
    this.root.dataset.correlation = String(beside.correlation ?? "");
    this.offer(beside);
    const name = (step) => stepName(layer, beside.input, step);
    const part = (mark) => stepName({ ...layer, marks: [mark] }, beside.input, 0);
    const side = (title, words, values, text, scale) => element("figure", {}, element("h4", {}, title), element("p", { class: "pg-note" }, words),
      beside.grid && beside.input.image ? picture(beside, values, text, part) : tokens(beside, values, text, part), scale);
    const signed = beside.attribution.some((value) => value < 0);
    const most = Math.max(...beside.attribution.map(Math.abs));
    this.pair.replaceChildren(
      side("Attention received", attentionText(beside, layer.title, name), relative(beside.attention), (index) => percent(beside.attention[index]),
        legend("pg-attended", "0", percent(Math.max(...beside.attention)))),
      side("Attribution", attributionText(beside, name), relative(beside.attribution), (index) => number(beside.attribution[index]),
        legend(signed ? "pg-signed" : "pg-positive", signed ? `${number(-most)} against` : "0", `${number(most)}${beside.signed ? " for" : ""}`)));
    this.words.replaceChildren(element("p", {}, element("b", {}, agreement(beside.correlation, beside.parts.length))),
      element("p", {}, `${WHY} `, source("Jain & Wallace 2019", "1902.10186"), "; ", source("Wiegreffe & Pinter 2019", "1908.04626")));
  }

  /** @param {Beside} beside */
  offer({ methods, method, classes, target }) {
    fill(this.methods, methods, method);
    this.targetLabel.hidden = !classes.length;
    const options = classes.map((name, index) => /** @type {[string, string]} */ ([String(index), name]));
    fill(this.targets, [[PREDICTED, this.target === null ? `the prediction (${classes[target] ?? target})` : "the prediction"], ...options], this.target === null ? PREDICTED : String(this.target));
  }
}

/** @param {HTMLSelectElement} menu @param {[string, string][]} options @param {string} value */
function fill(menu, options, value) {
  const key = JSON.stringify(options);
  if (menu.dataset.options !== key) {
    menu.dataset.options = key;
    menu.replaceChildren(...options.map(([each, title]) => element("option", { value: each }, title)));
  }
  menu.value = value;
}

/** Tokens in a row, colored. @param {Beside} beside @param {number[]} values @param {(index: number) => string} text @param {(mark: number) => string} part */
function tokens({ parts }, values, text, part) {
  return element("ol", { class: "pg-beside-tokens" }, ...parts.map((mark, index) =>
    element("li", { class: values[index] < 0 ? "pg-against" : "", style: `--share: ${Math.abs(values[index])}`, title: text(index) },
      part(mark), element("span", { class: "pg-visually-hidden" }, `: ${text(index)}`))));
}

/** The image with colored boxes over it. @param {Beside & {input: any}} beside @param {number[]} values @param {(index: number) => string} text @param {(mark: number) => string} part */
function picture({ parts, grid, input }, values, text, part) {
  const [height, width] = input.image.side;
  const canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { class: "pg-pixels", "aria-hidden": "true" }));
  pixels(canvas, bytes(input.image.pixels), height, width);
  const boxes = parts.map((mark, index) => {
    const [row, column] = [Math.floor(mark / grid.columns), mark % grid.columns];
    const style = `left: ${(100 * grid.width * column) / grid.columns}%; top: ${(100 * grid.height * row) / grid.rows}%; `
      + `width: ${(100 * grid.width) / grid.columns}%; height: ${(100 * grid.height) / grid.rows}%; --share: ${Math.abs(values[index])}`;
    return element("i", { style, class: values[index] < 0 ? "pg-against" : "", title: `${part(mark)}: ${text(index)}` });
  });
  const order = values.map((value, index) => ({ size: Math.abs(value), index })).sort((a, b) => b.size - a.size).slice(0, 3);
  const label = `Largest: ${order.map(({ index }) => `${part(parts[index])} ${text(index)}`).join("; ")}`;
  return element("div", { class: "pg-beside-image", role: "img", "aria-label": label, style: `aspect-ratio: ${width} / ${height}` }, canvas, ...boxes);
}

const legend = (/** @type {string} */ kind, /** @type {string} */ low, /** @type {string} */ high) =>
  element("div", { class: `pg-beside-legend ${kind}` }, element("span", {}, low), element("i", { "aria-hidden": "true" }), element("span", {}, high));

const source = (/** @type {string} */ title, /** @type {string} */ number) =>
  element("a", { href: `https://arxiv.org/abs/${number}`, target: "_blank", rel: "noreferrer" }, title);

export default component(panel((root, ask) => new BesidePanel(root, ask)), ["attention_panels.css"]);
