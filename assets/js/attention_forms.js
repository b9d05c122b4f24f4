/**
 * How one attention map is drawn: as a matrix, as lines between tokens, or as patches over the image.
 *
 * @typedef {import("./attention_protocol.js").Layer} Layer
 * @typedef {import("./attention_protocol.js").Maps} Maps
 * @typedef {{query: number|null, key: number|null}} Cell
 * @typedef {{maps: Maps, head: number, layer: Layer, cell: Cell, name: (step: number) => string, width: number, colors: Record<string, string>,
 *   image: {side: [number, number], values: Uint8Array}|null}} Look
 * @typedef {{draw: (canvas: HTMLCanvasElement, look: Look) => any, at: (geometry: any, x: number, y: number) => Cell|null}} Form
 */

import { meanShares, sharesOf } from "./attention_reading.js";
import { fresh, strip, write } from "./canvas.js";
import { colored } from "./marks.js";
import { css, magnitude, mix, rgb, shareMarks } from "./scales.js";

/** Sizes in CSS pixels. */
const LEGEND = 34;
const LABEL = { most: 92, type: 12, least: 9 };
const CELL = { least: 2, most: 34 };
const LINE_ROW = 21;
const COLUMN = 40;
const IMAGE = 420;
const FAINT = 0.01;

/** @param {Record<string, string>} colors */
const scaleOf = (colors) => magnitude(rgb(colors.surface), rgb(colors.magnitude));

/** The color of what a step cannot see. @param {Record<string, string>} colors */
const hidden = (colors) => mix(rgb(colors.surface), rgb(colors.muted), 0.22);

/**
 * One head's map as a small picture, a pixel for each weight, in rows of queries.
 *
 * @param {HTMLCanvasElement} canvas @param {Maps} maps @param {number} head @param {boolean} causal @param {Record<string, string>} colors
 */
export function pixelMap(canvas, { steps, heads }, head, causal, colors) {
  if (canvas.width !== steps || canvas.height !== steps) Object.assign(canvas, { width: steps, height: steps });
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  const image = pen.createImageData(steps, steps);
  const pixels = new Uint32Array(image.data.buffer);
  const { shades, masked } = packedOf(colors);
  const weights = heads[head];
  for (let query = 0, at = 0; query < steps; query++) {
    for (let key = 0; key < steps; key++, at++) pixels[at] = causal && key > query ? masked : shades[weights[at] >> 8];
  }
  pen.putImageData(image, 0, 0);
}

/** @type {{key: string, shades: Uint32Array, masked: number}} */
let kept = { key: "", shades: new Uint32Array(), masked: 0 };

/** The color scale at 256 shares from 0 to 1, and the color of what is not seen, as pixels. @param {Record<string, string>} colors */
function packedOf(colors) {
  const key = `${colors.surface} ${colors.magnitude} ${colors.muted}`;
  if (kept.key === key) return kept;
  const all = Array.from({ length: 256 }, (_, part) => scaleOf(colors)(part / 255));
  const bytes = Uint8ClampedArray.from([...all, hidden(colors)].flatMap((color) => [...color, 255]));
  const shades = new Uint32Array(bytes.buffer);
  kept = { key, shades, masked: shades[256] };
  return kept;
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {number} room */
function cut(pen, text, room) {
  if (pen.measureText(text).width <= room) return text;
  let short = text;
  while (short.length > 1 && pen.measureText(`${short}…`).width > room) short = short.slice(0, -1);
  return `${short}…`;
}

/** @param {CanvasRenderingContext2D} pen @param {Look} look @param {number} left @param {number} top @param {number} width */
function legend(pen, { colors, layer }, left, top, width) {
  pen.font = `11px ${colors.font}`;
  const color = scaleOf(colors);
  const across = Math.min(240, width - 4);
  strip(pen, { x: left, y: top, width: across }, (share) => css(color(share * share)), shareMarks("attention"), colors.muted);
  if (!layer.causal || left + across + 130 > left + width) return;
  pen.fillStyle = css(hidden(colors));
  pen.fillRect(left + across + 22, top, 12, 8);
  pen.fillStyle = colors.muted;
  write(pen, "later, not seen", left + across + 39, top + 4, "left");
}

const small = typeof document === "undefined" ? null : document.createElement("canvas");

/** @type {Form} */
export const matrix = {
  draw(canvas, look) {
    const { maps, head, layer, cell, name, width, colors } = look;
    const { steps } = maps;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.font = `${LABEL.type}px ${colors.font}`;
    const longest = Math.min(LABEL.most, Math.max(...Array.from({ length: steps }, (_, step) => pen.measureText(name(step)).width)) + 8);
    const left = 18 + longest;
    const size = Math.max(CELL.least, Math.min(CELL.most, Math.floor((width - left - 2) / steps)));
    const top = 18 + longest;
    const side = size * steps;
    fresh(canvas, width, top + side + LEGEND);
    pen.imageSmoothingEnabled = false;
    pixelMap(small, maps, head, layer.causal, colors);
    pen.drawImage(small, left, top, side, side);
    pen.strokeStyle = colors.border;
    pen.lineWidth = 1;
    pen.strokeRect(left - 0.5, top - 0.5, side + 1, side + 1);
    pen.font = `${Math.max(LABEL.least, Math.min(LABEL.type, size))}px ${colors.font}`;
    const every = Math.ceil(LABEL.least / size);
    for (let step = 0; step < steps; step++) {
      const shown = step % every === 0;
      const middle = (step + 0.5) * size;
      if (shown || step === cell.query) {
        pen.fillStyle = step === cell.query ? colors.text : colors.muted;
        write(pen, cut(pen, name(step), longest - 6), left - 5, top + middle, "right");
      }
      if (shown || step === cell.key) {
        pen.save();
        const isLetter = name(step).length === 1;
        pen.translate(left + middle, top - (isLetter ? 8 : 5));
        if (!isLetter) pen.rotate(-Math.PI / 2);
        pen.fillStyle = step === cell.key ? colors.text : colors.muted;
        write(pen, cut(pen, name(step), longest - 6), 0, 0, isLetter ? "center" : "left");
        pen.restore();
      }
    }
    pen.fillStyle = colors.muted;
    pen.font = `11px ${colors.font}`;
    write(pen, "to →", left, 7, "left");
    pen.save();
    pen.translate(7, top);
    pen.rotate(Math.PI / 2);
    write(pen, "from →", 0, 0, "left");
    pen.restore();
    pen.strokeStyle = colors.text;
    pen.lineWidth = 2;
    if (cell.query !== null) pen.strokeRect(left - 1, top + cell.query * size - 1, side + 2, size + 2);
    if (cell.query !== null && cell.key !== null) pen.strokeRect(left + cell.key * size, top + cell.query * size, size, size);
    legend(pen, look, left, top + side + 10, width - left);
    return { left, top, size, steps };
  },
  at({ left, top, size, steps }, x, y) {
    const [key, query] = [Math.floor((x - left) / size), Math.floor((y - top) / size)];
    if (query < 0 || query >= steps || key >= steps) return null;
    return { query, key: key < 0 ? null : key };
  },
};

/** @type {Form} */
export const lines = {
  draw(canvas, look) {
    const { maps, head, cell, name, width, colors } = look;
    const { steps } = maps;
    const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    pen.font = `13px ${colors.font}`;
    const longest = Math.max(...Array.from({ length: steps }, (_, step) => pen.measureText(name(step)).width)) + 12;
    const column = Math.min(Math.max(longest, COLUMN), width * 0.32);
    const [top, right] = [24, Math.min(width, 2 * column + 320) - column];
    fresh(canvas, width, top + steps * LINE_ROW + LEGEND);
    pen.font = `11px ${colors.font}`;
    pen.fillStyle = colors.muted;
    write(pen, "from", column - 6, 9, "right");
    write(pen, "to", right + 6, 9, "left");
    const color = colors.magnitude;
    const middle = (step) => top + (step + 0.5) * LINE_ROW;
    const bend = (right - column) / 2;
    for (let query = 0; query < steps; query++) {
      if (cell.query !== null && query !== cell.query) continue;
      sharesOf(maps, head, query).forEach((share, key) => {
        if (share < FAINT || (cell.key !== null && key !== cell.key && cell.query === null)) return;
        pen.strokeStyle = color;
        pen.globalAlpha = cell.query === null ? 0.08 + 0.72 * share : Math.min(1, 0.25 + share);
        pen.lineWidth = 0.75 + 5 * share;
        pen.beginPath();
        pen.moveTo(column, middle(query));
        pen.bezierCurveTo(column + bend, middle(query), right - bend, middle(key), right, middle(key));
        pen.stroke();
      });
    }
    pen.globalAlpha = 1;
    const shares = cell.query === null ? null : sharesOf(maps, head, cell.query);
    const shade = scaleOf(colors);
    for (let step = 0; step < steps; step++) {
      if (shares) {
        pen.fillStyle = css(mix(rgb(colors.surface), shade(1), 0.55 * Math.sqrt(shares[step])));
        pen.fillRect(right + 1, middle(step) - LINE_ROW / 2 + 1, column - 2, LINE_ROW - 2);
      }
      const chosen = step === cell.query;
      pen.font = `${chosen ? "600 " : ""}13px ${colors.font}`;
      pen.fillStyle = cell.query === null || chosen ? colors.text : colors.muted;
      write(pen, cut(pen, name(step), column - 10), column - 6, middle(step), "right");
      pen.font = `13px ${colors.font}`;
      pen.fillStyle = colors.text;
      write(pen, cut(pen, name(step), column - 10), right + 6, middle(step), "left");
    }
    legend(pen, look, 0, top + steps * LINE_ROW + 8, width);
    return { top, steps, column, right };
  },
  at({ top, steps, column, right }, x, y) {
    const step = Math.floor((y - top) / LINE_ROW);
    if (step < 0 || step >= steps) return null;
    return x > (column + right) / 2 ? { query: null, key: step } : { query: step, key: null };
  },
};

/** @type {Form} */
export const image = {
  draw(canvas, look) {
    const { maps, head, layer, cell, width, colors, image: picture } = look;
    const { rows, columns, height: covered, width: wide } = layer.grid;
    const [high, across] = picture.side;
    const side = Math.min(width, IMAGE);
    const scale = side / Math.max(high, across);
    const box = { left: 0, top: 0, width: across * scale, height: high * scale };
    const extra = layer.marks.length - rows * columns > 0 ? 34 : 0;
    const pen = fresh(canvas, width, box.height + extra + LEGEND + 6);
    const photo = new ImageData(across, high);
    photo.data.set(colored(picture.values, across * high));
    Object.assign(small, { width: across, height: high });
    small.getContext("2d").putImageData(photo, 0, 0);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, 0, 0, box.width, box.height);
    pen.fillStyle = colors.surface;
    pen.globalAlpha = 0.35;
    pen.fillRect(0, 0, box.width, box.height);
    const part = { width: (box.width * wide) / columns, height: (box.height * covered) / rows };
    const shares = cell.query === null ? meanShares(maps, head) : sharesOf(maps, head, cell.query);
    const strongest = Math.max(...shares);
    const place = (step) => {
      const mark = layer.marks[step];
      return mark < 0 ? { x: 0, y: box.height + 8, width: 96, height: 22 } : { x: (mark % columns) * part.width, y: Math.floor(mark / columns) * part.height, ...part };
    };
    pen.fillStyle = colors.magnitude;
    shares.forEach((share, step) => {
      const at = place(step);
      pen.globalAlpha = (0.85 * share) / strongest;
      pen.fillRect(at.x, at.y, at.width, at.height);
    });
    pen.globalAlpha = 0.25;
    pen.strokeStyle = colors.muted;
    pen.lineWidth = 1;
    layer.marks.forEach((_, step) => {
      const at = place(step);
      pen.strokeRect(at.x, at.y, at.width, at.height);
    });
    pen.globalAlpha = 1;
    const added = layer.marks.findIndex((mark) => mark < 0);
    if (added >= 0) {
      const at = place(added);
      pen.font = `12px ${colors.font}`;
      pen.fillStyle = colors.text;
      write(pen, "class token", at.x + at.width / 2, at.y + at.height / 2);
    }
    if (cell.query !== null) {
      const at = place(cell.query);
      for (const [color, line] of [[colors.surface, 5], [colors.text, 2]]) { // visible on black and on white
        pen.strokeStyle = color;
        pen.lineWidth = line;
        pen.strokeRect(at.x + 1, at.y + 1, at.width - 2, at.height - 2);
      }
    }
    pen.font = `11px ${colors.font}`;
    const top = box.height + extra + 12;
    const color = (share) => css(mix(rgb(colors.surface), rgb(colors.magnitude), share));
    const most = `${(100 * strongest).toFixed(strongest < 0.1 ? 1 : 0)} % of attention${cell.query === null ? ", on average" : ""}`;
    strip(pen, { x: 0, y: top, width: Math.min(200, width - 4) }, color, [[0, "0"], [1, most]], colors.muted);
    return { place, steps: layer.marks.length };
  },
  at({ place, steps }, x, y) {
    for (let step = 0; step < steps; step++) {
      const at = place(step);
      if (x >= at.x && x < at.x + at.width && y >= at.y && y < at.y + at.height) return { query: step, key: null };
    }
    return null;
  },
};

export const FORMS = { matrix, lines, image };
