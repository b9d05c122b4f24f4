/** A row of the list of runs: its elements, and what changes in them. */

import { element, say } from "./component.js";
import { ago, continuable, day, path, resultText, shape, stateText } from "./my_runs_model.js";
import { NONE, duration } from "./numbers.js";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT, MARGIN] = [120, 30, 2];
const STAYS = ["id", "name", "summary", "created", "deleted"];

/** @typedef {import("./my_runs_model.js").Row} Row */
/** @typedef {{do: (what: string, runs: string[], name?: string) => void, select: (id: string, on: boolean, range: boolean) => void, remove: (ids: string[]) => void}} Acts */

/** @param {string} title @param {string} about @param {() => void} act */
function button(title, about, act) {
  const made = element("button", { type: "button", class: "pg-small", "aria-label": about }, title);
  made.onclick = act;
  return made;
}

export class RunRow {
  /** @param {Row} row @param {Acts} acts @param {number} longest  characters of a name */
  constructor(row, acts, longest) {
    this.row = row;
    this.acts = acts;
    this.longest = longest;
    this.box = /** @type {HTMLInputElement} */ (element("input", { type: "checkbox", "aria-label": `Select ${row.name}` }));
    this.box.onclick = (event) => acts.select(row.id, this.box.checked, event.shiftKey);
    this.name = element("button", { type: "button", class: "pg-run-name", title: "Open this run in the playground" }, row.name);
    this.name.onclick = () => acts.do("open", [row.id]);
    this.title = element("div", { class: "pg-run-title" }, this.name);
    this.line = document.createElementNS(SVG, "path");
    this.picture = document.createElementNS(SVG, "svg");
    this.picture.setAttribute("viewBox", `${-MARGIN} ${-MARGIN} ${WIDTH + 2 * MARGIN} ${HEIGHT + 2 * MARGIN}`);
    this.picture.setAttribute("preserveAspectRatio", "none");
    this.picture.setAttribute("role", "img");
    this.picture.append(this.line);
    this.state = element("span", { class: "pg-state" });
    this.result = element("strong");
    this.measure = element("small");
    this.seconds = element("span", { title: "Time spent training" });
    const created = new Date(1000 * row.created);
    this.when = element("time", { datetime: created.toISOString(), title: created.toLocaleString("en-GB", { dateStyle: "long", timeStyle: "short" }) });
    this.deleted = row.deleted ? [element("p", { class: "pg-run-deleted" }, `Will be deleted on ${day(row.deleted)}`)] : [];
    this.resume = button("Resume", `Resume ${row.name}`, () => acts.do("resume", [row.id]));
    this.actions = element(
      "div", { class: "pg-run-acts" },
      button("Open", `Open ${row.name}`, () => acts.do("open", [row.id])),
      this.resume,
      button("Reuse settings", `Reuse the settings of ${row.name}`, () => acts.do("reuse", [row.id])),
      button("Rename", `Rename ${row.name}`, () => this.rename()),
      button("Delete", `Delete ${row.name}`, () => acts.remove([row.id])),
    );
    this.node = element(
      "li", { class: "pg-run", "data-run": row.id },
      element("label", { class: "pg-run-pick" }, this.box),
      element("div", { class: "pg-run-about" }, this.title, element("p", { class: "pg-run-summary", title: row.summary }, row.summary), ...this.deleted),
      element("div", { class: "pg-run-curve" }, this.picture),
      element("div", { class: "pg-run-state" }, this.state),
      element("div", { class: "pg-run-result" }, this.result, this.measure),
      element("div", { class: "pg-run-time" }, this.seconds, this.when),
      this.actions,
    );
    this.update(row);
  }

  /** Whether a row is of the same run with the same name, so that this one can show it. @param {Row} row */
  shows(row) {
    return STAYS.every((name) => row[name] === this.row[name]);
  }

  /** @param {Row} row */
  update(row) {
    this.row = row;
    this.node.dataset.state = row.state;
    this.node.classList.remove("pg-busy");
    this.line.setAttribute("d", path(row.sparkline ?? [], WIDTH, HEIGHT));
    this.picture.setAttribute("aria-label", shape(row.sparkline));
    this.state.dataset.state = row.state;
    say(this.state, stateText(row));
    this.state.title = row.message;
    say(this.result, resultText(row));
    say(this.measure, row.result?.title ?? "");
    say(this.seconds, row.seconds === null ? NONE : duration(row.seconds));
    say(this.when, ago(row.created, Date.now() / 1000));
    this.resume.hidden = !continuable(row);
  }

  /** Shows that the server has been asked. */
  wait() {
    this.node.classList.add("pg-busy");
  }

  /** Lets the name be typed: Enter or leaving the field keeps it, Escape does not. */
  rename() {
    const before = this.row.name;
    const field = /** @type {HTMLInputElement} */ (element("input", { type: "text", class: "pg-input pg-run-rename", value: before, maxlength: this.longest, "aria-label": "Name of this run", autocomplete: "off" }));
    let over = false;
    const end = (/** @type {boolean} */ keep, /** @type {boolean} */ focus) => {
      if (over) return;
      over = true;
      this.title.replaceChildren(this.name);
      if (focus) this.name.focus();
      const name = field.value.trim();
      if (!keep || name === before) return;
      say(this.name, name || before);
      this.acts.do("rename", [this.row.id], name);
    };
    field.onkeydown = (event) => {
      event.stopPropagation(); // Streamlit has keys of its own
      if (event.key !== "Enter" && event.key !== "Escape") return;
      event.preventDefault(); // Enter would press the name, which gets the focus
      end(event.key === "Enter", true);
    };
    field.onblur = () => end(true, false);
    this.title.replaceChildren(field);
    field.focus();
    field.select();
  }
}
