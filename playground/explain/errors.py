"""Errors of this package."""

import difflib
from collections.abc import Iterable


class ExplainError(Exception):
    """A request that cannot be fulfilled: the message names the argument, the rule, the value and what to do."""


def unknown(what: str, name: object, known: Iterable[str]) -> ExplainError:
    """An error for an unknown name, with the closest known one."""
    names = list(known)
    near = difflib.get_close_matches(str(name)[:80], names, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"known: {', '.join(names) or 'none'}"
    return ExplainError(f"{what}: unknown {str(name)[:80]!r}; {hint}")
