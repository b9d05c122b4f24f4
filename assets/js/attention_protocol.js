/**
 * The messages of the socket /attention/{address}. Opens no socket.
 *
 * @typedef {{path: string, title: string, heads: number, causal: boolean, steps: number, marks: number[],
 *   grid: {rows: number, columns: number, height: number, width: number}|null}} Layer  marks: what each step stands for, the index of a token
 *   or part of the image, ADDED for a step that stands for none; [] if unknown
 * @typedef {{tokens: string[], values?: string[], unknown: number[], notes: string[], example?: number, examples?: number, text?: string,
 *   image?: {side: [number, number], pixels: string}}} Input
 * @typedef {{ask: string, seq: number, milliseconds: number, error?: string, empty?: boolean, waiting?: boolean, input?: Input, model?: string,
 *   step?: number, history?: number[]} & Record<string, any>} Header
 * @typedef {{header: Header, payload: ArrayBuffer}} Answer
 * @typedef {{steps: number, heads: Uint16Array[]}} Maps  one (query, key) array for each head
 */

/** A step that stands for no part of the input, such as a class token. */
export const ADDED = -1;
/** The number that a weight of 1 is sent as. */
export const ONE = 65535;
/** The path of the rollout among the layers. */
export const ROLLOUT = "rollout";

/** @param {string} ask @param {number} seq @param {Record<string, unknown>} input @param {number|null} step @param {Record<string, unknown>} [more] */
export const question = (ask, seq, input, step, more = {}) => JSON.stringify({ ...more, ask, seq, input, step });

/** @param {ArrayBuffer} buffer  header length (uint32), JSON header, bytes @returns {Answer} */
export function answer(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { header, payload: buffer.slice(4 + length) };
}

/** The maps of an answer to "maps", by the path of the layer. @param {Answer} answer @returns {Map<string, Maps>} */
export function maps({ header, payload }) {
  const weights = new Uint16Array(payload);
  const found = new Map();
  let start = 0;
  const take = (steps) => weights.subarray(start, (start += steps * steps));
  for (const { path, heads, steps } of header.layers) found.set(path, { steps, heads: Array.from({ length: heads }, () => take(steps)) });
  if (header.rollout) found.set(ROLLOUT, { steps: header.layers[0].steps, heads: [take(header.layers[0].steps)] });
  return found;
}

/** The numbers that a step of a layer stands for, in words; "" if it stands for none. @param {Layer} layer @param {Input} input @param {number} step */
export const stepValue = ({ marks }, { values = [] }, step) => values[marks[step]] ?? "";

/** What a step of a layer is called. @param {Layer} layer @param {Input} input @param {number} step */
export function stepName({ marks, grid }, { tokens }, step) {
  const mark = marks[step];
  if (mark === ADDED) return "class token";
  if (mark === undefined) return `step ${step + 1}`;
  if (grid) return grid.rows === 1 ? `column ${mark + 1}` : `row ${Math.floor(mark / grid.columns) + 1}, column ${(mark % grid.columns) + 1}`;
  return tokens[mark] ?? `step ${step + 1}`;
}
