/** The drawing component: a canvas and its tools on one side, the network's prediction on the other.
 *
 * data: address (of the network), classes (its classes), kept (the number of the last drawing that Python has received).
 * State for Python: `drawing`, {number, ink}: the ink as base64 of INK_SIDE × INK_SIDE bytes, "" if the canvas is empty. */

import { component, element } from "./component.js";
import { BRUSH, Paper } from "./draw_canvas.js";
import { INK_SIDE } from "./ink.js";
import { tool } from "./paper_tools.js";
import { Pace, base64 } from "./predict_protocol.js";
import { PredictSocket } from "./predict_socket.js";
import { PredictionView } from "./prediction.js";

const PAUSE_MILLISECONDS = 60;
const KEEP_MILLISECONDS = 250;
/** Events that precede any use of the rest of the page, by mouse, touch or keyboard. */
const LEAVING = ["pointerover", "pointerdown", "focusin", "keydown"];
/** The longest that a click waits until Python has the drawing. */
const PATIENCE_MILLISECONDS = 2000;


const KEYS = "Arrow keys move the pen (hold Shift for small steps), Space lowers and lifts it, B selects the brush, E the eraser, [ and ] change its size, Ctrl+Z undoes, Delete clears.";

class Draw {
  #socket = null;
  #address = null;
  #keeping = null;
  /** Number of the newest drawing sent to Python. */ #sent = 0;
  #kept = 0;
  /** @type {(() => void) | null} */ #waiting = null;
  /** @type {{seq: number, time: number} | null} The end of a stroke whose prediction is pending. */ #ended = null;
  #drawn = new MessageChannel();

  constructor(/** @type {HTMLElement} */ root) {
    this.root = root;
    this.view = new PredictionView();
    this.pace = new Pace(PAUSE_MILLISECONDS, () => this.#send(null));
    this.#build();
    this.paper = new Paper(this.stage, {
      onInk: (isEnd, time) => this.#inked(isEnd, time),
      onTools: () => this.#showTools(),
      onSay: (text) => (this.spoken.textContent = text),
    });
    this.#showTools();
    for (const kind of LEAVING) document.addEventListener(kind, this.#leaving, true);
    document.addEventListener("click", this.#clicked, true);
  }

  /** @param {{address: string, classes: string[], kept: number}} data @param {import("./component.js").Streamlit} streamlit */
  update({ address, classes, kept }, { setStateValue }) {
    this.keep = (number, ink) => setStateValue("drawing", { number, ink });
    this.#kept = kept;
    this.#sent = Math.max(this.#sent, kept); // numbers continue from an earlier page
    if (kept === this.#sent) this.#waiting?.();
    this.paper.repaint(); // The theme may have changed: ink has the text color.
    if (address === this.#address) return;
    this.#address = address;
    this.#socket?.close();
    this.view.clear(classes);
    this.#socket = new PredictSocket(address, {
      onResponse: (message) => this.#received(message),
      onState: (state) => this.#connection(state),
    });
    this.#inked(false, performance.now());
    // Python may not have received what was drawn before the page was left; and a message sent during mounting may be lost.
    if (!this.paper.isEmpty) this.#keepSoon();
  }

  destroy() {
    for (const kind of LEAVING) document.removeEventListener(kind, this.#leaving, true);
    document.removeEventListener("click", this.#clicked, true);
    this.pace.stop();
    clearTimeout(this.#keeping);
    this.#socket?.close();
    this.paper.destroy();
  }

  // From the canvas to the network

  #inked(isEnd, time) {
    const isEmpty = this.paper.isEmpty;
    this.stage.classList.toggle("pg-blank", isEmpty);
    if (isEmpty) {
      this.pace.stop();
      this.#socket.forget();
      this.#ended = null;
      this.view.empty();
    } else if (isEnd) {
      this.pace.stop();
      this.#send(time);
    } else {
      this.pace.soon();
    }
    if (isEnd) this.#keepSoon();
    else this.#keepNotYet(); // The current stroke will end soon, and Python's work would only delay predictions for it.
  }

  #send(/** @type {number | null} */ endTime) {
    const seq = this.#socket.send(INK_SIDE, INK_SIDE, this.paper.ink());
    if (endTime !== null) this.#ended = { seq, time: endTime };
  }

  #keepSoon() {
    clearTimeout(this.#keeping);
    this.#keeping = setTimeout(this.#keepNow, KEEP_MILLISECONDS);
  }

  #keepNotYet() {
    clearTimeout(this.#keeping);
    this.#keeping = null;
  }

  #keepNow = () => {
    this.#keepNotYet();
    this.#sent += 1;
    this.keep(this.#sent, this.paper.isEmpty ? "" : base64(this.paper.ink()));
  };

  /** A visitor who turns to another part of the page may leave it: a drawing that is due to be sent is sent first. */
  #leaving = (/** @type {Event} */ event) => {
    if (this.#keeping !== null && !this.root.contains(/** @type {Node} */ (event.composedPath()[0]))) this.#keepNow();
  };

  /** Delays a click until Python has the drawing: after a click on a link, the drawing would arrive too late, and Streamlit would take it for
   * a message from a page that no longer exists, and show no page. */
  #clicked = (/** @type {MouseEvent} */ event) => {
    const target = /** @type {Element} */ (event.composedPath()[0]);
    const control = this.root.contains(target) ? null : /** @type {HTMLElement | null} */ (target.closest("a[href], button"));
    const isPlain = event.isTrusted && !(event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (!control || !isPlain || this.#kept === this.#sent) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const go = () => {
      clearTimeout(patience);
      this.#waiting = null;
      control.click();
    };
    const patience = setTimeout(go, PATIENCE_MILLISECONDS);
    this.#waiting = () => setTimeout(go); // after the response that this is part of
  };

  // From the network to the screen

  #received(message) {
    if (message.error !== undefined) {
      if (message.empty) this.view.empty();
      else this.view.trouble(message.error);
    } else {
      this.view.show(message);
    }
    if (this.#ended && message.seq >= this.#ended.seq) this.#measure(this.#ended.time);
  }

  /** Measures the time from the end of the stroke until the prediction is painted: a message posted in an animation frame arrives after it. */
  #measure(time) {
    this.#ended = null;
    requestAnimationFrame(() => {
      this.#drawn.port1.onmessage = () => {
        this.view.latency(performance.now() - time);
        this.view.announce();
      };
      this.#drawn.port2.postMessage(null);
    });
  }

  #connection(state) {
    if (state === "lost") this.view.trouble("Connection lost. Reconnecting; your drawing is kept.");
    if (state === "open") this.view.calm();
  }

  // Elements

  #build() {
    const keys = element("details", { class: "pg-paper-keys pg-draw-keys" }, element("summary", {}, "Keyboard controls"), element("p", {}, `First focus the canvas with Tab or a click. ${KEYS}`));
    this.spoken = element("p", { class: "pg-visually-hidden", role: "status" });
    const paper = element("div", { class: "pg-draw" }, this.#buildStage(), this.#buildTools(), keys, this.spoken);
    this.root.append(element("div", { class: "pg-draw-frame" }, element("div", { class: "pg-draw-layout" }, paper, this.view.root)));
  }

  #buildStage() {
    const canvas = element("canvas", {
      tabindex: 0,
      role: "application",
      "aria-roledescription": "drawing canvas",
      "aria-label": `Draw a digit. ${KEYS}`,
    });
    const hint = element("p", { class: "pg-draw-hint", "aria-hidden": "true" }, element("strong", {}, "Draw a digit"), "0 to 9, large, with mouse, finger or pen");
    this.stage = element("div", { class: "pg-paper pg-draw-stage pg-blank" }, canvas, hint, element("div", { class: "pg-paper-ring", hidden: true }));
    return this.stage;
  }

  #buildTools() {
    const button = (name, label, keys, act) => tool(name, label, `${label} (${keys})`, act);
    this.tools = {
      brush: button("brush", "Brush", "B", () => this.paper.use({ erasing: false })),
      eraser: button("eraser", "Eraser", "E", () => this.paper.use({ erasing: true })),
      undo: button("undo", "Undo", "Ctrl+Z", (time) => this.paper.undo(time)),
      redo: button("redo", "Redo", "Ctrl+Shift+Z", (time) => this.paper.redo(time)),
      clear: button("clear", "Clear", "Delete", (time) => this.paper.clear(time)),
    };
    this.tools.clear.append("Clear");
    this.size = element("input", { type: "range", min: BRUSH.least, max: BRUSH.most, step: BRUSH.step, "aria-label": "Brush size" });
    this.size.addEventListener("input", () => this.paper.use({ brush: Number(this.size.value) }));
    return element(
      "div", { class: "pg-draw-tools", role: "toolbar", "aria-label": "Drawing tools" },
      element("div", { class: "pg-group" }, this.tools.brush, this.tools.eraser),
      element("label", { class: "pg-draw-size" }, element("span", {}, "Size"), this.size),
      element("div", { class: "pg-group" }, this.tools.undo, this.tools.redo),
      this.tools.clear,
    );
  }

  #showTools() {
    if (!this.paper) return;
    this.tools.brush.setAttribute("aria-pressed", String(!this.paper.erasing));
    this.tools.eraser.setAttribute("aria-pressed", String(this.paper.erasing));
    this.tools.undo.disabled = !this.paper.canUndo;
    this.tools.redo.disabled = !this.paper.canRedo;
    this.tools.clear.disabled = this.paper.isEmpty;
    this.size.value = String(this.paper.brush);
  }
}

export default component((root) => new Draw(root), ["paper.css", "draw.css"]);
