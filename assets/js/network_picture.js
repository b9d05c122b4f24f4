/**
 * The network of a run while it learns: what every unit outputs, and the weights between units, in every frame. Root: `.pg-network`, with
 * data-run, data-layers (of the network), data-step and data-frames.
 *
 * A unit or weight that is clicked, or chosen by Enter, is shown large below, and announced by the event `pg-network-select`, which bubbles:
 * detail {path, unit, from}, where `from` is the unit before, of a weight, and null of a unit.
 */

import { component, element, onceAFrame, remember, remembered, say } from "./component.js";
import { columnsOf, layerCount } from "./network_picture_model.js";
import { UnitDetail } from "./network_unit.js";
import { count } from "./numbers.js";
import { follow } from "./socket.js";
import { viewColors } from "./view_colors.js";
import form from "./views/network.js";

const NAME = "network";
const HOW = "Point at a unit or a line for its numbers; click for more.";

class NetworkPicture {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.settings = remembered("network-picture", { open: true });
    this.run = undefined;
    this.channel = null;
    /** @type {import("./socket.js").View|null} */
    this.view = null;
    /** @type {import("./live_view.js").Declared|null} */
    this.declared = null;
    /** @type {import("./network_picture_model.js").Column[]} */
    this.columns = [];
    /** @type {import("./network_picture_model.js").Pointed|null} */
    this.pointed = null;
    this.frames = 0;
    this.draw = onceAFrame(() => this.paint());
    this.canvas = /** @type {HTMLCanvasElement} */ (element("canvas", { tabindex: 0, role: "img", "aria-label": "The network" }));
    this.stage = element("div", { class: "pg-network-stage" }, this.canvas);
    this.note = element("p", { class: "pg-note" });
    this.detail = new UnitDetail(() => this.select(null));
    this.root = element("details", { class: "pg-network", open: this.settings.open }, element("summary", {}, "The network while it learns"), this.stage, this.note, this.detail.root);
    this.root.addEventListener("toggle", () => this.toggled());
    const place = (event) => this.point(form.at(this.geometry ?? { columns: [], places: [] }, event.offsetX, event.offsetY));
    this.canvas.addEventListener("pointermove", place);
    this.canvas.addEventListener("pointerdown", place);
    this.canvas.addEventListener("pointerleave", (event) => event.pointerType === "touch" || this.point(null));
    this.canvas.addEventListener("blur", () => this.point(null));
    this.canvas.addEventListener("click", () => this.pointed && this.select(this.pointed));
    this.canvas.addEventListener("keydown", (event) => this.key(event));
    this.sizes = new ResizeObserver(() => this.draw());
    this.sizes.observe(this.stage);
    root.append(this.root);
  }

  /** @param {any} data @param {unknown} _streamlit @param {boolean} changed */
  update(data, _streamlit, changed) {
    if (!changed) return;
    if (data.run !== this.run) {
      this.leaveRun();
      this.view = null;
      this.select(null);
      this.point(null);
      this.run = data.run;
      this.expected = data.view;
      this.leave = follow(data.run, (channel, news) => this.receive(channel, news));
      this.look();
    }
    this.draw();
  }

  /** @param {import("./socket.js").Channel} channel @param {import("./socket.js").News} news */
  receive(channel, news) {
    this.channel = channel;
    if (news === "declared") {
      const declared = channel.declared ? channel.declared.views.find(({ name }) => name === NAME) : this.expected;
      if (JSON.stringify(declared) !== JSON.stringify(this.declared)) {
        this.declared = declared ?? null;
        this.columns = columnsOf(declared?.slices ?? []);
        this.draw();
      }
    }
    const view = channel.views.get(NAME) ?? null;
    if (news !== "view" || view === this.view) return;
    this.view = view;
    this.draw();
  }

  /** Frames are made and sent while the picture is open. */
  look() {
    this.channel?.want(this, this.root.open ? { [NAME]: [] } : {});
  }

  leaveRun() {
    this.channel?.want(this, {});
    this.leave?.();
  }

  toggled() {
    if (this.root.open !== this.settings.open) remember("network-picture", (this.settings = { open: this.root.open }));
    this.look();
    this.draw();
  }

  /** The newest picture; null if there is none, or if it was made for other columns. */
  subject() {
    const view = this.view && this.declared && { ...this.view, slices: this.declared.slices };
    return view && form.fits(view) ? view : null;
  }

  paint() {
    const room = this.stage.clientWidth;
    Object.assign(this.root.dataset, { run: this.run ?? "", layers: layerCount(this.columns) });
    if (!room || !this.root.open) return;
    this.canvas.hidden = !this.columns.length;
    if (!this.columns.length) {
      say(this.note, this.channel?.declared ? "An earlier version of the playground made this run; it has no picture of its network." : "");
      return;
    }
    const subject = this.subject();
    const look = { width: room, columns: this.columns, axes: this.declared.axes, bounds: this.declared.bounds, symbols: this.declared.symbols, colors: viewColors(this.root), pointed: this.pointed ?? this.selected };
    this.geometry = form.draw(this.canvas, subject, look);
    if (subject) Object.assign(this.root.dataset, { step: subject.step, frames: ++this.frames });
    this.canvas.setAttribute("aria-label", `The network at step ${count(subject?.step ?? 0)}: ${form.words(subject, look)}`);
    const pointed = subject && this.pointed && form.pointedWords(subject, look, this.pointed);
    say(this.note, pointed || `${subject ? `Step ${count(subject.step)}. ` : ""}${this.declared.caption} ${HOW}`);
    if (this.selected && subject) this.detail.show(subject, look, this.selected);
  }

  /** @param {import("./network_picture_model.js").Pointed|null} pointed */
  point(pointed) {
    if (!pointed && !this.pointed) return;
    this.pointed = pointed;
    this.draw();
  }

  /** @param {import("./network_picture_model.js").Pointed|null} selected */
  select(selected) {
    this.selected = selected;
    this.detail.root.hidden = !selected;
    this.draw();
    if (!selected) return;
    const { column, unit, from } = selected;
    this.root.dispatchEvent(new CustomEvent("pg-network-select", { bubbles: true, detail: { path: this.columns[column].path, unit, from: from ?? null } }));
  }

  /** Arrow keys move from unit to unit, Enter shows one large. @param {KeyboardEvent} event */
  key(event) {
    const move = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] }[event.key];
    if (move && this.geometry) this.point(form.beside(this.geometry, this.pointed, move));
    else if (event.key === "Enter" && this.pointed) this.select(this.pointed);
    else if (event.key === "Escape" && this.selected) this.select(null);
    else return;
    event.preventDefault();
    this.bringIntoView();
  }

  /** Scrolls a long network to the unit that the keyboard has come to. */
  bringIntoView() {
    const place = this.pointed && this.geometry?.places[this.pointed.column];
    if (!place) return;
    const { scrollLeft, clientWidth } = this.stage;
    if (place.x < scrollLeft || place.x + place.width > scrollLeft + clientWidth) this.stage.scrollLeft = place.x + place.width / 2 - clientWidth / 2;
  }

  destroy() {
    this.leaveRun();
    this.draw.cancel();
    this.sizes.disconnect();
  }
}

export default component((root) => new NetworkPicture(root), ["network_picture.css"]);
