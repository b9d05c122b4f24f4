/** The place of the table of runs, below the views: nothing above it moves when a run is added. */

import { component } from "./component.js";
import { tablePlace } from "./earlier_runs.js";

class RunTable {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
    tablePlace.offer(root);
  }

  update() {}

  destroy() {
    tablePlace.withdraw(this.root);
  }
}

export default component((root) => new RunTable(root), ["live.css"]);
