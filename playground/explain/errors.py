"""What a user of attributions can do wrong."""

import difflib
from collections.abc import Iterable


class ExplainError(Exception):
    """A question that cannot be answered: the message names the place, the rule, the value and the remedy."""


def unknown(what: str, given: object, known: Iterable[str]) -> ExplainError:
    """An error for a name that is not among the known ones, with the nearest that is."""
    names = list(known)
    near = difflib.get_close_matches(str(given)[:80], names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names) or 'none'}"
    return ExplainError(f"{what}: unknown {str(given)[:80]!r}; {hint}")
