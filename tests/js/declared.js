/** Declarations for tests, as Python sends them. */

export const LOSS = {
  name: "loss", title: "loss", chart: "loss", format: "number", better: "lower", splits: ["train", "test"], every_step: true, phrase: "test loss {}",
};
export const ACCURACY = {
  name: "accuracy", title: "accuracy", chart: "accuracy", format: "percent", better: "higher", splits: ["train", "test"], every_step: false,
  phrase: "{} of test examples correct",
};

/** A view of a form. */
export const declaredView = (name, form, more) => ({
  name, title: `The ${name}`, tab: name, form, caption: `How to read the ${name}.`, axes: [], classes: [], bounds: null, shown: true, ...more,
});
