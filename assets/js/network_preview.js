/**
 * What the network becomes by edits that were just sent, asked of the server beside the page: its shapes are on the screen before the page's
 * script, which changes the experiment, has run. Where no answer comes, that of the page is waited for.
 */

const PATIENCE_MS = 2000;
const BY_THE_PAGE = ["undo", "redo", "fix"]; // which alone knows what was, and which remedies there are

/** @typedef {{nonce: string, op: string}} Edit */

/** Whether a question about these edits can be answered here. @param {string} base @param {Edit[]} edits */
export const askable = (base, edits) => base !== "" && edits.length > 0 && !edits.some((edit) => BY_THE_PAGE.includes(edit.op));

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
    /** @param {string} base  the token of the network before @param {Edit[]} edits @returns {Promise<boolean>} whether nothing else was asked meanwhile */
    async ask(base, edits) {
      asking?.abort();
      asking = null;
      if (!askable(base, edits)) return true;
      const question = (asking = new AbortController());
      const timer = setTimeout(() => question.abort(), PATIENCE_MS);
      try {
        const answer = await fetch(new URL("../../network/preview", import.meta.url), {
          method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ base, edits }), signal: question.signal,
        });
        const { state } = await answer.json();
        if (state && question === asking) {
          known = { base, nonces: edits.map((edit) => edit.nonce), state };
          answered();
        }
      } catch {
        // Overtaken by another edit, or the line is down: the page's own answer comes, or Streamlit tells of it.
      } finally {
        clearTimeout(timer);
      }
      return question === asking;
    },
    destroy: () => asking?.abort(),
  };
}
