/** Tells Streamlit when it comes to be on the screen, so that what has just been opened is drawn. */

import { component } from "./component.js";

export class WhenSeen {
  /** @param {HTMLElement} root */
  constructor(root) {
    root.classList.add("pg-when-seen");
    this.observer = new IntersectionObserver((entries) => {
      if (entries.some((entry) => entry.isIntersecting)) this.streamlit?.setTriggerValue("seen", true);
    });
    this.root = root;
  }

  /** @param {unknown} _ @param {import("./component.js").Streamlit} streamlit */
  update(_, streamlit) {
    if (!this.streamlit) this.observer.observe(this.root);
    this.streamlit = streamlit;
  }

  destroy() {
    this.observer.disconnect();
  }
}

export default component((root) => new WhenSeen(root));
