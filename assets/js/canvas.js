/** Drawing on a canvas at the screen's resolution, in CSS pixels. */

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
 * The color strip of a legend, with marks below it.
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
  marks.forEach(([share, text], index) => {
    const align = index === 0 ? "left" : index === marks.length - 1 ? "right" : "center";
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
