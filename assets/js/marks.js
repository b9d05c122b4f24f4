/** Icons and small images. */

/** An icon from a path in a 24 × 24 box, in the text color. Hidden from screen readers: label the element around it. */
export function icon(/** @type {string} */ path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("pg-icon");
  const shape = document.createElementNS(svg.namespaceURI, "path");
  shape.setAttribute("d", path);
  svg.append(shape);
  return svg;
}

/** Draws gray values (0 black, 255 white), or red, green and blue ones, row by row, one pixel each; the style sheet enlarges the canvas. */
export function pixels(/** @type {HTMLCanvasElement} */ canvas, /** @type {Uint8Array} */ values, /** @type {number} */ height, /** @type {number} */ width) {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  image.data.set(colored(values, width * height));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** `count` gray values, or three times as many for red, green and blue, as RGBA bytes. */
export function colored(/** @type {Uint8Array} */ values, /** @type {number} */ count) {
  const channels = values.length / count;
  const bytes = new Uint8ClampedArray(4 * count);
  for (let i = 0; i < count; i++) {
    for (let color = 0; color < 3; color++) bytes[4 * i + color] = values[channels * i + Math.min(color, channels - 1)];
    bytes[4 * i + 3] = 255;
  }
  return bytes;
}
