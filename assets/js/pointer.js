/** The visitor's pointing device. */

/** Whether it is a finger: focusing a field then opens a keyboard over half of the screen. */
export const byFinger = () => matchMedia("(pointer: coarse)").matches;
