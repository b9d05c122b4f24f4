/** What the visitor points with. */

/** Whether it is a finger: a field that gets the focus then brings up a keyboard over half the screen. */
export const byFinger = () => matchMedia("(pointer: coarse)").matches;
