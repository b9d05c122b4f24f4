/**
 * The metrics of a run as columns: appending, smoothing, thinning. Pure.
 *
 * @typedef {(number|null)[]} Column
 * @typedef {Record<string, Column>} Columns  columns of one length, by name
 * @typedef {{batch: Columns, evaluated: Columns}} Series
 * @typedef {"epoch"|"step"|"seconds"} Axis  the column on the x axis
 */

const when = () => ({ step: [], epoch: [], seconds: [] });

/** The other columns are those of the run's metrics, and come with its rows. @returns {Series} */
export const empty = () => ({ batch: when(), evaluated: when() });

/**
 * Appends new rows in place. What a message leaves out, and what earlier messages did not have, becomes a gap, so that all columns have the
 * same length.
 *
 * @param {Series} series
 * @param {Partial<Series>|undefined} more
 */
export function append(series, more) {
  for (const [name, group] of Object.entries(more ?? {})) {
    const target = series[name];
    if (!target) continue;
    const [known, rows] = [target.step.length, group.step?.length ?? 0];
    for (const column of Object.keys(group)) target[column] ??= Array(known).fill(null);
    for (const [column, values] of Object.entries(target)) {
      const added = group[column];
      for (let row = 0; row < rows; row++) values.push(added?.[row] ?? null);
    }
  }
  return series;
}

/**
 * Exponential moving average, corrected for its start at zero (Kingma & Ba 2015, as TensorBoard does). A gap stays a gap.
 *
 * @param {Column} values
 * @param {number} weight  of the past, from 0 (the values themselves) to below 1
 * @returns {Column}
 */
export function smooth(values, weight) {
  if (!(weight > 0)) return values;
  let average = 0;
  let share = 1;
  return values.map((value) => {
    if (value === null) return null;
    average = weight * average + (1 - weight) * value;
    share *= weight;
    return average / (1 - share);
  });
}

/**
 * The rows within a range of a sorted axis, with one neighbor on either side so that lines extend beyond the plot.
 *
 * @param {Column} x
 * @param {[number, number]|null} range  null for everything
 * @returns {[number, number]} from (inclusive), to (exclusive)
 */
export function visible(x, range) {
  if (!range) return [0, x.length];
  const search = (value) => {
    let [low, high] = [0, x.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (x[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return [Math.max(0, search(range[0]) - 1), Math.min(x.length, search(range[1]) + 1)];
}

/**
 * The rows to draw: first, lowest, highest and last row of every bucket, so that no peak is lost and the line looks the same.
 *
 * @param {Column} y
 * @param {number} buckets  about the width of the plot in pixels
 * @param {[number, number]} [span]  rows from (inclusive) to (exclusive)
 * @returns {number[]} sorted row numbers
 */
export function thin(y, buckets, [from, to] = [0, y.length]) {
  const rows = to - from;
  if (rows <= 4 * buckets) return Array.from({ length: rows }, (_, row) => from + row);
  const kept = [];
  for (let bucket = 0; bucket < buckets; bucket++) {
    const start = from + Math.floor((bucket * rows) / buckets);
    const end = from + Math.floor(((bucket + 1) * rows) / buckets);
    let [low, high] = [start, start];
    for (let row = start; row < end; row++) {
      if (y[row] === null) continue;
      if (y[low] === null || y[row] < y[low]) low = row;
      if (y[high] === null || y[row] > y[high]) high = row;
    }
    kept.push(...new Set([start, Math.min(low, high), Math.max(low, high), end - 1]));
  }
  return kept;
}

/** The newest value that is not a gap, or null. @param {Column} values */
export function latest(values) {
  for (let row = values.length - 1; row >= 0; row--) if (values[row] !== null) return values[row];
  return null;
}
