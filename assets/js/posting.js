/** A button that sends something to a route of the app, and then opens a page anew. Root: `.pg-posting`.
 *
 * data: label, path, body, then. */

import { component, element, say } from "./component.js";

const root = new URL("../../", import.meta.url);
const AWAY = "The server does not answer. Check the connection, then try again.";

class Posting {
  /** @param {HTMLElement} box */
  constructor(box) {
    this.button = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-button pg-primary" }));
    this.problem = element("p", { class: "pg-problem", role: "alert", hidden: true });
    this.button.onclick = () => this.send();
    box.append(element("div", { class: "pg-posting" }, this.button, this.problem));
  }

  /** @param {{label: string, path: string, body: string, then: string}} data */
  update(data) {
    this.data = data;
    say(this.button, data.label);
  }

  async send() {
    const { path, body, then } = this.data;
    this.button.disabled = true;
    const response = await fetch(new URL(path, root), { method: "POST", body, headers: { "content-type": "text/plain" } }).catch(() => null);
    if (response?.ok) return void location.assign(new URL(then, root).href);
    say(this.problem, response ? await response.text() : AWAY);
    this.problem.hidden = false;
    this.button.disabled = false;
  }

  destroy() {}
}

export default component((box) => new Posting(box), ["runs_list.css"]);
