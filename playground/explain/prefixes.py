"""What a network answers after each step of a sequence, as if it ended there."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from playground.explain.errors import ExplainError
from playground.explain.isolation import embeddings, isolated, outputs_of, placed, valid_steps

_MOST_PREFIXES = 256
_MOST_STEPS = 40_000
"""Of all prefixes together: about a second for a small recurrent layer."""
_MOST_PRODUCTS = 3_000_000_000
"""Steps times weights: a few seconds."""


@dataclass(frozen=True, eq=False)
class Prefixes:
    """steps: (S,) the last steps of the prefixes, ascending; the last one is that of the whole sequence. outputs: (S, K), the network's
    outputs for each prefix; where there is an answer at every step, that of its last one."""

    steps: tuple[int, ...]
    outputs: Tensor


def outputs_of_prefixes(model: nn.Module, x: Tensor) -> Prefixes:
    """x: (1, L) symbols or (1, L, F) numbers → the outputs for the sequence cut after each valid step, computed on a copy, on the CPU. Of a
    long sequence not every step has a prefix; they are spread evenly.

    Raises: ExplainError if x is not one sequence, or the network takes only sequences of one length."""
    twin = isolated(model)
    whole = placed(x, twin)
    mask = valid_steps(whole, twin)
    if len(whole) != 1 or (mask is None and whole.ndim != 3):
        raise ExplainError(f"x: must be one sequence, (1, L) symbols or (1, L, F) numbers, got {tuple(x.shape)}")
    length = whole.shape[1] if mask is None else int(mask.sum())
    weights = sum(parameter.numel() for parameter in twin.parameters()) - sum(table.weight.numel() for table in embeddings(twin))
    steps = spread(length, min(_MOST_STEPS, _MOST_PRODUCTS // max(1, weights)))
    outputs = []
    for step in reversed(steps):  # the whole sequence first: if that fails, it is not because of its length
        try:
            out = outputs_of(twin, whole[:, : step + 1])
        except ExplainError:
            if step == length - 1:
                raise
            raise ExplainError(f"the network takes only sequences of {length} steps, so it has no answer before the last one") from None
        outputs.append(out[0] if out.ndim == 2 else out[0, -1])
    return Prefixes(steps, torch.stack(outputs[::-1]).cpu())


def spread(length: int, most: int) -> tuple[int, ...]:
    """The last steps of the prefixes of a sequence, so many that they need about `most` steps together; at least that of the whole."""
    count = max(1, min(length, _MOST_PREFIXES, 2 * most // length))
    return tuple(sorted({int(step) for step in np.linspace(length - 1, 0, count).round()}))
