/** A chain of layers as cards, with the tensors between them: the network itself, or the inside of a block. */

import { element } from "./component.js";
import { layerCard, tensorGap } from "./network_card.js";
import { matchLayers } from "./network_model.js";

let created = 0;

/**
 * @typedef {{edit: (operation: object) => void, insert: (path: string, opener: HTMLElement) => void, more: (path: string, opener: HTMLElement) => void}} Act
 *   more: opens the menu of the layer at a path
 * @typedef {{network: any[], variants: Map<string, any>, disabled: boolean, largest: number, error: {path: string, text: string}|null,
 *   level: import("./network_level.js").Level, scale: number, names: string[]}} Scene  scale: of the tensors; names: of the data's features, if formulas use them
 *
 * @param {string} label  for screen readers
 * @param {Act} act
 * @param {...Node} beside  shown below its input
 */
export function chainView(label, act, ...beside) {
  let path = "";
  let cards = /** @type {ReturnType<typeof layerCard>[]} */ ([]);
  let shown = /** @type {any[]} */ ([]);
  const input = tensorGap(() => `${path}[0]`, act.insert);
  const start = element("li", { class: "pg-step" }, input.root, ...beside);
  const root = element("ol", { class: "pg-layers", "aria-label": label }, start);

  return {
    root,
    /** @param {string} chain  its path @param {any[]} layers @param {import("./network_model.js").Tensor|null} tensor  its input @param {string} note @param {Scene} scene */
    update(chain, layers, tensor, note, scene) {
      path = chain;
      const ids = matchLayers(cards.map((card, index) => ({ id: card.id, layer: shown[index] })), layers);
      const known = new Map(cards.map((card) => [card.id, card]));
      shown = layers;
      cards = layers.map((layer, index) => {
        const id = ids[index];
        const card = id === null ? undefined : known.get(id);
        if (card) known.delete(id);
        return card ?? layerCard(++created, scene.variants.get(layer.kind), act, chainView);
      });
      for (const card of known.values()) {
        card.destroy();
        card.root.remove();
      }
      let before = /** @type {Element} */ (start);
      let incoming = tensor;
      cards.forEach((card, index) => {
        if (before.nextElementSibling !== card.root) before.after(card.root);
        before = card.root;
        card.update(layers[index], { path: `${chain}[${index}]`, count: cards.length, tensor: incoming }, scene);
        incoming = layers[index].row?.tensor_out ?? null;
      });
      input.update(tensor, scene, null, note);
    },
    /** Whether a field contains input that the spec does not have yet. @returns {boolean} */
    pending: () => cards.some((card) => card.pending()),
    destroy() {
      for (const card of cards) card.destroy();
    },
  };
}
