/**
 * The curves of earlier runs, behind the chart: paths in the units of its axes, built once. A frame only moves them, while a trace or a shape of
 * Plotly's takes milliseconds in every frame.
 */

import { beforePaths } from "./live_figure.js";

const SVG = "http://www.w3.org/2000/svg";

/** @param {string} name @param {Record<string, string|number>} attributes */
function drawn(name, attributes) {
  const node = document.createElementNS(SVG, name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, String(value));
  return node;
}

/**
 * Where a chart lies in the figure, and the transformation from the units of its axes to it.
 *
 * @param {any} figure  Plotly's layout after it was drawn, with its width @param {string} axis  name of the y axis in the layout
 */
export function placed(figure, axis) {
  const { margin, xaxis } = figure;
  const { domain, range: [low, high] } = figure[axis];
  const [left, right] = xaxis.range.map(Number);
  const whole = figure.height - margin.t - margin.b;
  const [width, height] = [figure.width - margin.l - margin.r, whole * (domain[1] - domain[0])];
  const [across, up] = [width / (right - left), -height / (high - low)];
  return { x: margin.l, y: margin.t + whole * (1 - domain[1]), width, height, matrix: [across, 0, 0, up, -left * across, height - low * up] };
}

export class EarlierCurves {
  constructor() {
    this.svg = drawn("svg", { class: "pg-earlier-curves", "aria-hidden": "true" });
    this.key = "";
    /** @type {Map<string, SVGElement>} the part of each y axis */
    this.parts = new Map();
  }

  /**
   * @param {import("./earlier_runs.js").Curves[]} curves @param {import("./metrics.js").Metric[]} metrics
   * @param {import("./live_figure.js").Settings} settings @param {any} figure  as in `placed`; null to draw nothing
   */
  draw(curves, metrics, settings, figure) {
    this.svg.style.display = figure ? "" : "none";
    if (!figure) return;
    const key = JSON.stringify([settings, metrics, curves.map(({ name, color, metrics: shown, columns }) => [name, color, shown, columns.step.length])]);
    if (key !== this.key) this.build(curves, metrics, settings);
    this.key = key;
    this.svg.setAttribute("width", figure.width);
    this.svg.setAttribute("height", figure.height);
    for (const [axis, part] of this.parts) {
      const { matrix, ...box } = placed(figure, axis);
      for (const [name, value] of Object.entries(box)) part.setAttribute(name, String(value));
      part.firstElementChild.setAttribute("transform", `matrix(${matrix.join(" ")})`);
    }
  }

  /** @param {import("./earlier_runs.js").Curves[]} curves @param {import("./metrics.js").Metric[]} metrics
   *  @param {import("./live_figure.js").Settings} settings */
  build(curves, metrics, settings) {
    this.parts.clear();
    for (const { name, axis, path, color, width, dash, visible } of curves.flatMap((run) => beforePaths(run, metrics, settings))) {
      if (!visible) continue;
      if (!this.parts.has(axis)) this.parts.set(axis, drawn("svg", {}));
      const part = this.parts.get(axis);
      if (!part.firstElementChild) part.append(drawn("g", {}));
      const line = drawn("path", { d: path, fill: "none", stroke: color, "stroke-width": width, "stroke-dasharray": dash, "vector-effect": "non-scaling-stroke" });
      line.dataset.name = name;
      part.firstElementChild.append(line);
    }
    this.svg.replaceChildren(...this.parts.values());
  }
}
