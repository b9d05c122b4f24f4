/**
 * The forms in which views are drawn, by the name under which a run declares them. Each is a module of its own.
 *
 * @typedef {object} View  the newest of its name, with what was declared for it
 * @property {Float32Array} values @property {number[]} shape @property {string[]} classes @property {string[]} symbols
 * @property {string[]} axes @property {[number, number]|undefined} bounds
 *
 * @typedef {object} Form
 * @property {(canvas: HTMLCanvasElement, view: any, look: any) => any} draw  returns where things are, for pointing; null if nothing can be
 *   pointed at. view: null if there is none. look: width and height, colors, classes, axes, bounds, points (those of the data, if the view is
 *   drawn over them), tests (whether to show test points), discrete (whether only predicted classes or
 *   signs are to be seen), answers (the view of the predicted classes of points, if errors are marked), choice (the index of what is chosen) and pointed
 * @property {(view: any, look: any) => string} words  the view in a sentence
 * @property {(view: any) => boolean} [fits]  whether the array is one that the form can draw
 * @property {("tests"|"discrete"|"errors")[]} [toggles]  what can be switched on: points of the test set, predictions without shades, and marks on
 *   points that are classified wrongly
 * @property {boolean} [blank]  whether it shows nothing without a view
 * @property {(area: any, x: number, y: number) => any} [at]  what is under the pointer, null for nothing
 * @property {(area: any, pointed: any, move: number[]) => any} [beside]  what an arrow key moves to
 * @property {(view: any, look: any, pointed: any) => string} [pointedWords]  what is pointed at, in words
 * @property {(view: any, look: any) => {head: string[], rows: string[][]}} [table]  its numbers, for those who read rather than look
 */

import curve from "./curve.js";
import embedding from "./embedding.js";
import forecast from "./forecast.js";
import functions from "./functions.js";
import images from "./images.js";
import layers from "./layers.js";
import matrix from "./matrix.js";
import network from "./network.js";
import plane from "./plane.js";
import scatter from "./scatter.js";
import steps from "./steps.js";
import wall from "./wall.js";

/** @type {Record<string, Form>} */
export const FORMS = { curve, embedding, forecast, functions, images, layers, matrix, network, plane, scatter, steps, wall };
