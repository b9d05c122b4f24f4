/** How a run shares the machine with others, in words. */

import { duration, ordinal } from "./numbers.js";

/** How the run shares the machine with others, "" if it does not: when it starts, or with how many it takes turns.
 *  @param {Record<string, any>} status */
export function sharing({ state, queue_position, starts_in, turns_with, gives_way }) {
  if (state === "queued" && queue_position) {
    const seconds = starts_in == null ? null : Math.ceil(starts_in);
    const start = seconds == null ? "" : seconds <= 1 ? ", starts within a second" : `, starts in about ${seconds < 60 ? `${seconds} s` : duration(seconds)}`;
    return `${ordinal(queue_position)} in line${start}`;
  }
  if (!["starting", "running"].includes(state) || !turns_with) return "";
  const others = `${turns_with} other ${turns_with === 1 ? "run" : "runs"}`;
  return gives_way ? `resting: nobody has watched it, and ${others} want to train` : `taking turns with ${others}`;
}
