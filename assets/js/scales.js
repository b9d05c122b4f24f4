/**
 * Color scales. Pure.
 *
 * @typedef {[number, number, number]} RGB  0 to 255 each
 */

/** @param {string} color  #rrggbb, or rgb(…) @returns {RGB} */
export function rgb(color) {
  const hex = /^#(..)(..)(..)/.exec(color.trim());
  const parts = hex ? hex.slice(1).map((pair) => parseInt(pair, 16)) : (color.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
  return /** @type {RGB} */ (parts);
}

/** @param {RGB} from @param {RGB} to @param {number} share of `to`, clipped to [0, 1] @returns {RGB} */
export function mix(from, to, share) {
  const part = Math.min(1, Math.max(0, share));
  return /** @type {RGB} */ (from.map((value, channel) => Math.round(value + (to[channel] - value) * part)));
}

/** @param {RGB} color */
export const css = ([red, green, blue]) => `rgb(${red},${green},${blue})`;

/** A scale for signed values: −1 is the negative color, 0 the neutral one, 1 the positive one. @param {RGB} negative @param {RGB} neutral @param {RGB} positive */
export const diverging = (negative, neutral, positive) => (value) => mix(neutral, value < 0 ? negative : positive, Math.abs(value));

/** A scale for fractions in [0, 1], by square root, so that one mistake in a hundred is still visible. @param {RGB} none @param {RGB} all */
export const magnitude = (none, all) => (share) => mix(none, all, Math.sqrt(Math.max(0, share)));

/** Marks along a strip of `magnitude`, whose positions are square roots of a share. @param {string} what  the share is of
 *  @returns {[number, string][]} */
export const shareMarks = (what) => [[0, "0"], [0.1, "1"], [Math.sqrt(0.1), "10"], [0.5, "25"], [1, `100 % of ${what}`]];

/** Black or white, whichever is more legible on a color (relative luminance, WCAG 2). @param {RGB} color */
export function ink(color) {
  const [red, green, blue] = color.map((value) => {
    const part = value / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 ? "#111418" : "#ffffff";
}
