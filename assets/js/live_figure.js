/**
 * The live chart in Plotly's format: traces and layout from columns, settings and colors. Pure.
 *
 * @typedef {{axis: import("./timeline.js").Axis, log: boolean, smoothing: number, hidden: string[]}} Settings
 * @typedef {{text: string, muted: string, grid: string, surface: string, font: string, train: string, test: string}} Palette
 */

import { smooth, thin, visible } from "./timeline.js";

export const AXIS_TITLES = { epoch: "epochs", step: "steps", seconds: "seconds" };
const FAINT = 0.3;
const MARKERS = 8;

/** A color #rrggbb with an opacity. @param {string} color @param {number} opacity */
export const faded = (color, opacity) => {
  const [red, green, blue] = [1, 3, 5].map((start) => parseInt(color.slice(start, start + 2), 16));
  return `rgba(${red},${green},${blue},${opacity})`;
};

/**
 * @param {import("./timeline.js").Series} series
 * @param {Settings} settings
 * @param {Palette} palette
 * @param {{accuracy: boolean, width: number, range: [number, number]|null}} view  width in pixels; range: visible range of the x axis if zoomed
 */
export function traces(series, settings, palette, view) {
  const { batch, evaluated } = series;
  const shown = (key) => !settings.hidden.includes(key);
  const buckets = Math.max(50, Math.round(view.width / 4));
  const pick = (rows, values) => rows.map((row) => values[row]);
  const batches = batch[settings.axis];
  const inside = visible(batches, view.range);
  const average = smooth(batch.train_loss, settings.smoothing);
  const line = (key, name, rows, x, y, style) => ({
    type: "scatter", mode: "lines", name, x: pick(rows, x), y: pick(rows, y), visible: shown(key), connectgaps: false, ...style,
  });
  const rows = thin(batch.train_loss, buckets, inside);
  const calm = thin(average, buckets, inside);
  const marks = thin(evaluated.test_loss, buckets, visible(evaluated[settings.axis], view.range));
  // Every marker is a separate node in the page: a few show where was measured, many only cost time.
  const mode = marks.length > MARKERS ? "lines" : "lines+markers";
  const marked = (color) => ({ mode, line: { color, width: 2 }, marker: { color, size: 5 } });
  const measured = (key, column, name, color, axis) => line(key, name, marks, evaluated[settings.axis], evaluated[column], { ...marked(color), ...axis });
  const loss = { yaxis: "y", hovertemplate: "%{y:.4~g}" };
  const accuracy = { yaxis: "y2", hovertemplate: "%{y:.1%}" };
  const lines = [
    line("batch", "each batch", rows, batches, batch.train_loss, {
      ...loss, line: { color: faded(palette.train, settings.smoothing > 0 ? FAINT / 1.5 : 2 * FAINT), width: 1 }, hoverinfo: "skip", hovertemplate: undefined,
    }),
    line("batch", "batches", calm, batches, average, { ...loss, line: { color: faded(palette.train, 0.7), width: 1.5 } }),
    measured("train", "train_loss", "training loss", palette.train, loss),
    measured("test", "test_loss", "test loss", palette.test, loss),
  ];
  if (!view.accuracy) return lines;
  return lines.concat(
    measured("train", "train_accuracy", "training accuracy", palette.train, accuracy),
    measured("test", "test_accuracy", "test accuracy", palette.test, accuracy),
  );
}

/**
 * @param {Settings} settings
 * @param {Palette} palette
 * @param {{accuracy: boolean, height: number, revision: string, zoom: boolean, decades?: number}} view  revision: the zoom
 *   is kept as long as it stays the same; decades: powers of ten that a logarithmic axis spans
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
  const [upper, lower] = view.accuracy ? [[0.5, 1], [0, 0.44]] : [[0, 1], [0, 0]];
  const figure = {
    height: view.height, autosize: true, margin: { l: 52, r: 10, t: 8, b: 36 }, showlegend: false, uirevision: view.revision,
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", font: { family: palette.font, size: 12, color: palette.text },
    hovermode: "x unified", hoversubplots: "axis", hoverdistance: -1, dragmode: view.zoom ? "zoom" : false,
    hoverlabel: { bgcolor: palette.surface, bordercolor: palette.grid, font: { family: palette.font, size: 12, color: palette.text } },
    xaxis: titled(AXIS_TITLES[settings.axis], {
      anchor: view.accuracy ? "y2" : "y", rangemode: "tozero", hoverformat: precise, fixedrange: !view.zoom,
      unifiedhovertitle: { text: `${AXIS_TITLES[settings.axis]} %{x:${precise}}` }, spikethickness: 1, spikecolor: palette.muted, spikedash: "dot",
    }),
    yaxis: titled("loss", {
      domain: upper, type: settings.log ? "log" : "linear", rangemode: "tozero", fixedrange: true, nticks: 6,
      ...(settings.log ? { dtick: view.decades > 2.5 ? 1 : "D2" } : {}), // powers of ten alone, or 1, 2 and 5 times them
    }),
  };
  if (view.accuracy) {
    const autorangeoptions = { minallowed: 0, maxallowed: 1.01 }; // around a single point Plotly would show −50 %; 1 % more for the marker
    figure.yaxis2 = titled("accuracy", { domain: lower, tickformat: ".0%", nticks: 6, fixedrange: true, autorangeoptions });
  }
  return figure;
}
