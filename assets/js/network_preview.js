/**
 * Previews the network after edits by a separate request to the server, so that its shapes are on the screen before the page's script, which
 * changes the spec, has run. Without a response, the editor waits for that of the page.
 */

/** @typedef {{nonce: string, op: string}} Edit */

/** @typedef {{steps: string[], nonces: string[], state: any}} Preview  steps: the token of the network before the edits, and after each */
/** @typedef {{base: string, turns: Record<string, string|null>}} Known  the tokens of the page's network, and of those that undo and redo lead to */

/**
 * The network and edits that lead to the new network; null if only the page knows them, such as after two undos.
 *
 * @param {Known} known @param {Edit[]} edits @returns {{base: string, edits: Edit[]}|null}
 */
export function question({ base, turns }, edits) {
  if (!edits.length) return null;
  const turned = edits[0].op in turns;
  const [from, rest] = turned ? [turns[edits[0].op], edits.slice(1)] : [base, edits];
  return from && !rest.some((edit) => edit.op in turns) ? { base: from, edits: rest } : null;
}

/**
 * How many of the waiting edits a preview covers. It is valid as long as the page has the network that the request started from, or the one
 * after some of its edits. 0 if it is not.
 *
 * @param {Preview|null} preview @param {string} base  of the page's network @param {Edit[]} waiting
 */
export function covered(preview, base, waiting) {
  if (!preview) return 0;
  const { steps, nonces } = preview;
  for (let done = 0; done < nonces.length; done++) {
    const rest = nonces.slice(done);
    if (steps[done] === base && rest.length <= waiting.length && rest.every((nonce, index) => nonce === waiting[index].nonce)) return rest.length;
  }
  return 0;
}

/** @param {() => void} received */
export function previews(received) {
  let known = /** @type {Preview|null} */ (null);
  let asking = /** @type {AbortController|null} */ (null);

  return {
    /** The state after the first edits, and their number; null if unknown. @param {string} base @param {Edit[]} waiting */
    of(base, waiting) {
      const count = covered(known, base, waiting);
      return known && count ? { state: known.state, count } : null;
    },
    /** @param {Known} before @param {Edit[]} edits @returns {Promise<boolean>} whether no other request was made meanwhile */
    async ask(before, edits) {
      asking?.abort();
      asking = null;
      const asked = question(before, edits);
      if (!asked) return true;
      const control = (asking = new AbortController());
      try {
        const response = await fetch(new URL("../../network/preview", import.meta.url), {
          method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked), signal: control.signal,
        });
        const { state } = await response.json();
        if (state && control === asking) {
          const begun = asked.base === before.base ? [before.base] : [before.base, asked.base];
          known = { steps: [...begun, ...state.path], nonces: edits.map((edit) => edit.nonce), state };
          received();
        }
      } catch {
        // Superseded by another edit, or the connection is down: the page's own response will come, or Streamlit reports the problem.
      }
      return control === asking;
    },
    destroy: () => asking?.abort(),
  };
}
