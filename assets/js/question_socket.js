/** A socket on which a component asks a network questions as JSON: the newest one counts, and is asked again after an interruption. */

import { backoff } from "./predict_protocol.js";
import { socketUrl } from "./shared_socket.js";

const GONE = 4404;
const FORBIDDEN = 4403;

export class QuestionSocket {
  /** @param {string} path of the route, such as "generate/w123"
   *  @param {{onAnswer: (message: any) => void, onState: (state: "open"|"lost"|"gone") => void}} listener
   *  @param {(url: string) => WebSocket} [open] */
  constructor(path, listener, open = (url) => new WebSocket(url)) {
    this.path = path;
    this.listener = listener;
    this.open = open;
    this.seq = 0;
    this.attempt = 0;
    this.closed = false;
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

  close() {
    this.closed = true;
    clearTimeout(this.timer);
    this.socket.close();
  }

  connect() {
    const socket = (this.socket = this.open(socketUrl(this.path)));
    socket.onopen = () => {
      this.attempt = 0;
      this.listener.onState("open");
      this.send();
    };
    socket.onmessage = ({ data }) => {
      if (this.closed) return;
      const message = JSON.parse(data);
      if (message.seq === undefined || message.seq === null || message.seq === this.seq) this.listener.onAnswer(message);
    };
    socket.onclose = ({ code }) => {
      if (this.closed) return;
      const isFinal = code === GONE || code === FORBIDDEN;
      this.listener.onState(isFinal ? "gone" : "lost");
      if (!isFinal) this.timer = setTimeout(() => this.connect(), backoff(this.attempt++));
    };
  }

  send() {
    if (this.newest && this.socket.readyState === 1) this.socket.send(JSON.stringify(this.newest));
  }
}
