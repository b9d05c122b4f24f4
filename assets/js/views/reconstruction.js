/**
 * Pictures that went in, that the network gave, and that were wanted, below one another.
 *
 * @typedef {{values: Float32Array, shape: number[]}} Pictures  shape (3, M, C, H, W), values in [0, 1]
 */

import { fresh, write } from "../canvas.js";

const ROWS = ["in", "out", "wanted"];
const MARGIN = { left: 46, top: 4 };
const GAP = 4;

/** Root mean square of what came out against what was wanted. @param {Pictures} pictures */
export function error({ values }) {
  const size = values.length / 3;
  let sum = 0;
  for (let place = 0; place < size; place++) sum += (values[size + place] - values[2 * size + place]) ** 2;
  return size ? Math.sqrt(sum / size) : 0;
}

/** The picture in a sentence. @param {Pictures} pictures */
export const summary = (pictures) =>
  `${pictures.shape[1]} test pictures: what came out differs from what was wanted by ${(100 * error(pictures)).toFixed(1)} % of the way from black to white.`;

/** One picture as RGBA bytes; a single channel is grey. @param {Pictures} pictures @param {number} row @param {number} column */
export function pixels({ values, shape: [, count, channels, high, wide] }, row, column) {
  const area = high * wide;
  const start = (row * count + column) * channels * area;
  const bytes = new Uint8ClampedArray(4 * area);
  for (let place = 0; place < area; place++) {
    for (let colour = 0; colour < 3; colour++) bytes[4 * place + colour] = 255 * values[start + Math.min(colour, channels - 1) * area + place];
    bytes[4 * place + 3] = 255;
  }
  return bytes;
}

/** @param {HTMLCanvasElement} canvas @param {Pictures|null} pictures @param {any} look */
export function drawReconstruction(canvas, pictures, look) {
  const { width, colours } = look;
  const columns = Math.max(1, Math.min(pictures ? pictures.shape[1] : 6, Math.floor((width - MARGIN.left) / 40)));
  const cell = Math.min(72, Math.floor((width - MARGIN.left) / columns));
  const pen = fresh(canvas, width, MARGIN.top + 3 * cell);
  pen.font = `11px ${colours.font}`;
  pen.imageSmoothingEnabled = false;
  for (const [row, name] of ROWS.entries()) {
    pen.fillStyle = colours.muted;
    write(pen, name, MARGIN.left - 8, MARGIN.top + (row + 0.5) * cell, "right");
    for (let column = 0; column < columns; column++) {
      const [x, y] = [MARGIN.left + column * cell, MARGIN.top + row * cell];
      if (!pictures) {
        pen.fillStyle = colours.grid;
        pen.fillRect(x, y, cell - GAP, cell - GAP);
        continue;
      }
      const [, , , high, wide] = pictures.shape;
      const picture = new OffscreenCanvas(wide, high);
      picture.getContext("2d")?.putImageData(new ImageData(pixels(pictures, row, column), wide, high), 0, 0);
      pen.drawImage(picture, x, y, cell - GAP, cell - GAP);
    }
  }
  return null;
}
