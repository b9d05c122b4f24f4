/**
 * What is said of a room, its seats and its board. Pure.
 *
 * @typedef {{number: number, name: string, color: string, animal: string, state: "here"|"away"|"removed", run: string|null}} Seat
 * @typedef {{run: string, summary: string, parameters: number|null} & import("./my_runs_model.js").Standing} SeatRun
 * @typedef {{rank: number|null, seat?: number, mine?: boolean, name: string, color: string, value: number, parameters: number, meets: boolean}} Entry
 * @typedef {{sentence: string, title: string, format: "number"|"percent"|"value", most_parameters: number|null}} Challenge
 * @typedef {{rank: number|null, of: number, value: number, parameters: number, meets: boolean}} Standing
 */

import { text } from "./metrics.js";
import { moves, resultText, shape, stateText } from "./my_runs_model.js";
import { ordinal, plural } from "./numbers.js";

const TROUBLED = ["failed", "refused", "diverged", "interrupted"];

/** The code as people read it aloud: "CDF 347". @param {string} code */
export const spaced = (code) => code.replace(/^(.{3})(?=.)/, "$1 ");

/** @param {{members: number}|null} state */
export function membersText(state) {
  if (!state) return "";
  return state.members === 0 ? "Nobody has joined yet" : `${plural(state.members, "student")} ${state.members === 1 ? "has" : "have"} joined`;
}

/** Until when a room is open, in the visitor's time. @param {string} closes  ISO 8601 @param {Date} now */
export function closesText(closes, now) {
  const when = new Date(closes);
  const time = when.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  const isToday = when.toDateString() === now.toDateString();
  return `Open until ${time}${isToday ? "" : ` on ${when.toLocaleDateString("en-GB", { weekday: "long" })}`}, longer while it is in use`;
}

/** The run of a seat, undefined if it has none or has started another one since. @param {Seat} seat @param {Record<string, SeatRun>} runs */
export function runOf(seat, runs) {
  const run = runs[seat.number];
  return run && run.run === seat.run ? run : undefined;
}

/** What a seat does, in words. @param {Seat} seat @param {SeatRun|undefined} run */
export const seatText = (seat, run) => (run ? stateText(/** @type {any} */ (run)) : seat.run ? "starting" : "no run yet");

/** A seat and its run, for those who do not see the tile. @param {Seat} seat @param {SeatRun|undefined} run @param {Challenge|null} challenge */
export function seatLabel(seat, run, challenge = null) {
  const parts = [`${seat.name}${seat.state === "away" ? ", away" : ""}: ${seatText(seat, run)}`];
  if (run?.result) parts.push(`${run.result.title} ${resultText(/** @type {any} */ (run))}`);
  if (run && breaks(run, challenge)) parts.push(sizeText(run, challenge));
  if (run) parts.push(shape(run.sparkline), run.summary);
  return `${parts.join(". ")}. Choose what to do`;
}

/** What the class is doing: "24 seats: 12 training, 2 in trouble, 3 without a run". @param {Seat[]} seats @param {Record<string, SeatRun>} runs */
export function tally(seats, runs) {
  if (!seats.length) return "";
  const all = seats.map((seat) => ({ seat, run: runOf(seat, runs) }));
  const counts = [
    [all.filter(({ run }) => run && moves(/** @type {any} */ (run)) && run.state !== "paused").length, "training"],
    [all.filter(({ run }) => run?.state === "paused").length, "paused"],
    [all.filter(({ run }) => run && ["finished", "stopped"].includes(run.state)).length, "finished"],
    [all.filter(({ run }) => run && TROUBLED.includes(run.state)).length, "in trouble"],
    [all.filter(({ seat }) => !seat.run).length, "without a run"],
    [seats.filter(({ state }) => state === "away").length, "away"],
  ].filter(([count]) => count);
  return [plural(seats.length, "seat"), counts.map(([count, what]) => `${count} ${what}`).join(", ")].filter(Boolean).join(": ");
}

/** In which order the wall can be shown. By name and by arrival, tiles keep their place. @type {Record<string, [string, (a: {seat: Seat, run?: SeatRun}, b: {seat: Seat, run?: SeatRun}) => number]>} */
export const ORDERS = {
  arrival: ["As they joined", () => 0],
  name: ["By name", (a, b) => a.seat.name.localeCompare(b.seat.name)],
  result: ["Best result first", (a, b) => byResult(a.run, b.run)],
  help: ["In trouble first", (a, b) => need(b) - need(a)],
};

/** @param {SeatRun|undefined} a @param {SeatRun|undefined} b */
function byResult(a, b) {
  if (!a?.result || !b?.result) return Number(!a?.result) - Number(!b?.result);
  return a.result.title.localeCompare(b.result.title) || (a.result.better === "higher" ? b.result.value - a.result.value : a.result.value - b.result.value);
}

/** @param {{seat: Seat, run?: SeatRun}} one */
const need = ({ seat, run }) => (run && TROUBLED.includes(run.state) ? 2 : !seat.run && seat.state === "here" ? 1 : 0);

/** Seats with their runs, in an order of `ORDERS`. @param {Seat[]} seats @param {Record<string, SeatRun>} runs @param {string} order */
export function arranged(seats, runs, order) {
  const [, compare] = ORDERS[order] ?? ORDERS.arrival;
  return seats.map((seat) => ({ seat, run: runOf(seat, runs) })).sort((a, b) => compare(a, b) || a.seat.number - b.seat.number);
}

/** A value that counts for the challenge. @param {Challenge} challenge @param {number} value */
export const valueText = (challenge, value) => text(/** @type {any} */ (challenge), value);

/** What the bound of a challenge allows. @param {Challenge} challenge */
export const allowedText = ({ most_parameters: most }) => `fewer than ${plural(most ?? Infinity, "parameter")} are allowed`;

/** The parameters of a run, and that they are more than the challenge allows: "203,530 parameters (too many)". @param {SeatRun|undefined} run @param {Challenge|null} challenge */
export function sizeText(run, challenge) {
  if (run?.parameters == null) return "";
  return `${plural(run.parameters, "parameter")}${breaks(run, challenge) ? " (too many)" : ""}`;
}

/** Whether a run breaks the bound of the challenge. @param {SeatRun} run @param {Challenge|null} challenge */
const breaks = ({ parameters }, challenge) => parameters !== null && challenge?.most_parameters != null && parameters >= challenge.most_parameters;

/** The network of a seat for its tile. @param {Seat} seat @param {SeatRun|undefined} run @param {Challenge|null} challenge */
export function networkText(seat, run, challenge) {
  if (!run) return seat.run ? "" : "no run yet";
  return `${breaks(run, challenge) ? `${sizeText(run, challenge)} · ` : ""}${withoutData(run.summary)}`;
}

/** Where a student stands: "2nd of 9 with 93.0 %, goal not met yet". @param {Standing|null} standing @param {Challenge} challenge */
export function standingText(standing, challenge) {
  if (!standing) return "no result yet";
  const value = valueText(challenge, standing.value);
  if (standing.rank === null) return `${value} with ${plural(standing.parameters, "parameter")}, not ranked: ${allowedText(challenge)}`;
  return `${ordinal(standing.rank)} of ${standing.of} with ${value}, ${standing.meets ? "goal met" : "goal not met yet"}`;
}

/** What a student does about the run that the class sees: what to ask for, and how it is called. @typedef {{what: "see"|"back"|"no", title: string}} Doing */

/** What concerns a student right now and needs no answer, each with the name of its look, and what can be done about it. What needs an answer is
 *  a card. @param {{paused: boolean, shown: {name: string, mine: boolean}|null}} state @param {Limits} limits
 *  @param {boolean} watching  whether the run that is shown is on the screen */
export function notices({ paused, shown }, limits, watching) {
  /** @type {{kind: string, text: string, acts?: Doing}[]} */
  const told = [];
  if (paused) told.push({ kind: "paused", text: "Paused by your teacher" });
  if (shown?.mine) told.push({ kind: "shown", text: "Your run is on show: stop", acts: { what: "no", title: "The class no longer sees your run" } });
  else if (shown && watching) told.push({ kind: "shown", text: "Back to my run", acts: { what: "back", title: `You are watching ${shown.name}` } });
  else if (shown) told.push({ kind: "shown", text: `See the run of ${shown.name}`, acts: { what: "see", title: "Your teacher shows it to the class. Yours goes on" } });
  if (limits.locked.length || limits.hidden.length) told.push({ kind: "locked", text: limitsText(limits, 2) });
  return told;
}

/** What the teacher locks and hides, as titles of parts. @typedef {{locked: string[], hidden: string[]}} Limits */

/** "Locked: Loss · Hidden: Export". @param {Limits} limits @param {number} most  that are named of each */
export function limitsText({ locked, hidden }, most) {
  const named = [["Locked", locked, "setting group"], ["Hidden", hidden, "part"]].filter(([, parts]) => parts.length);
  return named.map(([word, parts, what]) => `${word}: ${parts.length > most ? plural(parts.length, what) : parts.join(", ")}`).join(" · ");
}

const LONGEST_TASK = 160;
/** Characters of a task that a card shows. */

/** A task in one line. @param {string} task */
export function shortTask(task) {
  const line = task.trim().replace(/\s+/g, " ");
  return line.length > LONGEST_TASK ? `${line.slice(0, LONGEST_TASK - 20).replace(/\s\S*$/, "")} …` : line;
}

/**
 * What the teacher has just done for the class: a sentence for each, and what a student can do about it.
 *
 * @typedef {{experiment: number, waits: boolean, task: string, challenge: Challenge|null} & Limits} Given
 * @param {Given} before @param {Given} after
 * @returns {{text: string, act?: "undo"|"read"}[]}
 */
export function deeds(before, after) {
  const told = [];
  if (after.experiment > before.experiment && !after.waits) told.push({ text: "Your teacher's experiment is open on the playground.", act: "undo" });
  if (after.task && after.task !== before.task) told.push({ text: `Your teacher has set a task: ${shortTask(after.task)}`, act: shortTask(after.task).endsWith(" …") ? "read" : undefined });
  if (after.challenge && after.challenge.sentence !== before.challenge?.sentence) told.push({ text: `A challenge: ${after.challenge.sentence}.` });
  for (const [did, undid, now, then] of [["locked", "You can change again", after.locked, before.locked], ["hidden", "Visible again", after.hidden, before.hidden]]) {
    const [added, freed] = [now.filter((part) => !then.includes(part)), then.filter((part) => !now.includes(part))];
    if (added.length) told.push({ text: `Your teacher has ${did}: ${added.join(", ")}.` });
    if (freed.length) told.push({ text: `${undid}: ${freed.join(", ")}.` });
  }
  return told;
}

/** The deeds shown together: those not read yet, then the new ones, the newest last. @param {ReturnType<typeof deeds>} told @param {ReturnType<typeof deeds>} more */
export const together = (told, more) => [...told.filter(({ text }) => !more.some((deed) => deed.text === text)), ...more];

/** What happens to a question of the teacher, "" without one. @param {{seat: number, answer: string}|null} asked @param {Seat[]} seats */
export function askedText(asked, seats) {
  const name = asked && seats.find(({ number }) => number === asked.seat)?.name;
  if (!name) return "";
  return asked.answer === "no" ? `${name} would rather not show it.` : `${name} is asked whether their run may be shown …`;
}

/** An experiment without its data, which a class usually has in common. @param {string} summary */
export const withoutData = (summary) => summary.split(" · ").slice(1).join(" · ") || summary;

/** The one line of the bar: what there is to do. @param {string} task @param {Challenge|null} challenge @param {Standing|null} standing */
export function summaryText(task, challenge, standing) {
  const line = task.split("\n").map((each) => each.trim()).find(Boolean) ?? "";
  const goal = challenge ? `${challenge.sentence} · you: ${standingText(standing, challenge)}` : "";
  return [line, goal].filter(Boolean).join(" — ") || "Your teacher sees the runs that you start here.";
}
