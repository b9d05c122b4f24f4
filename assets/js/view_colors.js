/** The colors of the theme, as the forms of views need them. */

/** Colors of classes; with more classes they repeat. */
const CLASSES = 10;

/** @param {Element} node  inside of a component */
export function viewColors(node) {
  const styles = getComputedStyle(node);
  const value = (name) => styles.getPropertyValue(name).trim();
  return {
    text: value("--st-text-color"), muted: value("--pg-muted"), grid: value("--pg-grid"), border: value("--st-border-color"),
    surface: value("--st-background-color"), font: value("--st-font"), mono: value("--st-code-font") || "monospace", positive: value("--pg-positive"), negative: value("--pg-negative"),
    train: value("--pg-train"), test: value("--pg-test"), magnitude: value("--pg-magnitude"),
    classes: Array.from({ length: CLASSES }, (_, number) => value(`--pg-class-${number}`)),
  };
}
