/** Tensors for tests, as the server sends them. */

const tensor = (axes, more = {}) => ({ axes, vocabulary: null, varies: false, ...more });

export const vector = (features) => tensor([["features", features]]);
export const sequence = (length, features, varies = false) => tensor([["length", length], ["features", features]], { varies });
export const symbols = (length, vocabulary, varies = false) => tensor([["length", length]], { vocabulary, varies });
export const image = (channels, height, width) => tensor([["channels", channels], ["height", height], ["width", width]]);
