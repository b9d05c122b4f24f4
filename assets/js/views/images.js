/**
 * Images in three rows: input, output and target.
 *
 * @typedef {{values: Float32Array, shape: number[]}} Images  shape (3, M, C, H, W), values in [0, 1]; the axes are the names of the rows
 */

import { fresh, write } from "../canvas.js";

const MARGIN = { left: 46, top: 4 };
const GAP = 4;

/** Root mean square error of the output against the target. @param {Images} images */
export function error({ values }) {
  const size = values.length / 3;
  let sum = 0;
  for (let index = 0; index < size; index++) sum += (values[size + index] - values[2 * size + index]) ** 2;
  return size ? Math.sqrt(sum / size) : 0;
}

/** The view in a sentence. @param {Images} images */
export const summary = (images) =>
  `${images.shape[1]} test images: root mean square error ${(100 * error(images)).toFixed(1)} % of the range from black to white.`;

/** One image as RGBA bytes; a single channel is gray. @param {Images} images @param {number} row @param {number} column */
export function pixels({ values, shape: [, count, channels, high, wide] }, row, column) {
  const area = high * wide;
  const start = (row * count + column) * channels * area;
  const bytes = new Uint8ClampedArray(4 * area);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let color = 0; color < 3; color++) bytes[4 * pixel + color] = 255 * values[start + Math.min(color, channels - 1) * area + pixel];
    bytes[4 * pixel + 3] = 255;
  }
  return bytes;
}

/** @param {HTMLCanvasElement} canvas @param {Images|null} images @param {any} look */
function draw(canvas, images, look) {
  const { width, axes, colors } = look;
  const columns = Math.max(1, Math.min(images ? images.shape[1] : 6, Math.floor((width - MARGIN.left) / 40)));
  const cell = Math.min(72, Math.floor((width - MARGIN.left) / columns));
  const pen = fresh(canvas, width, MARGIN.top + axes.length * cell);
  pen.font = `11px ${colors.font}`;
  pen.imageSmoothingEnabled = false;
  for (const [row, name] of axes.entries()) {
    pen.fillStyle = colors.muted;
    write(pen, name, MARGIN.left - 8, MARGIN.top + (row + 0.5) * cell, "right");
    for (let column = 0; column < columns; column++) {
      const [x, y] = [MARGIN.left + column * cell, MARGIN.top + row * cell];
      if (!images) {
        pen.fillStyle = colors.grid;
        pen.fillRect(x, y, cell - GAP, cell - GAP);
        continue;
      }
      const [, , , high, wide] = images.shape;
      const image = new OffscreenCanvas(wide, high);
      image.getContext("2d")?.putImageData(new ImageData(pixels(images, row, column), wide, high), 0, 0);
      pen.drawImage(image, x, y, cell - GAP, cell - GAP);
    }
  }
  return null;
}

/** @type {import("./index.js").Form} */
export default { draw, words: summary };
