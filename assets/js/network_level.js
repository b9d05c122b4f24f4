/** Whether the editor shows only what beginners need, or everything. Stored in this browser, and exposed to the page's styles. */

import { element, remember, remembered } from "./component.js";

/** @typedef {"beginner"|"advanced"} Level */

/** @param {() => void} changed */
export function levelSwitch(changed) {
  const read = () => /** @type {Level} */ (remembered("network", { level: "beginner" }).level === "advanced" ? "advanced" : "beginner");
  let level = read();
  const root = element(
    "button",
    { type: "button", role: "switch", class: "pg-level", title: "Show all layer types, all settings, FLOPs and memory" },
    element("i", { class: "pg-knob", "aria-hidden": "true" }),
    "Advanced",
  );
  const show = () => {
    root.setAttribute("aria-checked", String(level === "advanced"));
    document.documentElement.dataset.pgLevel = level;
  };
  root.addEventListener("click", () => {
    level = level === "advanced" ? "beginner" : "advanced";
    remember("network", { level });
    show();
    changed();
  });
  show();
  return { root, now: () => level };
}
