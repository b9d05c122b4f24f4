/** Icons, and pictures made of few pixels. */

/** An icon from a path in a 24 × 24 box, in the text's colour. It says nothing by itself: label what it stands on. */
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

/** Grey values (0 black, 255 white), or red, green and blue ones, row by row, one pixel each: the style sheet makes it large. */
export function pixels(/** @type {HTMLCanvasElement} */ canvas, /** @type {Uint8Array} */ values, /** @type {number} */ height, /** @type {number} */ width) {
  canvas.width = width;
  canvas.height = height;
  const image = new ImageData(width, height);
  image.data.set(coloured(values, width * height));
  canvas.getContext("2d").putImageData(image, 0, 0);
}

/** `count` grey values, or three times as many of red, green and blue, as RGBA bytes. */
export function coloured(/** @type {Uint8Array} */ values, /** @type {number} */ count) {
  const channels = values.length / count;
  const bytes = new Uint8ClampedArray(4 * count);
  for (let i = 0; i < count; i++) {
    for (let colour = 0; colour < 3; colour++) bytes[4 * i + colour] = values[channels * i + Math.min(colour, channels - 1)];
    bytes[4 * i + 3] = 255;
  }
  return bytes;
}
