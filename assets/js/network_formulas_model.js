/** Lists of formulas without drawing: reading them, writing them as people do, and which common ones an input offers. Pure. */

import { sizeOf } from "./network_model.js";

/** @typedef {import("./network_model.js").Tensor} Tensor */

/** Inputs with more features have too many common formulas to show. */
const MOST_FEATURES = 2;
const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";

/** "x1, x1^2" → ["x1", "x1^2"]. @param {string} text */
export const listed = (text) => text.split(",").map((part) => part.trim()).filter(Boolean);

/** @param {string[]} formulas */
export const joined = (formulas) => formulas.join(", ");

/** "12" → "x₁₂". @param {string} digits */
const variable = (digits) => `x${[...digits].map((digit) => SUBSCRIPTS[Number(digit)]).join("")}`;

/** What x₁, x₂, … stand for: "x₁ petal length · x₂ petal width". @param {string[]} names */
export const legend = (names) => names.map((name, index) => `${variable(String(index + 1))}\u00a0${name}`).join(" · ");

/** A formula as it is written by hand: "x1^2" → "x₁²", "x1*x2" → "x₁x₂", "sin(x1)" → "sin x₁". @param {string} formula */
export const pretty = (formula) =>
  formula
    .replace(/x(\d+)/g, (_, digits) => variable(digits))
    .replaceAll("^2", "²")
    .replaceAll("*", "")
    .replace(/\(([^()]*)\)/g, " $1");

/** The common formulas that an input has the features for; none if it has too many, or is unknown.
 *  @param {string[]} common @param {Tensor|null} tensor @returns {string[]} */
export function offered(common, tensor) {
  const features = tensor ? (sizeOf(tensor, "features") ?? 0) : 0;
  if (features > MOST_FEATURES) return [];
  return common.filter((formula) => [...formula.matchAll(/x(\d+)/g)].every(([, number]) => Number(number) <= features));
}

/** The formulas without this one, or with it at the end. @param {string[]} formulas @param {string} formula */
export const toggled = (formulas, formula) => (formulas.includes(formula) ? formulas.filter((each) => each !== formula) : [...formulas, formula]);

/** The features of an input as they are; none unless it is a vector with few of them. @param {Tensor} tensor @returns {string[]} */
export function plain(tensor) {
  const features = sizeOf(tensor, "features") ?? 0;
  return tensor.axes.length === 1 && features <= MOST_FEATURES ? Array.from({ length: features }, (_, index) => `x${index + 1}`) : [];
}
