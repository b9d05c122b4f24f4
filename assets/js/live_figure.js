/**
 * The live chart in Plotly's format: traces and layout from columns, settings and colors. Pure.
 *
 * @typedef {{axis: import("./timeline.js").Axis, log: boolean, smoothing: number, hidden: string[]}} Settings
 * @typedef {{text: string, muted: string, grid: string, surface: string, font: string, train: string, test: string}} Palette
 */

import { baselineText, charts, column, minimized, text } from "./metrics.js";
import { smooth, thin, visible } from "./timeline.js";

export const AXIS_TITLES = { epoch: "epochs", step: "steps", seconds: "seconds" };
const FAINT = 0.3;
const MARKERS = 8;
/** Between two charts, as a share of the height. */
const GAP = 0.06;
/** Of the metrics in one chart. */
const DASHES = ["solid", "dash", "dot"];
const SPLITS = /** @type {const} */ ({ train: "training", test: "test" });
/** In the legend of an image, under which the curves of all charts stand once. */
const KEYS = { batch: "batches", ...SPLITS };
const HOVER = { number: "%{y:.4~g}", percent: "%{y:.1%}" };

/** Plotly's name of the y axis of a chart, counted from 0 at the top. @param {number} chart */
const axisName = (chart) => (chart === 0 ? "y" : `y${chart + 1}`);

/** A color #rrggbb with an opacity. @param {string} color @param {number} opacity */
export const faded = (color, opacity) => {
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
};

/**
 * @param {import("./timeline.js").Series} series
 * @param {Settings} settings
 * @param {Palette} palette
 * @param {{metrics: import("./metrics.js").Metric[], width: number, range: [number, number]|null, over?: boolean}} view  width in pixels; range:
 *   visible range of the x axis if zoomed; over: whether the run has ended, so that its best evaluation can be marked
 */
export function traces(series, settings, palette, view) {
  const { batch, evaluated } = series;
  const shown = (key) => !settings.hidden.includes(key);
  const buckets = Math.max(50, Math.round(view.width / 4));
  const pick = (rows, values) => rows.map((row) => values[row]);
  const batches = batch[settings.axis];
  const inside = visible(batches, view.range);
  const line = (key, name, rows, x, y, style) => ({
    type: "scatter", mode: "lines", name, legendgroup: KEYS[key], x: pick(rows, x), y: pick(rows, y), visible: shown(key), connectgaps: false, ...style,
  });
  const groups = [...charts(view.metrics).values()];
  const lines = [];
  const loss = minimized(view.metrics);
  if (loss) {
    const losses = batch[column(loss, "train")] ?? [];
    const average = smooth(losses, settings.smoothing);
    const style = { yaxis: axisName(groups.findIndex((group) => group.includes(loss))), hovertemplate: HOVER[loss.format] };
    lines.push(
      line("batch", "each batch", thin(losses, buckets, inside), batches, losses, {
        ...style, line: { color: faded(palette.train, settings.smoothing > 0 ? FAINT / 1.5 : 2 * FAINT), width: 1 }, hoverinfo: "skip", hovertemplate: undefined,
      }),
      line("batch", "batches", thin(average, buckets, inside), batches, average, { ...style, line: { color: faded(palette.train, 0.7), width: 1.5 } }),
    );
  }
  const x = evaluated[settings.axis];
  const seen = visible(x, view.range);
  groups.forEach((group, chart) => group.forEach((metric, number) => {
    for (const split of metric.splits) {
      const values = evaluated[column(metric, split)] ?? [];
      const rows = thin(values, buckets, seen);
      // Every marker is a separate node in the page: a few show where was measured, many only cost time.
      const mode = rows.length > MARKERS ? "lines" : "lines+markers";
      const color = palette[split];
      lines.push(line(split, `${SPLITS[split]} ${metric.title}`, rows, x, values, {
        mode, line: { color, width: 2, ...(number ? { dash: DASHES[number % DASHES.length] } : {}) }, marker: { color, size: 5 },
        yaxis: axisName(chart), hovertemplate: HOVER[metric.format],
      }));
    }
  }));
  if (view.over && loss?.splits.includes("test")) {
    lines.push(...best(x, evaluated[column(loss, "test")] ?? [], loss, settings, { color: palette.test, yaxis: axisName(groups.findIndex((group) => group.includes(loss))), visible: shown("test") }));
  }
  return lines;
}

/**
 * A ring around the best evaluation of the test set, if the run went on after it for long enough to see what it did to the curve.
 *
 * @param {import("./timeline.js").Column} x @param {import("./timeline.js").Column} y @param {import("./metrics.js").Metric} metric
 * @param {Settings} settings @param {{color: string, yaxis: string, visible: boolean}} style
 */
function best(x, y, metric, settings, { color, yaxis, visible: shown }) {
  const row = bestRow(y, metric);
  if (row <= 0 || row > y.length - 3) return [];
  const at = `${settings.axis === "epoch" ? "epoch" : AXIS_TITLES[settings.axis]} ${Number(x[row].toFixed(settings.axis === "seconds" ? 2 : 1))}`;
  return [{
    type: "scatter", mode: "markers+text", name: "best", x: [x[row]], y: [y[row]], text: [`best test ${metric.title} ${text(metric, y[row])}, ${at}`],
    textposition: x[row] > x[x.length - 1] / 2 ? "top left" : "top right", textfont: { size: 11, color }, visible: shown, yaxis, hoverinfo: "skip",
    marker: { symbol: "circle-open", size: 11, color, line: { width: 2 } }, cliponaxis: false,
  }];
}

/** The row with the best value, −1 without any. @param {import("./timeline.js").Column} values @param {import("./metrics.js").Metric} metric */
export function bestRow(values, { better }) {
  let best = -1;
  values.forEach((value, row) => {
    if (value !== null && (best < 0 || (better === "lower" ? value < values[best] : value > values[best]))) best = row;
  });
  return best;
}

/** The traces with a legend, for an image: each key of the chart and each earlier run once, without what is hidden. @param {any[]} lines */
export function withLegend(lines) {
  const named = new Set();
  return lines.map((line) => {
    const { legendgroup: key, visible: shown, hoverinfo } = line;
    const first = Boolean(shown && key && hoverinfo !== "skip" && !named.has(key));
    if (first) named.add(key);
    return { ...line, name: key ?? line.name, showlegend: first };
  });
}

/**
 * Gives the axes without a visible point a range, since Plotly would choose an arbitrary one, −100 % to 400 %: that of the earlier runs, if there are any.
 *
 * @param {any} figure @param {any[]} lines @param {boolean} [bare]  whether the run has no batches yet
 */
export function frame(figure, lines, bare) {
  const used = new Set(lines.filter(({ visible: shown, y }) => shown && y.some(Number.isFinite)).map(({ yaxis }) => yaxis));
  const [, last] = figure.xaxis.autorangeoptions.include ?? [];
  if (bare || !used.size) Object.assign(figure.xaxis, last ? { range: [0, last] } : { range: [0, 1], showticklabels: false });
  for (const [name, axis] of Object.entries(figure)) {
    if (!name.startsWith("yaxis") || used.has(name.replace("axis", ""))) continue;
    const include = last ? axis.autorangeoptions.include : undefined;
    Object.assign(axis, { range: rangeOf(axis, include) }, axis.tickformat || include ? {} : { showticklabels: false });
  }
}

/** The range of an axis that must include these values. @param {any} axis @param {[number, number]} [include] */
function rangeOf(axis, include) {
  const [low, high] = include ?? [0.01, 1];
  if (axis.type === "log") return low > 0 ? [Math.log10(low), Math.log10(high)] : [Math.log10(high) - 2, Math.log10(high)];
  return axis.tickformat ? [0, 1] : [Math.min(0, low), 1.05 * high || 1];
}

/**
 * @param {Settings} settings
 * @param {Palette} palette
 * @param {{metrics: import("./metrics.js").Metric[], height: number, revision: string, zoom: boolean, decades?: number,
 *   baselines?: import("./metrics.js").Baselines|null, earlier?: import("./earlier_runs.js").Curves[], moment?: number|null}} view  revision: the zoom is kept as long as it stays the same; decades: powers of ten that a
 *   logarithmic axis spans; baselines: what the metrics must beat; earlier: runs to compare with; moment: what is looked back at, on the x axis
 */
export function layout(settings, palette, view) {
  // Zooming is along x only; y then adapts to the visible part.
  const axis = {
    gridcolor: palette.grid, linecolor: palette.grid, zeroline: false, automargin: false, tickfont: { size: 11, color: palette.muted },
    title: { font: { size: 11, color: palette.muted }, standoff: 4 },
    ticklabeloverflow: "allow", tickangle: 0, // otherwise every label is measured in every frame
  };
  const precise = settings.axis === "step" ? ",d" : ".2f";
  const titled = (text, more) => ({ ...axis, ...more, title: { ...axis.title, text } });
  const groups = [...charts(view.metrics)];
  const figure = {
    height: view.height, autosize: true, margin: { l: 52, r: 10, t: 8, b: 36 }, showlegend: false, uirevision: view.revision,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: palette.font, size: 12, color: palette.text },
    hovermode: "x unified", hoversubplots: "axis", hoverdistance: -1, dragmode: view.zoom ? "zoom" : false,
    hoverlabel: { bgcolor: palette.surface, bordercolor: palette.grid, font: { family: palette.font, size: 12, color: palette.text } },
    xaxis: titled(AXIS_TITLES[settings.axis], {
      anchor: axisName(Math.max(0, groups.length - 1)), rangemode: "tozero", hoverformat: precise, fixedrange: !view.zoom,
      unifiedhovertitle: { text: `${AXIS_TITLES[settings.axis]} %{x:${precise}}` }, spikethickness: 1, spikecolor: palette.muted, spikedash: "dot",
    }),
  };
  const drawn = groups.map(([, metrics]) => metrics);
  Object.assign(figure, dashed(drawn, settings, palette, view.baselines));
  if (view.moment != null) figure.shapes.push({ type: "line", name: "moment", xref: "x", yref: "paper", x0: view.moment, x1: view.moment, y0: 0, y1: 1, line: { color: palette.text, width: 1.5 } });
  const shown = Object.keys(SPLITS).filter((split) => !settings.hidden.includes(split));
  const earlier = shown.length ? view.earlier ?? [] : [];
  const ofMetric = (metric) => earlier.filter((run) => run.metrics.includes(metric.name))
    .flatMap((run) => shown.filter((split) => metric.splits.includes(split)).map((split) => run.columns[column(metric, split)] ?? []));
  figure.xaxis.autorangeoptions = including(earlier.map((run) => run.columns[settings.axis]));
  groups.forEach(([title, metrics], chart) => {
    const [{ format }] = metrics;
    const named = metrics.map(({ name }) => view.baselines?.[name]?.value).filter((value) => value > 0);
    const include = including([...metrics.flatMap(ofMetric), named.map((value) => value * (settings.log ? 1.4 : 1.1))]); // room for their names
    const top = 1 - chart / groups.length - (chart ? GAP : 0);
    const common = { domain: [1 - (chart + 1) / groups.length, top], nticks: 6, fixedrange: true };
    figure[`yaxis${chart ? chart + 1 : ""}`] = titled(title, format === "percent"
      // Around a single point Plotly would show −50 %; 1 % more for the marker.
      ? { ...common, tickformat: ".0%", autorangeoptions: { minallowed: 0, maxallowed: 1.01, ...include } }
      : {
        ...common, type: settings.log ? "log" : "linear", rangemode: "tozero", autorangeoptions: include,
        ...(settings.log ? { dtick: view.decades > 2.5 ? 1 : "D2" } : {}), // powers of ten alone, or 1, 2 and 5 times them
      });
  });
  return figure;
}

/** A dashed line for each baseline, with its name: above the line, of further metrics in the same chart below it. @param {import("./metrics.js").Metric[][]} groups  the metrics of each chart @param {Settings} settings
 *  @param {Palette} palette @param {import("./metrics.js").Baselines|null|undefined} baselines */
function dashed(groups, settings, palette, baselines) {
  const [shapes, annotations] = [[], []];
  groups.forEach((group, chart) => group.forEach((metric, index) => {
    const value = baselines?.[metric.name]?.value;
    const log = settings.log && metric.format !== "percent";
    if (value === undefined || (log && value <= 0)) return;
    const common = { xref: "paper", yref: axisName(chart) };
    shapes.push({ ...common, type: "line", x0: 0, x1: 1, y0: value, y1: value, line: { color: palette.muted, width: 1, dash: "dash" }, layer: "below" });
    const told = baselineText(metric, baselines);
    annotations.push({
      ...common, x: 1, xanchor: "right", y: log ? Math.log10(value) : value, yanchor: index ? "top" : "bottom", showarrow: false, borderpad: 0,
      text: group.length > 1 ? `${metric.title}, ${told}` : told, font: { size: 11, color: palette.muted },
    });
  }));
  return { shapes, annotations };
}

/** At most four times as many points of an earlier run are drawn. */
const BUCKETS = 125;
/** How the curves of an earlier run are drawn. */
const BEFORE = { train: { opacity: 0.45, width: 1 }, test: { opacity: 0.7, width: 1.5 } };
/** As SVG writes the dashes of the metrics in one chart. */
const DASH_ARRAYS = ["none", "7 4", "2 3"];

/**
 * The curves of an earlier run, those of the training set thinner, as paths in the units of the axes; on a logarithmic axis these are powers of ten.
 *
 * @param {import("./earlier_runs.js").Curves} run @param {import("./metrics.js").Metric[]} metrics  of the run on the screen @param {Settings} settings
 */
export function beforePaths({ name, color, metrics: shown, columns }, metrics, settings) {
  return [...charts(metrics).values()].flatMap((group, chart) => group.flatMap((metric, number) => metric.splits.map((split) => {
    const log = settings.log && metric.format !== "percent";
    const values = shown.includes(metric.name) ? columns[column(metric, split)] ?? [] : [];
    const y = log ? values.map((value) => (value > 0 ? Math.log10(value) : null)) : values;
    const { opacity, width } = BEFORE[split];
    return {
      name: `${name}: ${SPLITS[split]} ${metric.title}`, axis: `yaxis${chart ? chart + 1 : ""}`, path: pathOf(columns[settings.axis], y),
      color: faded(color, opacity), width, dash: DASH_ARRAYS[number % DASH_ARRAYS.length], visible: !settings.hidden.includes(split),
    };
  }))).filter(({ path }) => path);
}

/** The same as traces, for an image. @param {import("./earlier_runs.js").Curves} run @param {import("./metrics.js").Metric[]} metrics
 *  @param {Settings} settings */
export function beforeTraces({ name, color, metrics: shown, columns }, metrics, settings) {
  return [...charts(metrics).values()].flatMap((group, chart) => group.filter((metric) => shown.includes(metric.name)).flatMap((metric) => metric.splits.map((split) => ({
    type: "scatter", mode: "lines", name, legendgroup: `${SPLITS[split]}, ${name}`, x: columns[settings.axis], y: columns[column(metric, split)] ?? [],
    visible: !settings.hidden.includes(split), yaxis: axisName(chart),
    line: { color: faded(color, BEFORE[split].opacity), width: BEFORE[split].width, dash: DASHES[group.indexOf(metric) % DASHES.length] },
  }))));
}

/** What an axis must include besides the traces, as Plotly's option; {} without any. @param {import("./timeline.js").Column[]} columns */
function including(columns) {
  const values = columns.flat().filter((value) => value !== null);
  return values.length ? { include: [Math.min(...values), Math.max(...values)] } : {};
}

/** A line through the points as an SVG path; a gap stays a gap. @param {import("./timeline.js").Column} x @param {import("./timeline.js").Column} y */
function pathOf(x, y) {
  let pen = "M";
  return thin(y, BUCKETS).map((row) => {
    const point = y[row] === null ? "" : `${pen}${x[row]},${y[row]}`;
    pen = y[row] === null ? "M" : "L";
    return point;
  }).join("");
}
