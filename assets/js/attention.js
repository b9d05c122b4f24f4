/** The attention maps of a network for an input that is typed, drawn or picked. Root: `.pg-attention` (data-layer, data-head, data-token,
 * data-step, data-frames, data-latency-ms).
 *
 * data: address (of the network), ways (how an input can be given), hint (what can be typed). */

import { AnswerArea } from "./attention_answer.js";
import { FORMS, pixelMap } from "./attention_forms.js";
import { InputArea } from "./attention_input.js";
import { ROLLOUT, maps, stepName, stepValue } from "./attention_protocol.js";
import { cellAfter, choices, fitting, moved, sentence, sharesOf, valuesOf } from "./attention_reading.js";
import { join } from "./attention_session.js";
import { component, element, onceAFrame, remember, remembered, say } from "./component.js";
import { afterSteps } from "./numbers.js";
import { bytes } from "./predict_protocol.js";

const FORM_TITLES = { matrix: "Matrix", lines: "Lines", image: "Image" };
const ROLLOUT_WORDS =
  "Rollout: how much of each input step arrives at each step after the last layer. The heads of a layer are averaged, mixed half and half with the shortcut around them, and the layers are multiplied (Abnar and Zuidema 2020).";
const NOTHING = { query: null, key: null };
/** Components created on this page: each has its own group of radio buttons. */
let created = 0;

class AttentionMaps {
  /** @type {import("./attention_session.js").Session|null} */ session = null;
  /** @type {import("./attention_protocol.js").Header|null} */ header = null;
  /** @type {Map<string, import("./attention_protocol.js").Maps>} */ maps = new Map();
  /** What the pointer is on; the selected token counts when it is on nothing. @type {{query: number|null, key: number|null}} */ pointed = NOTHING;
  /** @type {{seq: number, time: number}|null} */ given = null;
  frames = 0;
  #drawn = new MessageChannel();

  /** @param {HTMLElement} root */
  constructor(root) {
    this.settings = remembered("attention", { tokens: "matrix", image: "image" });
    this.group = `pg-attention-form-${++created}`;
    this.draw = onceAFrame(() => this.paint());
    this.input = new InputArea((given, time) => this.give(given, time));
    this.answer = new AnswerArea();
    this.build(root);
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.stage);
  }

  build(/** @type {HTMLElement} */ root) {
    this.connection = element("p", { class: "pg-connection", role: "status", hidden: true });
    this.tokens = element("div", { class: "pg-attention-tokens", role: "group", "aria-label": "Tokens: arrow keys move" });
    this.tokens.addEventListener("keydown", (event) => this.tokenKey(event));
    this.tokens.addEventListener("pointerleave", () => this.point(NOTHING));
    this.heads = element("div", { class: "pg-attention-heads", role: "radiogroup", "aria-label": "Layers and heads" });
    this.heads.addEventListener("keydown", (event) => this.headKey(event));
    this.tabs = element("fieldset", {}, element("legend", { class: "pg-visually-hidden" }, "Drawn as"));
    this.tabs.onchange = (event) => {
      this.form = this.settings[this.subject] = /** @type {HTMLInputElement} */ (event.target).value;
      remember("attention", this.settings);
      this.point(NOTHING);
      this.draw();
    };
    this.title = element("strong", {});
    this.canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { tabindex: 0, role: "img", "aria-label": "Attention map" }));
    for (const type of ["pointermove", "pointerdown"]) this.canvas.addEventListener(type, (event) => this.pointer(/** @type {PointerEvent} */ (event)));
    this.canvas.addEventListener("pointerleave", () => this.point(NOTHING));
    this.canvas.addEventListener("keydown", (event) => this.mapKey(event));
    this.words = element("p", { class: "pg-attention-words", role: "status" });
    this.note = element("p", { class: "pg-note" });
    this.stage = element("div", { class: "pg-attention-large" }, element("div", { class: "pg-bar" }, this.title, this.tabs), this.words, this.canvas, this.note);
    this.slider = /** @type {HTMLInputElement} */ (element("input", { type: "range", min: 0, max: 0, value: 0, "aria-label": "Weights after which step of training" }));
    this.slider.oninput = () => this.look();
    this.when = element("output", {});
    this.time = element("div", { class: "pg-attention-time" }, element("span", {}, "Through training"), this.slider, this.when);
    this.pictures = element("div", { class: "pg-attention-maps" }, this.heads, this.stage);
    this.body = element("div", { class: "pg-attention-body", hidden: true }, this.tokens, this.time, this.pictures);
    this.figure = element("div", { class: "pg-attention" }, this.connection, element("div", { class: "pg-attention-top" }, this.input.root, this.answer.root), this.body);
    root.append(this.figure);
  }

  /** @param {any} data */
  update(data) {
    this.input.repaint();
    this.draw();
    if (data.address === this.session?.address) return;
    this.leave?.();
    this.header = null;
    this.maps = new Map();
    this.body.hidden = true;
    [this.session, this.leave] = join(data.address, (session, news) => session === this.session && this.receive(news));
    this.session.ask("maps");
    this.input.start(data, this.session.input);
    this.receive("connection");
  }

  destroy() {
    this.leave?.();
    this.draw.cancel();
    this.sizes.disconnect();
    this.input.destroy();
  }

  // To the network

  /** @param {import("./attention_session.js").Given} given @param {number} time */
  give(given, time) {
    const seq = this.session.give(given);
    this.given = { seq, time };
  }

  look() {
    const history = this.header?.history ?? [];
    const at = Number(this.slider.value);
    this.session.look(at >= history.length ? null : history[at]);
  }

  // From the network

  /** @param {string} news */
  receive(news) {
    if (news === "connection") {
      const { connection, error } = this.session;
      this.connection.hidden = connection === "open" || connection === "connecting";
      say(this.connection, connection === "gone" ? error || "This network does not exist any more." : "Connection lost. Reconnecting; your input is kept.");
    } else if (news === "maps") {
      const problem = this.session.errors.get("maps");
      if (problem) this.input.say([problem.error], !problem.empty && !problem.waiting);
      this.figure.classList.toggle("pg-stale", Boolean(problem));
      if (!problem) this.answered();
    } else if (news === "selection") this.draw();
  }

  answered() {
    const got = this.session.answers.get("maps");
    this.header = got.header;
    this.maps = maps(got);
    const { layers, rollout, input, prediction, model, step } = got.header;
    this.session.select(fitting(this.session.selection, layers, rollout));
    this.image = input.image ? { side: input.image.side, values: bytes(input.image.pixels) } : null;
    this.input.answered(input);
    this.answer.show(prediction, model, step);
    this.body.hidden = false;
    this.arrangeHeads();
    this.arrangeForms();
    this.arrangeTokens();
    this.arrangeTime();
    this.draw();
  }

  // What there is to choose from

  get layer() {
    const { layers } = this.header;
    const { layer } = this.session.selection;
    return layers.find(({ path }) => path === layer) ?? layers[0];
  }

  /** Whether the layer that is shown attends between tokens or between parts of the image. @returns {"tokens"|"image"} */
  get subject() {
    return this.image && this.layer.grid ? "image" : "tokens";
  }

  /** The name of a step of the layer that is shown. @param {number} step */
  name = (step) => stepName(this.layer, this.header.input, step);

  /** The numbers of a step of the layer that is shown, in words. @param {number} step */
  value = (step) => stepValue(this.layer, this.header.input, step);

  arrangeHeads() {
    const { layers, rollout, why_no_rollout: reason } = this.header;
    const offered = choices(layers, rollout);
    const key = JSON.stringify([offered, reason]);
    if (key === this.headsKey) return;
    this.headsKey = key;
    this.offered = offered;
    this.buttons = offered.map(({ layer, head, title }) => {
      const canvas = element("canvas", { "aria-hidden": "true" });
      const button = element("button", { type: "button", role: "radio", "aria-label": title, title }, canvas, element("span", { "aria-hidden": "true" }, layer === ROLLOUT ? "rollout" : `head ${head + 1}`));
      button.addEventListener("click", () => this.choose({ layer, head }));
      return button;
    });
    const rows = layers.map(({ path, title }) => {
      const own = this.buttons.filter((_, index) => offered[index].layer === path);
      return element("div", { class: "pg-attention-row" }, element("p", {}, title), element("div", {}, ...own));
    });
    const last = element("div", { class: "pg-attention-row" }, element("p", {}, "All layers"), rollout ? element("div", {}, this.buttons.at(-1)) : element("p", { class: "pg-note" }, reason));
    this.heads.replaceChildren(...rows, last);
  }

  arrangeForms() {
    const forms = Object.keys(FORM_TITLES).filter((form) => form !== "image" || this.subject === "image");
    this.form = this.settings[this.subject];
    if (forms.join() === this.formsKey) return;
    this.formsKey = forms.join();
    const tab = (form) => element("label", {}, element("input", { type: "radio", name: this.group, value: form, checked: form === this.form }), FORM_TITLES[form]);
    this.tabs.replaceChildren(/** @type {Node} */ (this.tabs.firstChild), ...forms.map(tab));
  }

  /** One button for each step of the layer, unless the image shows them. */
  arrangeTokens() {
    const { layer } = this;
    this.tokens.hidden = Boolean(layer.grid);
    if (this.tokens.hidden) return;
    const { input, prediction } = this.header;
    const unknown = new Set(input.unknown);
    const answers = prediction.form === "steps" ? prediction : null;
    while (this.tokens.children.length > layer.steps) this.tokens.lastChild.remove();
    while (this.tokens.children.length < layer.steps) {
      const step = this.tokens.children.length;
      const button = element("button", { type: "button" }, element("span", {}), element("small", {}));
      button.addEventListener("pointerenter", (event) => event.pointerType !== "touch" && this.point({ query: step, key: null }));
      button.addEventListener("click", () => this.choose({ token: this.session.selection.token === step ? null : step }));
      this.tokens.append(button);
    }
    [...this.tokens.children].forEach((button, step) => {
      const mark = layer.marks[step];
      say(button.firstChild, this.name(step));
      const answer = answers && mark >= 0 ? answers.labels[mark] : undefined;
      const truth = answers?.truth?.[mark] ?? null;
      say(button.lastChild, answer ?? "");
      button.lastChild.className = truth === null ? "" : truth === answer ? "pg-right" : "pg-wrong";
      button.classList.toggle("pg-attention-unknown", unknown.has(mark));
      button.title = unknown.has(mark) ? "Not in the vocabulary" : this.value(step);
    });
  }

  arrangeTime() {
    const { history = [], step } = this.header;
    const { session } = this;
    this.time.hidden = history.length === 0;
    this.slider.max = String(history.length);
    if (document.activeElement !== this.slider || session.step === null) {
      const at = session.step === null ? history.length : history.indexOf(step);
      this.slider.value = String(at < 0 ? history.length : at);
    }
    const text = session.step === null ? `now, ${afterSteps(step)}` : afterSteps(step);
    say(this.when, text);
    this.slider.setAttribute("aria-valuetext", text);
  }

  // Choosing and pointing

  /** @param {Partial<import("./attention_session.js").Selection>} change */
  choose(change) {
    this.session.select(fitting({ ...this.session.selection, ...change }, this.header.layers, this.header.rollout));
    if (change.layer !== undefined) {
      this.arrangeForms();
      this.arrangeTokens();
    }
  }

  /** @param {{query: number|null, key: number|null}} cell */
  point(cell) {
    if (cell.query === this.pointed.query && cell.key === this.pointed.key) return;
    this.pointed = cell;
    this.draw();
  }

  /** What is shown: what is pointed at, or else what is selected. */
  cell() {
    const { token } = this.session.selection;
    if (this.pointed.query !== null || this.pointed.key !== null) return this.pointed;
    if (token !== null) return { query: token, key: null };
    const added = this.form === "image" ? this.layer.marks.findIndex((mark) => mark < 0) : -1;
    return { query: added < 0 ? null : added, key: null };
  }

  /** @param {PointerEvent} event */
  pointer(event) {
    const cell = this.geometry && FORMS[this.form].at(this.geometry, event.offsetX, event.offsetY);
    this.point(cell ?? NOTHING);
    if (event.type === "pointerdown" && cell && cell.query !== null) this.choose({ token: cell.query });
  }

  /** @param {KeyboardEvent} event */
  mapKey(event) {
    const { steps } = this.maps.get(this.session.selection.layer);
    const { grid } = this.layer;
    const cell = this.form === "image" ? patchAfter(this.cell(), event.key, grid, steps, this.layer.marks) : cellAfter(this.cell(), event.key, steps);
    if (!cell) return;
    event.preventDefault();
    event.stopPropagation();
    this.point(cell.key === null ? NOTHING : cell);
    this.choose({ token: cell.query });
  }

  /** @param {KeyboardEvent} event */
  tokenKey(event) {
    const buttons = [...this.tokens.children];
    const at = buttons.indexOf(/** @type {Element} */ (event.target));
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowDown: at + 1, Home: 0, End: buttons.length - 1 }[event.key];
    if (event.key === "Escape") this.choose({ token: null });
    if (to === undefined) return;
    event.preventDefault();
    const step = Math.min(buttons.length - 1, Math.max(0, to));
    this.point(NOTHING);
    this.choose({ token: step });
    /** @type {HTMLElement} */ (buttons[step]).focus();
  }

  /** @param {KeyboardEvent} event */
  headKey(event) {
    const at = this.buttons.indexOf(/** @type {HTMLElement} */ (event.target));
    const to = at < 0 ? null : moved(this.offered, at, event.key);
    if (to === null) return;
    event.preventDefault();
    this.choose({ layer: this.offered[to].layer, head: this.offered[to].head });
    this.buttons[to].focus();
  }

  // Drawing

  colors() {
    const styles = getComputedStyle(this.figure);
    const value = (name) => styles.getPropertyValue(name).trim();
    return {
      text: value("--st-text-color"), muted: value("--pg-muted"), border: value("--st-border-color"), surface: value("--st-background-color"),
      font: value("--st-font"), magnitude: value("--pg-magnitude"),
    };
  }

  paint() {
    const width = this.stage.clientWidth;
    if (!this.header || !width) return;
    const { selection } = this.session;
    const shown = this.maps.get(selection.layer);
    if (!shown) return;
    const { layer, form } = this;
    const colors = this.colors();
    const cell = this.cell();
    this.paintHeads(colors);
    const look = { maps: shown, head: selection.head, layer, cell, name: this.name, width, colors, image: this.image };
    this.geometry = FORMS[form].draw(this.canvas, look);
    const words = sentence(shown, selection.head, cell, this.name, layer.causal);
    say(this.words, words);
    const values = valuesOf(cell, this.name, this.value);
    say(this.note, [values, selection.layer === ROLLOUT ? ROLLOUT_WORDS : ""].filter(Boolean).join(" "));
    this.canvas.setAttribute("aria-label", `Attention map, ${this.title.textContent}. ${words} ${values}`.trim());
    this.shadeTokens(shown, selection.head, cell);
    Object.assign(this.figure.dataset, {
      layer: selection.layer, head: selection.head, token: cell.query ?? "", step: this.header.step, frames: ++this.frames, tokens: shown.steps,
    });
    this.measure();
  }

  /** The small maps, when there are new ones or other colors, and which of them is chosen. @param {Record<string, string>} colors */
  paintHeads(colors) {
    const { selection } = this.session;
    const look = JSON.stringify(colors);
    const fresh = this.painted?.maps !== this.maps || this.painted.look !== look || this.painted.buttons !== this.buttons;
    this.painted = { maps: this.maps, look, buttons: this.buttons };
    const causal = new Map(this.header.layers.map((each) => [each.path, each.causal]));
    this.buttons.forEach((button, index) => {
      const { layer, head, title } = this.offered[index];
      const chosen = layer === selection.layer && head === selection.head;
      button.setAttribute("aria-checked", String(chosen));
      button.tabIndex = chosen ? 0 : -1;
      if (chosen) say(this.title, title);
      const canvas = /** @type {HTMLCanvasElement} */ (button.firstChild);
      if (fresh) pixelMap(canvas, this.maps.get(layer), head, causal.get(layer) ?? this.header.layers.every((each) => each.causal), colors);
    });
  }

  /** Shades each token by how much the one that is shown attends to it. */
  shadeTokens(shown, head, { query }) {
    if (this.tokens.hidden) return;
    const shares = query === null ? null : sharesOf(shown, head, query);
    const { token } = this.session.selection;
    [...this.tokens.children].forEach((button, step) => {
      button.style.setProperty("--share", shares ? Math.sqrt(shares[step]).toFixed(3) : "0");
      button.setAttribute("aria-pressed", String(step === token));
      button.classList.toggle("pg-from", step === query);
      button.tabIndex = step === (token ?? 0) ? 0 : -1;
    });
  }

  /** The time from the key or stroke until its maps are painted: a message posted in an animation frame arrives after it. */
  measure() {
    const { given } = this;
    if (!given || this.header.seq < given.seq) return;
    this.given = null;
    this.#drawn.port1.onmessage = () => (this.figure.dataset.latencyMs = (performance.now() - given.time).toFixed(1));
    this.#drawn.port2.postMessage(null);
  }
}

/** The patch that a key moves to; the class token comes before the first one. */
function patchAfter({ query }, key, grid, steps, marks) {
  if (key === "Escape") return NOTHING;
  const move = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -grid.columns, ArrowDown: grid.columns }[key];
  if (move === undefined) return null;
  if (query === null) return { query: 0, key: null };
  const first = marks[0] < 0 ? 1 : 0;
  const to = query < first ? (move > 0 ? first : query) : query + move;
  if (to < first) return { query: Math.abs(move) === 1 || query - first < grid.columns ? 0 : query, key: null };
  return { query: to >= steps ? query : to, key: null };
}

export default component((root) => new AttentionMaps(root), ["paper.css", "draw.css", "attention.css"]);
