/**
 * Test images with the network's current answers, mistakes first.
 *
 * @typedef {{values: Float32Array, shape: number[], classes: string[]}} Wall  shape (1 + M, 3 + P): first the channels, height and width of the
 *   images, then for each image its class, the predicted one, the probability of that, and its bytes, packed by threes
 */

import { fresh, write } from "../canvas.js";
import { count, percent, plural } from "../numbers.js";

const GAP = 4;
const LINE = 12;
const LINES = 2;
/** Sides of an image in CSS pixels. */
const LARGEST = 56;
const SMALLEST = 30;

/** An image's answer. @param {Wall} view @param {number} image */
export function answerOf({ values, shape: [, columns] }, image) {
  const start = (image + 1) * columns;
  const [truth, predicted, confidence] = values.subarray(start, start + 3);
  return { image, truth, predicted, confidence, isWrong: truth !== predicted };
}

/** All answers: mistakes first, the most confident ones before the others; then the least confident right answers. @param {Wall} view */
export function answersOf(view) {
  const answers = Array.from({ length: view.shape[0] - 1 }, (_, image) => answerOf(view, image));
  const wrong = answers.filter(({ isWrong }) => isWrong).sort((a, b) => b.confidence - a.confidence || a.image - b.image);
  const right = answers.filter(({ isWrong }) => !isWrong).sort((a, b) => a.confidence - b.confidence || a.image - b.image);
  return [...wrong, ...right];
}

/** An image as RGBA bytes; a single channel is gray. @param {Wall} view @param {number} image */
export function pixelsOf({ values, shape: [, columns] }, image) {
  const [channels, height, width] = values;
  const area = height * width;
  const start = (image + 1) * columns + 3;
  const byte = (index) => Math.floor(values[start + Math.floor(index / 3)] / 256 ** (2 - (index % 3))) % 256;
  const bytes = new Uint8ClampedArray(4 * area);
  for (let pixel = 0; pixel < area; pixel++) {
    for (let color = 0; color < 3; color++) bytes[4 * pixel + color] = byte(Math.min(color, channels - 1) * area + pixel);
    bytes[4 * pixel + 3] = 255;
  }
  return bytes;
}

/** Columns and the side of an image, so that all images have room, or else as many as there is room for across. @param {number} images
 *  @param {number} width @param {number} height */
export function arranged(images, width, height) {
  for (let side = LARGEST; side > SMALLEST; side--) {
    const columns = Math.max(1, Math.floor((width + GAP) / (side + GAP)));
    if (Math.ceil(images / columns) * (side + LINES * LINE + GAP) <= height) return { columns, side };
  }
  return { columns: Math.max(1, Math.floor((width + GAP) / (SMALLEST + GAP))), side: SMALLEST };
}

/** The view in a sentence. @param {Wall} view */
export function summary(view) {
  const answers = answersOf(view);
  const wrong = answers.filter(({ isWrong }) => isWrong).length;
  const right = `${count(answers.length - wrong)} of ${plural(answers.length, "test image")} right.`;
  if (!wrong) return right;
  const { truth, predicted, confidence } = answers[0];
  return `${right} Most confident mistake: ${view.classes[truth]} classified as ${view.classes[predicted]} (${percent(confidence, 0)}).`;
}

/** One image in a sentence. @param {Wall} view @param {number} image */
export function answerText(view, image) {
  const { truth, predicted, confidence, isWrong } = answerOf(view, image);
  const verdict = isWrong ? `wrong: it is ${view.classes[truth]}` : "right";
  return `Test image ${image + 1}: classified as ${view.classes[predicted]} (${percent(confidence)}), ${verdict}.`;
}

/** @param {Wall} view */
export const tableOf = (view) => ({
  head: ["Test image", "Class", "Answer", "Confidence", "Verdict"],
  rows: answersOf(view).map(({ image, truth, predicted, confidence, isWrong }) => [
    String(image + 1), view.classes[truth], view.classes[predicted], percent(confidence), isWrong ? "wrong" : "right",
  ]),
});

/** @param {HTMLCanvasElement} canvas @param {Wall|null} view @param {any} look */
function draw(canvas, view, look) {
  const { width, classes, colors, pointed } = look;
  if (!view) {
    fresh(canvas, width, 0);
    return null;
  }
  const answers = answersOf(view);
  const { columns, side } = arranged(answers.length, width, look.height ?? 350);
  const down = side + LINES * LINE + GAP;
  const pen = fresh(canvas, width, Math.ceil(answers.length / columns) * down);
  const [, high, wide] = view.values;
  const image = new OffscreenCanvas(wide, high);
  const brush = image.getContext("2d");
  pen.imageSmoothingEnabled = false;
  const places = answers.map((answer, index) => ({ ...answer, x: (index % columns) * (side + GAP), y: Math.floor(index / columns) * down }));
  for (const { image: number, x, y, truth, predicted, confidence, isWrong } of places) {
    brush?.putImageData(new ImageData(pixelsOf(view, number), wide, high), 0, 0);
    pen.drawImage(image, x, y, side, side);
    if (isWrong) mark(pen, x, y, side, colors);
    pen.fillStyle = colors.text;
    pen.font = `${isWrong ? "bold " : ""}11px ${colors.font}`;
    write(pen, isWrong ? bothFitting(pen, classes[predicted], classes[truth], side) : fitting(pen, classes[predicted], side), x + side / 2, y + side + LINE / 2 + 1);
    pen.font = `10px ${colors.font}`;
    pen.fillStyle = colors.muted;
    write(pen, percent(confidence, 0), x + side / 2, y + side + 1.5 * LINE);
    if (pointed?.image === number) {
      pen.strokeStyle = colors.text;
      pen.lineWidth = 2;
      pen.strokeRect(x + 1, y + 1, side - 2, down - GAP);
    }
  }
  return { places, side, down, columns };
}

/** A name, shortened to fit. @param {CanvasRenderingContext2D} pen @param {string} name @param {number} room */
function fitting(pen, name, room) {
  if (pen.measureText(name).width <= room) return name;
  let text = name.slice(0, -1);
  while (text.length > 1 && pen.measureText(`${text}…`).width > room) text = text.slice(0, -1);
  return `${text}…`;
}

/** An answer and the class that it is not, shortened to fit. */
function bothFitting(pen, answer, truth, room) {
  const sign = "≠";
  if (pen.measureText(answer + sign + truth).width <= room) return answer + sign + truth;
  const half = (room - pen.measureText(sign).width) / 2;
  return fitting(pen, answer, half) + sign + fitting(pen, truth, half);
}

/** Marks a wrong answer: a frame and a dark corner, on images of any color. */
function mark(pen, x, y, side, colors) {
  pen.lineWidth = 3;
  pen.strokeStyle = colors.surface;
  pen.strokeRect(x + 2.5, y + 2.5, side - 5, side - 5);
  pen.lineWidth = 2;
  pen.strokeStyle = colors.negative;
  pen.strokeRect(x + 1, y + 1, side - 2, side - 2);
  pen.fillStyle = colors.negative;
  pen.beginPath();
  pen.moveTo(x + side - 12, y);
  pen.lineTo(x + side, y);
  pen.lineTo(x + side, y + 12);
  pen.fill();
}

/** The image under the pointer. */
function at({ places, side, down }, x, y) {
  const found = places.find((place) => x >= place.x && x < place.x + side && y >= place.y && y < place.y + down);
  return found ? { image: found.image } : null;
}

/** The next image, at first the first one. */
function beside({ places, columns }, pointed, [right, down]) {
  const current = places.findIndex(({ image }) => image === pointed?.image);
  const next = current < 0 ? 0 : Math.min(places.length - 1, Math.max(0, current + right + columns * down));
  return { image: places[next].image };
}

/** @type {import("./index.js").Form} */
export default {
  draw, at, beside, blank: true,
  words: summary,
  fits: ({ shape }) => shape.length === 2 && shape[0] > 1 && shape[1] > 3,
  pointedWords: (view, _look, { image }) => answerText(view, image),
  table: tableOf,
};
