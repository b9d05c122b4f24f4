/**
 * The arithmetic of the chosen token in the chosen head, with all its numbers. Root: `.pg-arithmetic` (data-layer, data-head, data-token).
 *
 * data: address (of the network).
 */

import { component, element } from "./component.js";
import { maskText, list, products, queryText, short, SHORT, softmaxText, sumText } from "./attention_arithmetic_model.js";
import { panel } from "./attention_panel.js";
import { ROLLOUT, stepName } from "./attention_protocol.js";
import { loss as number, percent } from "./numbers.js";

/** @typedef {import("./attention_arithmetic_model.js").Arithmetic} Arithmetic */
/** @typedef {import("./attention_session.js").Session} Session */

class ArithmeticPanel {
  /** What is opened, by name, so that it stays open when the numbers change. @type {Set<string>} */ opened = new Set();

  /** @param {HTMLElement} root @param {import("./attention_panel.js").Ask} ask */
  constructor(root, ask) {
    this.ask = ask;
    this.message = element("p", { class: "pg-note", role: "status" });
    this.tokens = /** @type {HTMLSelectElement} */ (element("select", { class: "pg-input", "aria-label": "Token" }));
    this.tokens.addEventListener("change", () => this.session.select({ token: Number(this.tokens.value) }));
    this.where = element("span");
    this.steps = element("ol", { class: "pg-arithmetic-steps" });
    this.root = element("section", { class: "pg-arithmetic", "aria-label": "The arithmetic of one token" },
      element("div", { class: "pg-panel-bar" }, element("label", {}, "Token ", this.tokens), this.where), this.message, this.steps);
    root.append(this.root);
  }

  /** @param {Session} session */
  show(session) {
    this.session = session;
    const maps = session.answers.get("maps");
    const { layer, head, token } = session.selection;
    const chosen = maps?.header.layers.find(({ path }) => path === layer);
    this.offer(maps?.header, chosen ?? maps?.header.layers[0], token);
    this.ask("arithmetic", chosen && token !== null ? { layer, head, token } : null);
    const answer = session.answers.get("arithmetic");
    const error = session.errors.get("arithmetic");
    this.where.textContent = chosen ? `in ${chosen.title}, head ${head + 1}` : "";
    if (layer === ROLLOUT) this.say("A rollout mixes all layers. Choose a head above to see its arithmetic.");
    else if (!chosen) this.say("");
    else if (token === null) this.say("Choose a token to see its arithmetic.");
    else if (error) this.say(error.error);
    else if (answer && isOf(answer.header, session.selection)) this.draw(answer.header, chosen);
  }

  say(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
    this.steps.replaceChildren();
    this.drawn = "";
    for (const name of ["layer", "head", "token"]) delete this.root.dataset[name];
  }

  /** The tokens of the layer in the menu. */
  offer(header, layer, token) {
    const names = layer ? Array.from({ length: layer.steps }, (_, step) => stepName(layer, header.input, step)) : [];
    const options = [...(token === null ? ["Choose…"] : []), ...names];
    const key = JSON.stringify(options);
    if (key !== this.offered) {
      this.offered = key;
      const first = token === null ? [element("option", { value: "" }, "Choose…")] : [];
      this.tokens.replaceChildren(...first, ...names.map((name, step) => element("option", { value: step }, `${step + 1}: ${name}`)));
    }
    this.tokens.value = token === null ? "" : String(token);
    this.tokens.disabled = !names.length;
  }

  /** @param {Arithmetic & {input: any}} arithmetic @param {import("./attention_protocol.js").Layer} layer */
  draw(arithmetic, layer) {
    this.message.hidden = true;
    const { milliseconds: _, seq: __, ...content } = /** @type {any} */ (arithmetic);
    const drawn = JSON.stringify(content);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const focused = /** @type {HTMLElement|null} */ (this.steps.querySelector("summary:focus"))?.parentElement.dataset.name;
    const name = (step) => stepName(layer, arithmetic.input, step);
    const token = name(arithmetic.token);
    Object.assign(this.root.dataset, { layer: arithmetic.layer, head: arithmetic.head, token: arithmetic.token });
    const step = (title, words, ...body) => element("li", {}, element("h4", {}, title), ...words.map((text) => element("p", {}, text)), ...body);
    this.steps.replaceChildren(
      step("Query", [queryText(arithmetic, token)], this.vector("q", arithmetic.query, arithmetic.size)),
      step("Scores", [
        `Each token offers a key k. Its score is the dot product q · k, scaled by 1 / √${arithmetic.size} = ${number(arithmetic.scale)}, `
          + "so that it does not grow with the number of numbers.",
        maskText(arithmetic, token),
        softmaxText(arithmetic),
      ], this.listed(arithmetic, name)),
      step("Weighted sum", ["Each token also offers a value v. The weights mix the values of all tokens.", sumText(arithmetic, name)],
        this.vector("sum", arithmetic.sum, arithmetic.size)),
      step("Output", [`The output matrix turns the sum into what this head adds at “${token}”. The other heads and a bias are added to it.`],
        this.vector("output", arithmetic.output, arithmetic.output.length)),
    );
    if (focused) [...this.steps.querySelectorAll("details")].find(({ dataset }) => dataset.name === focused)?.querySelector("summary").focus();
  }

  /** A row for each token, which opens to show its key, its value and how its numbers come about. */
  listed(arithmetic, name) {
    const head = element("div", { class: "pg-arithmetic-row pg-arithmetic-head", "aria-hidden": "true" },
      ...["token", "q · k", "score", "weight"].map((title) => element("span", {}, title)));
    const rows = arithmetic.listed.map((listed) => element("li", {}, this.row(arithmetic, listed, name)));
    const rest = arithmetic.steps - arithmetic.listed.length;
    return element("div", { class: "pg-arithmetic-tokens" }, head, element("ul", {}, ...rows),
      ...(rest ? [element("p", { class: "pg-note" }, `The ${arithmetic.listed.length} largest weights; ${rest} more tokens are not listed.`)] : []));
  }

  row(arithmetic, listed, name) {
    const { token, product, score, seen, weight, key, value } = listed;
    const hidden = (text) => element("span", { class: "pg-visually-hidden" }, text);
    const cells = [
      element("span", { class: "pg-arithmetic-token" }, name(token)),
      element("span", {}, hidden("q · k "), number(product)),
      element("span", {}, hidden("score "), seen ? number(score) : "−∞"),
      element("span", { class: "pg-arithmetic-weight", style: `--share: ${weight}` }, hidden("weight "), seen ? percent(weight) : "0, hidden"),
    ];
    const own = token === arithmetic.token ? " pg-own" : "";
    if (!key) return element("div", { class: `pg-arithmetic-row${own}` }, ...cells);
    const line = (text) => element("p", {}, text);
    const body = element("div", { class: "pg-arithmetic-inside" },
      this.vector("k", key, arithmetic.size, token),
      line(`q · k = ${products(arithmetic.query, key)} = ${number(product)}`),
      line(`${number(product)} · ${number(arithmetic.scale)} = ${number(score)}${seen ? "" : ", replaced by −∞: this token comes later"}`),
      line(seen ? `weight = ${number(listed.exponential)} / ${number(arithmetic.total)} = ${percent(weight)}` : "weight = e^(−∞) = 0"),
      this.vector("v", value, arithmetic.size, token),
      this.vector("weight · v", value.map((each) => weight * each), arithmetic.size, token));
    return this.opening(`token ${token}`, element("summary", { class: `pg-arithmetic-row${own}` }, ...cells), body);
  }

  /** A vector, which opens to show all its numbers. */
  vector(name, vector, size, token = "") {
    const label = element("b", {}, name);
    if (size <= SHORT) return element("p", { class: "pg-vector" }, label, ` = ${short(vector)}`);
    const missing = size - vector.length;
    return this.opening(`${name} ${token}`, element("summary", { class: "pg-vector" }, label, ` = ${short(vector)} `, element("small", {}, `${size} numbers`)),
      element("p", { class: "pg-vector" }, `(${list(vector)}${missing > 0 ? ` and ${missing} more` : ""})`));
  }

  opening(name, summary, body) {
    const details = /** @type {HTMLDetailsElement} */ (element("details", { open: this.opened.has(name), "data-name": name }, summary, body));
    details.addEventListener("toggle", () => (details.open ? this.opened.add(name) : this.opened.delete(name)));
    return details;
  }
}

/** Whether an answer is about what is chosen. */
const isOf = (header, selection) => ["layer", "head", "token"].every((name) => header[name] === selection[name]);

export default component(panel((root, ask) => new ArithmeticPanel(root, ask)), ["attention_panels.css"]);
