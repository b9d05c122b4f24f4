/**
 * The runs of a visit side by side, in a table below the views: what differs, their numbers, and which of their curves are drawn.
 * Root: `.pg-runs`.
 *
 * @typedef {{address: string, run: string, name: string, state: string, over: boolean, seconds: number|null, values: Record<string, number|null>,
 *   best: Record<string, number>, metrics: string[], why: string}} Earlier  see `Earlier` in playground/web/earlier.py
 * @typedef {{name: string, color: string, metrics: string[], columns: import("./timeline.js").Columns}} Curves  of a run that is shown
 */

import { element, say } from "./component.js";
import { leaving } from "./leaving.js";
import { bestRow } from "./live_figure.js";
import { column, headline, minimized, text } from "./metrics.js";
import { NONE, duration } from "./numbers.js";

/** Numbers of the class colors in tokens.css, those that differ most from the colors of training and test first. */
const COLORS = [5, 2, 0, 6, 3];
const REMEMBERED = "pg-runs";
const RECALL_MS = [50, 1500];
const ENDING_MS = 1500;

/** The evaluations of runs that have ended. @type {Map<string, import("./timeline.js").Columns>} */
const ended = new Map();
/** Runs whose curves are hidden. @type {Set<string>} */
const hidden = new Set();
/** The color of each run, kept while it is listed. @type {Map<string, number>} */
const colors = new Map();
/** Whether the runs from before a reload were asked for. */
let recalled = false;

/** @param {string} run @param {"json"|"csv"} form */
const address = (run, form) => new URL(`../../curves/${encodeURIComponent(run)}.${form}`, import.meta.url).href;

/** A link to a run's curves as a file. @param {string} run @param {string} name */
export const csvLink = (run, name) =>
  element("a", { class: "pg-small", href: address(run, "csv"), download: `${fileName(`curves ${name}`)}.csv`, title: `The curves of ${name} as a table` }, "CSV");

/** A name that every file system takes. @param {string} name */
export const fileName = (name) => name.replaceAll(/[^\p{L}\p{N}.,=()+-]+/gu, " ").trim().slice(0, 80) || "curves";

/** Gives each run a color that no other listed run has. @param {Map<string, number>} known @param {string[]} runs */
export function assignColors(known, runs) {
  for (const run of [...known.keys()]) if (!runs.includes(run)) known.delete(run);
  for (const run of runs) {
    if (known.has(run)) continue;
    const used = new Set(known.values());
    known.set(run, COLORS.find((color) => !used.has(color)) ?? COLORS[known.size % COLORS.length]);
  }
}

/** Addresses that the browser had before a reload and the page has no longer. @param {string[]} remembered @param {string[]} visited */
export const forgotten = (remembered, visited) => remembered.filter((run) => !visited.includes(run));

/** Where the table stands: in a component of its own below the views, which may be there before or after the chart. */
export const tablePlace = {
  /** @type {HTMLElement|null} */ root: null,
  /** @type {HTMLElement|null} */ box: null,
  offer(root) {
    this.root = root;
    if (this.box) root.append(this.box);
  },
  withdraw(root) {
    if (this.root === root) this.root = null;
  },
  take(box) {
    this.box = box;
    this.root?.append(box);
  },
};

export class EarlierRuns {
  /** @param {() => void} draw  when curves have come or are hidden @param {(action: "open"|"remove"|"recall", runs: string[]) => void} ask */
  constructor(draw, ask) {
    this.draw = draw;
    this.ask = ask;
    /** @type {Earlier[]} */
    this.earlier = [];
    /** @type {Map<string, import("./timeline.js").Columns>} */
    this.columns = new Map();
    this.table = element("table");
    this.box = element("div", { class: "pg-runs", hidden: true, role: "region", "aria-label": "Runs of this visit", tabindex: 0 }, this.table);
    tablePlace.take(this.box);
  }

  /** @param {{earlier: Earlier[], named: string, on_screen: boolean, run: string|null, visited: string[]}} data @param {import("./metrics.js").Metric[]} metrics */
  update(data, metrics) {
    this.earlier = data.earlier;
    this.named = data.named;
    this.title = data.on_screen ? ["this run", data.named].filter(Boolean).join(": ") : data.named;
    this.run = data.run;
    assignColors(colors, data.earlier.filter((run) => run.metrics.length).map(({ run }) => run));
    for (const run of data.earlier) if (run.metrics.length) this.load(run);
    this.build(metrics);
    this.remember(data.visited);
  }

  /** Fetches the curves of a run; of one that was stopped for the next and ends in a moment, twice.
   *  @param {Pick<Earlier, "run"|"over">} run @param {boolean} [again] */
  async load({ run, over }, again = true) {
    const known = ended.get(run);
    if (known) return void this.columns.set(run, known);
    if (!over && again) setTimeout(() => this.load({ run, over }, false), ENDING_MS);
    const response = await fetch(address(run, "json")).catch(() => null);
    if (!response?.ok) return;
    const columns = await response.json();
    if (over) ended.set(run, columns);
    this.columns.set(run, columns);
    this.draw();
  }

  /** Keeps the runs of this visit in the browser, and asks for those of before a reload. @param {string[]} visited */
  remember(visited) {
    this.visited = visited;
    try {
      const lost = recalled ? [] : forgotten(JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "[]"), visited);
      recalled = true;
      if (lost.length) this.recall(lost, RECALL_MS);
      else sessionStorage.setItem(REMEMBERED, JSON.stringify(visited));
    } catch {
      // Private windows may not allow it: earlier runs then last until a reload.
    }
  }

  /** Asks soon, before the visitor does anything, and a second time if the page did not hear it while it was being set up.
   *  @param {string[]} lost @param {number[]} delays in milliseconds */
  recall(lost, [delay, ...later]) {
    setTimeout(() => {
      if (leaving() || !forgotten(lost, this.visited).length) return;
      this.ask("recall", lost);
      if (later.length) this.recall(lost, later);
    }, delay);
  }

  /** The curves to draw. @param {CSSStyleDeclaration} styles  with the class colors @returns {Curves[]} */
  curves(styles) {
    return this.earlier
      .filter(({ run }) => !hidden.has(run) && this.columns.has(run))
      .map(({ run, name, metrics }) => ({
        name, metrics, columns: this.columns.get(run), color: styles.getPropertyValue(`--pg-class-${colors.get(run)}`).trim(),
      }));
  }

  /** @param {import("./metrics.js").Metric[]} metrics  of the run on the screen */
  build(metrics) {
    this.box.hidden = !this.earlier.length;
    const tested = metrics.filter(({ splits }) => splits.includes("test"));
    const loss = minimized(tested);
    const [first] = headline(metrics);
    const ofTraining = first?.splits.includes("train") ? [{ metric: first, split: "train", title: `training ${first.title}` }] : [];
    const ofTest = [...tested.filter((metric) => metric !== loss), ...(loss ? [loss] : [])].map((metric) => ({ metric, split: "test", title: `test ${metric.title}` }));
    this.numbers = [...ofTraining, ...ofTest];
    const titles = [...this.numbers.map(({ title }) => title), ...(first ? [`best ${first.title}`] : []), "time"];
    const head = element("tr", {}, element("th", { scope: "col" }, "run"), ...titles.map((title) => element("th", { scope: "col" }, title)),
      element("th", { scope: "col" }, element("span", { class: "pg-visually-hidden" }, "actions")));
    const caption = element("caption", { class: "pg-visually-hidden" }, "Runs of this visit, named by what differs from the one on the screen");
    this.current = undefined;
    const rows = this.earlier.map((run) => this.row(run, first));
    if (this.run) rows.unshift(this.currentRow(first));
    const focused = this.box.contains(document.activeElement);
    this.table.replaceChildren(caption, element("thead", {}, head), element("tbody", {}, ...rows));
    if (focused) this.box.focus();
  }

  /** @param {import("./metrics.js").Metric|undefined} first */
  currentRow(first) {
    this.current = [...this.numbers, ...(first ? ["best"] : []), "time"].map(() => element("td", {}, NONE));
    const name = element("span", { class: "pg-key" }, this.title);
    name.style.setProperty("--pg-key", "var(--pg-test)");
    const actions = element("td", { class: "pg-run-actions" }, csvLink(this.run, this.named || "this run"));
    return element("tr", { class: "pg-this-run" }, element("th", { scope: "row" }, name), ...this.current, actions);
  }

  /** @param {Earlier} run @param {import("./metrics.js").Metric|undefined} first */
  row(run, first) {
    const numbers = this.numbers.map(({ metric, split }) => text(metric, run.values[column(metric, split)]));
    if (first) numbers.push(text(first, run.best[first.name]));
    const open = element("button", { type: "button", class: "pg-small", title: "Show this run instead", "aria-label": `Open ${run.name}` }, "Open");
    open.onclick = () => this.ask("open", [run.address]);
    const remove = element("button", { type: "button", class: "pg-small", title: "Remove from this list", "aria-label": `Remove ${run.name}` }, "×");
    remove.onclick = () => this.ask("remove", [run.address]);
    return element("tr", { "data-run": run.run }, element("th", { scope: "row" }, ...this.name(run)), ...numbers.map((number) => element("td", {}, number)),
      element("td", {}, run.seconds === null ? run.state : duration(run.seconds)), element("td", { class: "pg-run-actions" }, csvLink(run.run, run.name), open, remove));
  }

  /** @param {Earlier} run */
  name({ run, name, metrics, why }) {
    const note = why ? [element("small", {}, metrics.length ? ` ${why}: its loss is not drawn` : ` ${why}: not drawn`)] : [];
    if (!metrics.length) return [name, ...note];
    const button = element("button", { type: "button", class: "pg-key", "aria-pressed": !hidden.has(run), title: "Show or hide the curves of this run" }, name);
    button.setAttribute("aria-pressed", String(!hidden.has(run)));
    button.style.setProperty("--pg-key", `var(--pg-class-${colors.get(run)})`);
    button.onclick = () => {
      if (!hidden.delete(run)) hidden.add(run);
      button.setAttribute("aria-pressed", String(!hidden.has(run)));
      this.draw();
    };
    return [button, ...note];
  }

  destroy() {
    if (tablePlace.box === this.box) tablePlace.box = null;
    this.box.remove();
  }

  /** The numbers of the run on the screen. @param {Record<string, any>} status @param {import("./timeline.js").Columns} evaluated
   *  @param {import("./metrics.js").Metric[]} metrics */
  follow(status, evaluated, metrics) {
    if (!this.current) return;
    const [first] = headline(metrics);
    const values = first ? evaluated[column(first, "test")] ?? [] : [];
    const best = first ? [text(first, values[bestRow(values, first)])] : [];
    const numbers = [...this.numbers.map(({ metric, split }) => text(metric, status[column(metric, split)])), ...best, duration(status.seconds)];
    this.current.forEach((cell, number) => say(cell, numbers[number] ?? NONE));
  }
}
