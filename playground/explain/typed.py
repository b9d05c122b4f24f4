"""A sequence that a person typed, as far as a network reads it."""

from dataclasses import dataclass

from playground.catalog.datasets import Dataset
from playground.catalog.tasks import NextSymbol
from playground.catalog.tensors import Array


@dataclass(frozen=True, eq=False)
class TypedSteps:
    """steps: (l,) symbols or (l, F) numbers. tokens: what each symbol was in the text; None for numbers. note: which steps are read, if
    there are too many; otherwise ""."""

    steps: Array
    tokens: list[str] | None
    note: str = ""


def typed_steps(data: Dataset, text: str) -> TypedSteps:
    """Of a text with more steps than the network reads, the last ones if it predicts the next symbol, otherwise the first.

    Raises: ValueError naming what cannot be read."""
    steps, tokens, length = data.encoding.read(text), data.encoding.tokens(text), data.tensor.size("length")
    if len(steps) <= length:
        return TypedSteps(steps, tokens)
    last = isinstance(data.task, NextSymbol)
    part = slice(-length, None) if last else slice(length)
    note = f"The network reads {length:,} steps at most: only the {'last' if last else 'first'} {length:,} of {len(steps):,} count."
    return TypedSteps(steps[part], None if tokens is None else tokens[part], note)
