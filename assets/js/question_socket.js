/** A socket on which a component asks a network questions as JSON: the newest one counts, and is asked again after an interruption. */

import { ReconnectingSocket, socketUrl } from "./reconnecting_socket.js";

export class QuestionSocket extends ReconnectingSocket {
  /** @param {string} path of the route, such as "generate/w123"
   *  @param {{onAnswer: (message: any) => void, onState: (state: "open"|"lost"|"gone") => void}} listener
   *  @param {(url: string) => WebSocket} [open] */
  constructor(path, listener, open) {
    super(socketUrl(path), open);
    this.listener = listener;
    this.seq = 0;
    /** @type {any} */
    this.newest = null;
    this.connect();
  }

  /** Asks a question; answers to earlier ones are ignored from now on. @param {Record<string, unknown>} question */
  ask(question) {
    this.seq += 1;
    this.newest = { ...question, seq: this.seq };
    this.send();
  }

  opened() {
    this.listener.onState("open");
    this.send();
  }

  /** @param {string} data */
  receive(data) {
    const message = JSON.parse(data);
    if (message.seq === undefined || message.seq === null || message.seq === this.seq) this.listener.onAnswer(message);
  }

  lost() {
    this.listener.onState(this.isOver ? "gone" : "lost");
  }

  send() {
    if (this.newest && this.canSend(() => this.send())) this.socket.send(JSON.stringify(this.newest));
  }
}
