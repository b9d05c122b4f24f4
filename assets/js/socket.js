/**
 * One WebSocket per run and page, shared by all components that follow the run.
 *
 * A channel keeps what it has received, so that components that start later have it at once. A lost connection is reopened with increasing
 * delays, and the run's history, which is sent again, fills the gap. While somebody looks back at an earlier moment, its views take the
 * place of the newest ones for all components.
 *
 * @typedef {{name: string, step: number, shape: number[], classes: string[], bounds?: [number, number], values: Float32Array}} View
 * @typedef {"connecting"|"open"|"reconnecting"|"refused"} Connection  refused: there is no such run; the channel does not try again
 * @typedef {{metrics: import("./metrics.js").Metric[], views: import("./live_view.js").Declared[]}} Declarations
 * @typedef {"series"|"status"|"view"|"connection"|"declared"|"moment"|"wants"} News
 * @typedef {(channel: Channel, news: News) => void} Listener
 * @typedef {Record<string, number[]>} Wants  views by name, with the indices of what is chosen in each, such as a layer
 */

import { socketUrl } from "./reconnecting_socket.js";
import { SharedSocket, SharedSockets } from "./shared_socket.js";
import { append, empty } from "./timeline.js";

/** A view from its binary frame: header length (uint32), JSON header, float32 values. @param {ArrayBuffer} buffer @returns {View} */
export function readView(buffer) {
  const length = new DataView(buffer).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
  return { ...header, values: new Float32Array(buffer.slice(4 + length)) };
}

/** All that is looked at, always in the same order. @param {Wants[]} wants @returns {Wants} */
export function together(wants) {
  const names = [...new Set(wants.flatMap(Object.keys))].sort();
  return Object.fromEntries(names.map((name) => [name, [...new Set(wants.flatMap((views) => views[name] ?? []))].sort((a, b) => a - b)]));
}

/** @extends {SharedSocket<Listener>} */
export class Channel extends SharedSocket {
  /** @param {string} url @param {(url: string) => WebSocket} [open] */
  constructor(url, open) {
    super(url, open);
    this.series = empty();
    /** @type {Record<string, any>|null} */
    this.status = null;
    /** What the run declares; null until its history has come. @type {Declarations|null} */
    this.declared = null;
    /** The newest views. @type {Map<string, View>} */
    this.newest = new Map();
    /** The earlier moment that is looked back at; null for now. @type {import("./rewind_model.js").Moment|null} */
    this.moment = null;
    /** What has changed while the run went on. @type {import("./change_marks_model.js").Change[]} */
    this.changes = [];
    /** @type {Connection} */
    this.connection = "connecting";
    this.error = "";
    /** The views that each component shows. @type {Map<object, Wants>} */
    this.wants = new Map();
    this.said = "";
    this.connect();
  }

  opened() {
    this.said = "";
    this.sayWants();
  }

  /** What a component looks at from now on: only views that somebody looks at are computed. @param {object} who @param {Wants} views  {} for nothing */
  want(who, views) {
    if (Object.keys(views).length) this.wants.set(who, views);
    else this.wants.delete(who);
    this.sayWants();
    this.notify("wants");
  }

  /** Tells the server what all components look at together, if it is something else than before. */
  sayWants() {
    const message = JSON.stringify({ type: "look", views: together([...this.wants.values()]) });
    if (message === this.said || !this.canSend(() => this.sayWants())) return;
    this.said = message;
    this.socket?.send(message);
  }

  /** @param {string|ArrayBuffer} data */
  receive(data) {
    if (typeof data !== "string") {
      const view = readView(data);
      this.newest.set(view.name, view);
      if (!this.moment) this.notify("view");
      return;
    }
    const message = JSON.parse(data);
    if (message.type === "error") {
      this.error = message.message;
      return;
    }
    if (message.type === "history") {
      this.series = empty();
      this.declared = message.declared ?? null;
      this.notify("declared");
    }
    append(this.series, message.series);
    this.changes = message.changes ?? this.changes;
    this.status = message.status;
    if (this.connection !== "open") {
      this.connection = "open";
      this.notify("connection");
    }
    this.notify("status");
    this.notify("series");
  }

  /** The views to show. */
  get views() {
    return this.moment?.views ?? this.newest;
  }

  /** Shows an earlier moment, or for null what is new. @param {import("./rewind_model.js").Moment|null} moment */
  look(moment) {
    if (moment === this.moment) return;
    this.moment = moment;
    this.notify("moment");
    this.notify("view");
  }

  lost() {
    this.connection = this.isOver ? "refused" : "reconnecting";
    this.notify("connection");
  }

  /** @param {News} news */
  notify(news) {
    this.tell(this, news);
  }
}

/** @type {SharedSockets<Channel>} */
const channels = new SharedSockets((run) => new Channel(socketUrl(`live/${encodeURIComponent(run)}`)));

/**
 * Follows a run. The listener is called at once with what is known, then for everything received later.
 *
 * @param {string} run  its address, for watching or for control
 * @param {Listener} listener
 * @returns {() => void} stops following
 */
export function follow(run, listener) {
  const [channel, stop] = channels.listen(run, listener);
  for (const news of /** @type {News[]} */ (["connection", "declared", "status", "series", "view"])) listener(channel, news);
  return stop;
}
