/**
 * What the network becomes by edits that were just sent, asked of the server beside the page: its shapes are on the screen before the page's
 * script, which changes the experiment, has run. Where no answer comes, that of the page is waited for.
 */

const PATIENCE_MS = 2000;
/** @typedef {{nonce: string, op: string}} Edit */

/** @typedef {{base: string, turns: Record<string, string|null>}} Known  the tokens of the network that the page has, and of those that undo and redo bring */

/**
 * From which network, and by which edits, what will be is reached; null where only the page knows, as with two steps back.
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
 * Whether an answer is still of use: to the same network, and the first of the edits that are waited for.
 *
 * @param {{base: string, nonces: string[]}|null} known @param {string} base @param {Edit[]} waiting
 */
export const serves = (known, base, waiting) =>
  known !== null && known.base === base && known.nonces.length <= waiting.length && known.nonces.every((nonce, index) => nonce === waiting[index].nonce);

/** @param {() => void} answered */
export function previews(answered) {
  let known = /** @type {{base: string, nonces: string[], state: any}|null} */ (null);
  let asking = /** @type {AbortController|null} */ (null);

  return {
    /** The state after the first edits, and how many they are; null where it is not known. @param {string} base @param {Edit[]} waiting */
    of: (base, waiting) => (serves(known, base, waiting) ? { state: known.state, count: known.nonces.length } : null),
    /** @param {Known} before @param {Edit[]} edits @returns {Promise<boolean>} whether nothing else was asked meanwhile */
    async ask(before, edits) {
      asking?.abort();
      asking = null;
      const asked = question(before, edits);
      if (!asked) return true;
      const control = (asking = new AbortController());
      const timer = setTimeout(() => control.abort(), PATIENCE_MS);
      try {
        const answer = await fetch(new URL("../../network/preview", import.meta.url), {
          method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(asked), signal: control.signal,
        });
        const { state } = await answer.json();
        if (state && control === asking) {
          known = { base: before.base, nonces: edits.map((edit) => edit.nonce), state };
          answered();
        }
      } catch {
        // Overtaken by another edit, or the line is down: the page's own answer comes, or Streamlit tells of it.
      } finally {
        clearTimeout(timer);
      }
      return control === asking;
    },
    destroy: () => asking?.abort(),
  };
}
