/** Drawing on a canvas at the screen's resolution, in CSS pixels. */

/** Between two marks of a legend. */
const MARK_GAP = 3;

/**
 * Resizes the canvas and clears it.
 *
 * @param {HTMLCanvasElement} canvas @param {number} width @param {number} height in CSS pixels
 * @returns {CanvasRenderingContext2D} with CSS pixels as units
 */
export function fresh(canvas, width, height) {
  const ratio = window.devicePixelRatio || 1;
  const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width !== across || canvas.height !== down) Object.assign(canvas, { width: across, height: down });
  canvas.style.height = `${height}px`;
  const pen = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  return pen;
}

/** @param {CanvasRenderingContext2D} pen @param {string} text @param {number} x @param {number} y @param {CanvasTextAlign} [align] */
export function write(pen, text, x, y, align = "center") {
  pen.textAlign = align;
  pen.textBaseline = "middle";
  pen.fillText(text, x, y);
}

/**
 * The marks of a strip whose texts do not touch: the first, the last, and those between them that have room. Pure.
 *
 * @param {[number, string][]} marks  share along the strip, text: the first begins with the strip, the last ends with it
 * @param {number} width @param {(text: string) => number} measure  in CSS pixels
 */
export function roomy(marks, width, measure) {
  const [first, last] = [marks[0], marks[marks.length - 1]];
  const until = width - measure(last[1]) - MARK_GAP;
  let from = measure(first[1]) + MARK_GAP;
  return marks.filter((mark) => {
    if (mark === first || mark === last) return true;
    const [middle, half] = [mark[0] * width, measure(mark[1]) / 2];
    if (middle - half < from || middle + half > until) return false;
    from = middle + half + MARK_GAP;
    return true;
  });
}

/**
 * The color strip of a legend, with marks below it where there is room for them.
 *
 * @param {CanvasRenderingContext2D} pen
 * @param {{x: number, y: number, width: number, height?: number}} box
 * @param {(share: number) => string} color  at a position along the strip, 0 to 1
 * @param {[number, string][]} marks  share along the strip, text
 * @param {string} muted
 */
export function strip(pen, { x, y, width, height = 8 }, color, marks, muted) {
  for (let column = 0; column < width; column++) {
    pen.fillStyle = color(column / (width - 1));
    pen.fillRect(x + column, y, 1.5, height);
  }
  pen.fillStyle = muted;
  roomy(marks, width, (text) => pen.measureText(text).width).forEach(([share, text], index, { length }) => {
    const align = index === 0 ? "left" : index === length - 1 ? "right" : "center";
    write(pen, text, x + share * width, y + height + 9, align);
  });
}

/**
 * A line through values at evenly numbered positions, interrupted where a value is not a number.
 *
 * @param {CanvasRenderingContext2D} pen @param {ArrayLike<number>} values
 * @param {(index: number) => number} x @param {(value: number) => number} y  to CSS pixels
 * @param {{color: string, thick: number, dashes?: number[]}} style
 */
export function polyline(pen, values, x, y, { color, thick, dashes = [] }) {
  pen.beginPath();
  let begun = false;
  for (let index = 0; index < values.length; index++) {
    const drawn = Number.isFinite(values[index]);
    if (drawn && begun) pen.lineTo(x(index), y(values[index]));
    else if (drawn) pen.moveTo(x(index), y(values[index]));
    begun = drawn;
  }
  pen.strokeStyle = color;
  pen.lineWidth = thick;
  pen.setLineDash(dashes);
  pen.stroke();
  pen.setLineDash([]);
}
