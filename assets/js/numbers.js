/** Formatting numbers for people. A missing number is a dash. Pure. */

export const NONE = "–";

const missing = (value) => value === null || value === undefined || !Number.isFinite(value);

/** A loss: three significant digits, in scientific notation if very small or large. @param {number|null|undefined} value */
export function loss(value) {
  if (missing(value)) return NONE;
  if (value < 0) return `−${loss(-value)}`;
  if (value !== 0 && (value < 0.001 || value >= 100_000)) return value.toExponential(1).replace("e", " e").replace("+", "");
  return value.toFixed(value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : value >= 0.1 ? 3 : 4);
}

/** A number in units of the data, in full where it is large: 48,120. @param {number|null|undefined} value */
export function amount(value) {
  if (missing(value) || Math.abs(value) < 1000 || Math.abs(value) >= 1e12) return loss(value);
  return value.toLocaleString("en", { maximumSignificantDigits: 4 }).replace("-", "−");
}

const UNITS = [[1e9, "B"], [1e6, "M"], [1e3, "k"]];

/** A round number beside an axis, as short as it can be: 0.5, −20, 1990, 200k, 1.5 e26. @param {number} value */
export function tick(value) {
  const size = Math.abs(value);
  const unit = size >= 10_000 && size < 1e12 && UNITS.find(([least]) => size >= least);
  const short = value !== 0 && (size < 0.001 || size >= 1e12);
  const text = unit ? value / unit[0] + unit[1] : short ? value.toExponential().replace("e", " e").replace("+", "") : String(value);
  return text.replaceAll("-", "−");
}

/** A value along an axis, as exact as a span of the axis needs it: 5.0 of 12, 187 of 400. @param {number} value @param {number} span */
export const along = (value, span) => value.toFixed(Math.max(0, 1 - Math.floor(Math.log10(span / 2))));

/** A share in [0, 1] as a percentage. @param {number|null|undefined} value */
export const percent = (value, digits = 1) => (missing(value) ? NONE : `${(100 * value).toFixed(digits)} %`);

/** A count of things: 1 step, 2,000 steps. @param {number} value @param {string} thing */
export const plural = (value, thing) => `${count(value)} ${thing}${value === 1 ? "" : "s"}`;

/** A count, with thousands separators. @param {number|null|undefined} value */
export const count = (value) => (missing(value) ? NONE : Math.round(value).toLocaleString("en"));

/** How far a network has been trained: after 1 step. @param {number} step */
export const afterSteps = (step) => `after ${plural(step, "step")}`;

/** A rate, to three digits: 41,200. @param {number|null|undefined} value */
export function rate(value) {
  if (missing(value)) return NONE;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, Math.abs(value)))) - 2);
  return count(Math.round(value / unit) * unit);
}

/** A span of time. @param {number|null|undefined} seconds */
export function duration(seconds) {
  if (missing(seconds)) return NONE;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** 1st, 2nd, 3rd, … @param {number} rank */
export function ordinal(rank) {
  const endings = { one: "st", two: "nd", few: "rd", other: "th" };
  return `${rank}${endings[new Intl.PluralRules("en", { type: "ordinal" }).select(rank)]}`;
}
