/** The inside of a block's card: its chain of layers, or its branches side by side. */

import { element, say } from "./component.js";
import { iconButton } from "./network_icons.js";
import { chainsOf, numbered, shortcutParameters } from "./network_paths.js";
import { plural } from "./numbers.js";

/**
 * @param {import("./network_model.js").Variant} variant
 * @param {import("./network_chain.js").Act} act
 * @param {typeof import("./network_chain.js").chainView} makeChain
 */
export function blockBody(variant, act, makeChain) {
  let path = "";
  let branches = /** @type {ReturnType<typeof branchView>[]} */ ([]);
  const several = variant.branches > 1;
  const list = element("div", { class: "pg-branches", "data-several": several });
  const add = /** @type {HTMLButtonElement} */ (element("button", { type: "button", class: "pg-add pg-add-branch" }, "Add a branch"));
  const note = element("p", { class: "pg-inside-note" });
  const root = element("div", { class: "pg-inside" }, note, list);
  if (several) root.append(add);
  add.addEventListener("click", () => act.edit({ op: "add_branch", path }));

  return {
    root,
    /** @param {any} layer @param {string} at  the block's path @param {import("./network_model.js").Tensor|null} tensor @param {import("./network_chain.js").Scene} scene */
    update(layer, at, tensor, scene) {
      path = at;
      const chains = chainsOf(layer);
      const shortcut = shortcutParameters(layer);
      say(note, shortcut ? `${variant.inside} · ${plural(shortcut, "parameter")} in the shortcut, to match the shapes` : variant.inside);
      for (const branch of branches.splice(chains.length)) {
        branch.destroy();
        branch.root.remove();
      }
      while (branches.length < chains.length) {
        branches.push(branchView(several, act, makeChain));
        list.append(branches.at(-1).root);
      }
      branches.forEach((branch, index) => branch.update(`${at}.${chains[index].name}`, chains[index].layers, tensor, index, chains.length, scene));
      add.disabled = scene.disabled || chains.length >= variant.branches;
    },
    pending: () => branches.some((branch) => branch.pending()),
    destroy: () => branches.forEach((branch) => branch.destroy()),
  };
}

function branchView(several, act, makeChain) {
  let path = "";
  const name = element("span", { class: "pg-branch-name" });
  const remove = iconButton("remove", "Remove this branch");
  const empty = element("p", { class: "pg-branch-empty" }, "Empty: passes its input through.");
  const add = /** @type {HTMLButtonElement} */ (
    element("button", { type: "button", class: "pg-add", "aria-haspopup": "dialog", "aria-expanded": "false" }, "Add a layer")
  );
  const chain = makeChain("Layers in this block, from its input to its output", act);
  const root = element("div", { class: "pg-branch", role: several ? "group" : "presentation" }, chain.root, empty, add);
  if (several) root.prepend(element("div", { class: "pg-branch-head" }, name, remove));
  add.addEventListener("click", () => act.insert(`${path}[0]`, add));
  remove.addEventListener("click", () => act.edit({ op: "remove_branch", path }));

  return {
    root,
    update(at, layers, tensor, index, count, scene) {
      path = at;
      say(name, `Branch ${index + 1}`);
      if (several) root.setAttribute("aria-label", `Branch ${index + 1} of ${count} of layer ${numbered(at.slice(0, at.lastIndexOf(".")))}`);
      root.dataset.empty = String(layers.length === 0);
      empty.hidden = add.hidden = layers.length > 0;
      add.disabled = scene.disabled;
      remove.disabled = scene.disabled || count === 1;
      chain.update(at, layers, tensor, "", scene);
    },
    pending: chain.pending,
    destroy: chain.destroy,
  };
}
