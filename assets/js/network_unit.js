/** One unit of the network, large and with its numbers. Root: `.pg-network-unit`, with data-path and data-unit. */

import { fresh } from "./canvas.js";
import { element, say } from "./component.js";
import { nameOf, number, numbersOf, outputsOf, pointedWords, reachOf, spread, strongest, titleOf, weightsOf } from "./network_picture_model.js";
import { css, diverging, ink, rgb } from "./scales.js";
import { paint } from "./views/network.js";

const SIDE = 150;
const MOST_WEIGHTS = 8;
const MOST_CELLS = 49;

export class UnitDetail {
  /** @param {() => void} close */
  constructor(close) {
    const button = element("button", { type: "button", class: "pg-button pg-network-close", "aria-label": "Close" }, "×");
    button.onclick = close;
    this.title = element("b");
    this.outputs = element("canvas", { role: "img" });
    this.words = element("p", { class: "pg-note" });
    this.weights = element("ol", { class: "pg-network-weights" });
    this.kernel = element("table", { class: "pg-network-kernel" });
    this.inputs = element("select", { "aria-label": "Input of the kernel" });
    this.chosen = element("label", {}, "kernel for ", this.inputs);
    this.root = element(
      "section", { class: "pg-network-unit", hidden: true, "aria-label": "Unit" }, element("div", { class: "pg-network-head" }, this.title, button),
      element("div", { class: "pg-network-body" }, this.outputs, this.weights, element("div", {}, this.chosen, this.kernel)), this.words,
    );
    this.inputs.onchange = () => this.shown && this.show(...this.shown);
  }

  /** @param {any} view @param {any} look  as the form gets it @param {import("./network_picture_model.js").Pointed} pointed */
  show(view, look, pointed) {
    this.shown = [view, look, pointed];
    const { columns, colors } = look;
    const column = columns[pointed.column];
    Object.assign(this.root.dataset, { path: column.path, unit: pointed.unit });
    say(this.title, `${nameOf(column, pointed.unit)} of ${titleOf(column)}`);
    const scale = diverging(rgb(colors.negative), rgb(colors.surface), rgb(colors.positive));
    this.paintOutputs(view.values, column, pointed.unit, scale, colors);
    this.listWeights(strongest(columns, view.values, pointed.column, pointed.unit), pointed.from);
    this.showKernel(view.values, column, pointed.unit, scale);
    const { column: index, unit, from } = pointed;
    say(this.words, from === undefined && column.what !== "symbols" ? numbersOf(column, view.values, { column: index, unit }, look) : pointedWords(columns, view.values, pointed, look));
  }

  paintOutputs(values, column, unit, scale, colors) {
    const image = column.weights?.what === "image" ? column.weights : null;
    const [rows, cells] = image ? image.shape.slice(1) : column.what === "steps" ? [1, column.shape[2]] : column.shape.slice(1);
    const numbers = image ? weightsOf(column, values, unit) : outputsOf(column, values, unit);
    const { low, high } = spread(numbers);
    const reach = image ? reachOf(values, image) : reachOf(values, column);
    this.outputs.hidden = column.what === "symbols";
    const tall = rows === 1 ? 28 : (SIDE * rows) / Math.max(rows, cells);
    const wide = rows === 1 ? SIDE : (SIDE * cells) / Math.max(rows, cells);
    this.outputs.style.width = `${wide}px`;
    const pen = fresh(this.outputs, wide, tall);
    paint(pen, numbers, 0, rows, cells, { x: 0, y: 0, width: wide, height: tall }, (value) => scale(value / reach), column.what === "units" && rows > 1 && !image);
    pen.strokeStyle = colors.border;
    pen.strokeRect(0.5, 0.5, wide - 1, tall - 1);
    this.outputs.setAttribute("aria-label", `${image ? "Weights of the pixels" : "Outputs"} from ${number(low)} to ${number(high)}`);
  }

  /** @param {{name: string, from: number, value: number}[]} weights  the largest first @param {number|undefined} marked */
  listWeights(weights, marked) {
    const most = Math.abs(weights[0]?.value ?? 1) || 1;
    const shown = weights.slice(0, MOST_WEIGHTS);
    const left = weights.length - shown.length;
    while (this.weights.children.length < shown.length) this.weights.append(element("li", {}, element("span"), element("i"), element("output")));
    while (this.weights.children.length > shown.length) this.weights.lastChild.remove();
    shown.forEach(({ name, from, value }, place) => {
      const [title, bar, text] = this.weights.children[place].children;
      say(title, name);
      say(text, number(value));
      bar.style.width = `${(48 * Math.abs(value)) / most}px`;
      bar.dataset.sign = value < 0 ? "negative" : "positive";
      this.weights.children[place].toggleAttribute("data-marked", from === marked);
    });
    this.weights.dataset.more = left ? `and ${left} more` : "";
    this.weights.hidden = !shown.length;
  }

  showKernel(values, column, unit, scale) {
    const kernel = column.weights?.what === "kernel" ? column.weights : null;
    this.kernel.parentElement.hidden = !kernel;
    if (!kernel) return;
    const [, inputs, rows, cells] = kernel.shape;
    const names = Array.from({ length: inputs }, (_, input) => `input ${input + 1}`);
    if (this.inputs.children.length !== inputs) this.inputs.replaceChildren(...names.map((name, value) => element("option", { value }, name)));
    this.chosen.hidden = inputs < 2;
    const numbers = weightsOf(column, values, unit).subarray(Number(this.inputs.value) * rows * cells);
    const reach = reachOf(values, kernel);
    if (this.kernel.rows.length !== rows || this.kernel.rows[0]?.cells.length !== cells) {
      this.kernel.replaceChildren(...Array.from({ length: rows }, () => element("tr", {}, ...Array.from({ length: cells }, () => element("td")))));
    }
    for (let index = 0; index < rows * cells; index++) {
      const cell = this.kernel.rows[Math.floor(index / cells)].cells[index % cells];
      const color = scale(numbers[index] / reach);
      cell.style.background = css(color);
      cell.style.color = ink(color);
      say(cell, rows * cells <= MOST_CELLS ? numbers[index].toFixed(2).replace("-", "−") : "");
    }
  }
}
