/**
 * The list of the visitor's runs. Rows are made as they come into view; those of runs that have not ended move. Root: `.pg-my-runs`.
 *
 * data: rows (see my_runs_model.js), most (how many can be compared), longest (characters of a name).
 * State for Python: `asked`, {do, runs, name, nonce}.
 */

import { component, element, remember, remembered, say } from "./component.js";
import { CURVES, FILTERS, ORDERS, chosen, continuable, deletion, moves } from "./my_runs_model.js";
import { RunRow } from "./my_runs_row.js";
import { plural } from "./numbers.js";

const STANDARD = { state: "all", order: "newest" };
const MORE = 60;
/** Rows that are made at once. */
const LOOK_MS = 2000;
/** Between two looks at runs that have not ended; at most `MOST_MOVING` of them. */
const MOST_MOVING = 50;

/** @param {string} label @param {Record<string, [string, any]>} options @param {string} value @param {(value: string) => void} pick */
function select(label, options, value, pick) {
  const made = /** @type {HTMLSelectElement} */ (element("select", { class: "pg-input", "aria-label": label }, ...Object.entries(options).map(([name, [title]]) => element("option", { value: name }, title))));
  made.value = value;
  made.onchange = () => pick(made.value);
  return made;
}

/** @param {string} title @param {() => void} act @param {string} [kind] */
function button(title, act, kind = "") {
  const made = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: `pg-button ${kind}` }, title));
  made.onclick = act;
  return made;
}

class MyRuns {
  /** @param {HTMLElement} root */
  constructor(root) {
    /** @type {Map<string, RunRow>} */
    this.made = new Map();
    /** @type {import("./my_runs_model.js").Row[]} */
    this.rows = [];
    /** @type {Set<string>} */
    this.selected = new Set();
    this.last = "";
    this.count = MORE;
    this.choice = { ...STANDARD, ...remembered("my-runs", STANDARD), text: "" };
    this.acts = {
      do: (/** @type {string} */ what, /** @type {string[]} */ runs, name = "") => this.ask(what, runs, name),
      select: (/** @type {string} */ id, /** @type {boolean} */ on, /** @type {boolean} */ range) => this.select(id, on, range),
      remove: (/** @type {string[]} */ ids) => this.confirm(ids),
    };
    this.build(root);
    this.seen = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && this.more());
    this.seen.observe(this.end);
    this.timer = setInterval(() => this.look(), LOOK_MS);
  }

  /** @param {HTMLElement} root */
  build(root) {
    this.search = /** @type {HTMLInputElement} */ (element("input", { type: "search", class: "pg-input", placeholder: "Search", "aria-label": "Search runs by name, data, network or state", autocomplete: "off" }));
    this.search.oninput = () => this.choose({ text: this.search.value });
    this.shown = element("p", { class: "pg-runs-shown", role: "status" });
    const bar = element(
      "div", { class: "pg-runs-bar" }, this.search,
      select("Show", FILTERS, this.choice.state, (state) => this.choose({ state })),
      select("Order", ORDERS, this.choice.order, (order) => this.choose({ order })),
      this.shown,
    );
    this.all = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox" }));
    this.all.onchange = () => this.selectAll(this.all.checked);
    this.said = element("span");
    this.compare = button("Compare", () => this.ask("compare", this.selection()), "pg-primary");
    this.resume = button("Resume", () => this.ask("resume", this.selection().filter((id) => continuable(this.row(id)))));
    this.remove = button("Delete…", () => this.confirm(this.selection()));
    const chosenBar = element("div", { class: "pg-runs-selection" }, element("label", {}, this.all, this.said), this.compare, this.resume, this.remove, element("span", { class: "pg-note" }, CURVES));
    this.list = element("ul", { class: "pg-run-list", role: "list" });
    this.nothing = element("p", { class: "pg-note" }, "No run matches. Search for something else, or show all states.");
    this.end = element("div", { class: "pg-runs-end" });
    this.dialog = /** @type {HTMLDialogElement} */ (element("dialog", { class: "pg-dialog", "aria-labelledby": "pg-runs-question" }));
    this.root = element("section", { class: "pg-my-runs", "aria-label": "Your runs" }, bar, chosenBar, this.list, this.nothing, this.end, this.dialog);
    root.append(this.root);
  }

  /** @param {any} data @param {import("./component.js").Streamlit} streamlit @param {boolean} changed */
  update(data, streamlit, changed) {
    this.streamlit = streamlit;
    this.most = data.most;
    this.longest = data.longest;
    if (!changed && this.rows.length) return;
    this.rows = data.rows;
    const ids = new Set(this.rows.map(({ id }) => id));
    for (const id of this.selected) if (!ids.has(id)) this.selected.delete(id);
    for (const id of this.made.keys()) if (!ids.has(id)) this.made.delete(id);
    this.draw();
  }

  /** @param {Partial<import("./my_runs_model.js").Choice>} change */
  choose(change) {
    this.choice = { ...this.choice, ...change };
    this.count = MORE;
    remember("my-runs", { state: this.choice.state, order: this.choice.order });
    this.draw();
  }

  draw() {
    this.visible = chosen(this.rows, this.choice);
    const wanted = this.visible.slice(0, this.count).map((row) => this.rowOf(row).node);
    const focused = document.activeElement;
    if (wanted.length !== this.list.children.length || wanted.some((node, index) => node !== this.list.children[index])) {
      this.list.replaceChildren(...wanted);
      if (focused instanceof HTMLElement && this.list.contains(focused)) focused.focus({ preventScroll: true });
    }
    this.nothing.hidden = this.visible.length > 0;
    say(this.shown, this.visible.length === this.rows.length ? plural(this.rows.length, "run") : `${this.visible.length} of ${plural(this.rows.length, "run")}`);
    this.drawSelection();
  }

  drawSelection() {
    for (const [id, made] of this.made) made.box.checked = this.selected.has(id);
    const count = this.selected.size;
    const visible = this.visible.filter(({ id }) => this.selected.has(id)).length;
    this.all.checked = visible > 0 && visible === this.visible.length;
    this.all.indeterminate = visible > 0 && visible < this.visible.length;
    this.all.disabled = !this.visible.length;
    say(this.said, count ? `${count} selected` : "Select all");
    this.compare.disabled = count < 2 || count > this.most;
    this.compare.title = count > this.most ? `At most ${this.most} runs can be compared` : count < 2 ? "Select at least two runs to compare their curves" : "Their curves in one chart";
    this.resume.disabled = !this.selection().some((id) => continuable(this.row(id)));
    this.resume.title = this.resume.disabled ? "Select runs that are paused, were interrupted or failed" : "Continue them from their last checkpoints";
    this.remove.disabled = !count;
    this.remove.title = count ? "" : "Select runs to delete them";
  }

  /** @param {import("./my_runs_model.js").Row} row */
  rowOf(row) {
    let made = this.made.get(row.id);
    if (made?.shows(row)) made.update(row);
    else {
      made = new RunRow(row, this.acts, this.longest);
      this.made.set(row.id, made);
    }
    return made;
  }

  more() {
    if (!this.visible || this.count >= this.visible.length) return;
    this.count += MORE;
    const rows = this.visible.slice(this.list.children.length, this.count);
    this.list.append(...rows.map((row) => this.rowOf(row).node));
    this.drawSelection();
    // The end may still be in view, which the observer does not report again.
    this.seen.unobserve(this.end);
    this.seen.observe(this.end);
  }

  /** Looks how far runs have come that had not ended. */
  async look() {
    if (document.visibilityState !== "visible" || !this.list.isConnected) return;
    const moving = this.rows.filter((row) => moves(row)).slice(0, MOST_MOVING);
    if (!moving.length) return;
    const address = new URL("../../standings.json", import.meta.url);
    for (const { id } of moving) address.searchParams.append("run", id);
    const response = await fetch(address).catch(() => null);
    if (!response?.ok) return;
    const standings = await response.json();
    this.rows = this.rows.map((row) => ({ ...row, ...standings[row.id] }));
    for (const row of this.rows) if (standings[row.id]) this.made.get(row.id)?.update(row);
    this.drawSelection();
  }

  /** @param {string} id @param {boolean} on @param {boolean} range  whether also everything from the run that was selected last */
  select(id, on, range) {
    const ids = this.visible.map((row) => row.id);
    const [from, to] = [ids.indexOf(this.last), ids.indexOf(id)].sort((a, b) => a - b);
    for (const each of range && from >= 0 ? ids.slice(from, to + 1) : [id]) on ? this.selected.add(each) : this.selected.delete(each);
    this.last = id;
    this.drawSelection();
  }

  /** @param {boolean} on */
  selectAll(on) {
    this.selected = new Set(on ? this.visible.map(({ id }) => id) : []);
    this.drawSelection();
  }

  /** The selected runs, in the order of the list. */
  selection() {
    return this.rows.filter(({ id }) => this.selected.has(id)).map(({ id }) => id);
  }

  /** @param {string} id */
  row(id) {
    return this.rows.find((row) => row.id === id);
  }

  /** Asks whether to delete runs. @param {string[]} ids */
  confirm(ids) {
    const rows = ids.map((id) => this.row(id));
    const { title, text } = deletion(rows);
    const sure = button("Delete", () => {
      this.dialog.close();
      this.search.focus({ preventScroll: true });
      this.ask("delete", ids);
    });
    const keep = button(rows.length === 1 ? "Keep it" : "Keep them", () => this.dialog.close());
    const question = element("h2", { id: "pg-runs-question" }, title);
    this.dialog.replaceChildren(question, element("p", {}, text), element("div", { class: "pg-dialog-acts" }, keep, sure));
    this.dialog.showModal();
    keep.focus();
  }

  /** Something that only Python can do. @param {string} what @param {string[]} runs @param {string} [name] */
  ask(what, runs, name = "") {
    if (what !== "rename") for (const id of runs) this.made.get(id)?.wait();
    if (what === "compare") {
      for (const id of runs) this.made.get(id)?.node.classList.remove("pg-busy");
      document.querySelector(".stMain")?.scrollTo({ top: 0 });
    }
    const nonce = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    this.streamlit.setStateValue("asked", { do: what, runs, name, nonce });
  }

  destroy() {
    clearInterval(this.timer);
    this.seen.disconnect();
  }
}

export default component((root) => new MyRuns(root), ["live.css", "runs_list.css"]);
