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
 * @typedef {"series"|"status"|"view"|"connection"|"declared"|"moment"} News
 * @typedef {(channel: Channel, news: News) => void} Listener
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
    /** The views that are sent only when asked for, and how many components show them now. @type {Map<string, number>} */
    this.asked = new Map();
    this.connect();
  }

  /** Asks for a view that is sent only then. @param {string} name @returns {() => void} no longer asks for it */
  ask(name) {
    const add = (more) => {
      const before = this.asked.get(name) ?? 0;
      if (before + more > 0) this.asked.set(name, before + more);
      else this.asked.delete(name);
      if (Boolean(before) !== Boolean(before + more)) this.sendAsked();
    };
    add(1);
    let over = false;
    return () => {
      if (!over) add(-1);
      over = true;
    };
  }

  sendAsked() {
    if (this.canSend(() => this.sendAsked())) this.socket.send(JSON.stringify({ views: [...this.asked.keys()] }));
  }

  opened() {
    if (this.asked.size) this.sendAsked();
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
