/**
 * What the network becomes by edits that were just sent, asked of the server beside the page: its shapes are on the screen before the page's
 * script, which changes the experiment, has run. Where no answer comes, that of the page is waited for.
 */

const PATIENCE_MS = 2000;
/** @typedef {{nonce: string, op: string}} Edit */

/** @typedef {{steps: string[], nonces: string[], state: any}} Answer  steps: the token of the network before the edits, and after each */
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
 * How many of the edits that are waited for an answer holds: it is of use as long as the page has the network from which the question
 * began, or that after some of its edits. 0 where it is not.
 *
 * @param {Answer|null} answer @param {string} base  of the page's network @param {Edit[]} waiting
 */
export function held(answer, base, waiting) {
  if (!answer) return 0;
  const { steps, nonces } = answer;
  for (let done = 0; done < nonces.length; done++) {
    const rest = nonces.slice(done);
    if (steps[done] === base && rest.length <= waiting.length && rest.every((nonce, index) => nonce === waiting[index].nonce)) return rest.length;
  }
  return 0;
}

/** @param {() => void} answered */
export function previews(answered) {
  let known = /** @type {Answer|null} */ (null);
  let asking = /** @type {AbortController|null} */ (null);

  return {
    /** The state after the first edits, and how many they are; null where it is not known. @param {string} base @param {Edit[]} waiting */
    of(base, waiting) {
      const count = held(known, base, waiting);
      return known && count ? { state: known.state, count } : null;
    },
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
          const begun = asked.base === before.base ? [before.base] : [before.base, asked.base];
          known = { steps: [...begun, ...state.path], nonces: edits.map((edit) => edit.nonce), state };
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
