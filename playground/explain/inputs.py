"""Inputs of every kind as real numbers, so that each method can take gradients at them and replace them."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.explain.errors import ExplainError
from playground.explain.isolation import embeddings, outputs_of, pads_with_nan, valid_steps


@dataclass(frozen=True, eq=False)
class Numbers:
    """Examples as real numbers, and the network as a function of them.

    model: (values, *fixed) → (N, K). values: images and rows as they are, sequences of numbers with 0 at their padding, symbols as their
    vectors (N, L, W). fixed: tensors (N, …) that no method changes: they say which steps are valid, and whose answer is asked for.
    mask: valid steps (N, L), None if there is no padding. vectors: whether the last axis belongs to one symbol."""

    model: nn.Module
    values: Tensor
    fixed: tuple[Tensor, ...] = ()
    mask: Tensor | None = None
    vectors: bool = False

    @property
    def steps(self) -> int | None:
        """How many steps the examples have; None if they are no sequences."""
        return self.values.shape[1] if self.values.ndim == 3 else None

    def masked(self, values: Tensor) -> Tensor:
        """The values with 0 at the padding."""
        return values if self.mask is None else values.masked_fill(~self.mask.unsqueeze(2), 0.0)


def numbers_of(network: nn.Module, x: Tensor, step: int | Sequence[int] | None = None) -> Numbers:
    """network: an isolated copy. x: (N, …), placed beside it. step: whose answer is asked for, where there is one at every step: one for
    all examples or one for each; None for the last valid one.

    Raises: ExplainError if there is no such step, or the network cannot take x."""
    symbols = bool(embeddings(network))
    per_step = outputs_of(network, x[:1]).ndim == 3
    if not symbols and x.ndim != 3:
        if per_step:
            raise ExplainError("model: must return outputs (N, K), one row per example")
        if step is not None:
            raise _no_steps()
        return Numbers(network, x)
    mask = valid_steps(x, network)
    steps = _steps(step, x, mask, per_step)
    if not symbols:
        values = x if mask is None else x.masked_fill(~mask.unsqueeze(2), 0.0)
        return Numbers(_OfSteps(network), values, (x, steps), mask)
    with torch.no_grad():
        return Numbers(_OfVectors(network), vectors_of(network, x), (x, steps), mask, vectors=True)


def vectors_of(network: nn.Module, symbols: Tensor) -> Tensor:
    """The vectors (N, L, W) of symbols (N, L); those of several embeddings one after the other."""
    return torch.cat([table(symbols) for table in embeddings(network)], dim=2)


class _OfSteps(nn.Module):
    """A network for sequences of numbers (N, L, F). The padding is that of x, whatever the values are."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, values: Tensor, x: Tensor, steps: Tensor) -> Tensor:
        """values, x: (N, L, F). steps: (N,) → (N, K)."""
        padded = values.masked_fill(x.isnan().any(dim=2, keepdim=True), torch.nan) if pads_with_nan(self.network) else values
        return _answers(self.network(padded), steps)


class _OfVectors(nn.Module):
    """A network of symbols as a function of their vectors; the symbols themselves only say which steps are padding."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network
        self.tables = embeddings(network)

    def forward(self, vectors: Tensor, symbols: Tensor, steps: Tensor) -> Tensor:
        """vectors: (N, L, W) as `vectors_of` gives them. symbols: (N, L). steps: (N,) → (N, K)."""
        parts = torch.split(vectors, [table.embedding_dim for table in self.tables], dim=2)
        handles = [
            table.register_forward_hook(lambda module, inputs, output, part=part: part)
            for table, part in zip(self.tables, parts, strict=True)
        ]
        try:
            return _answers(self.network(symbols), steps)
        finally:
            for handle in handles:
                handle.remove()


def _answers(outputs: Tensor, steps: Tensor) -> Tensor:
    """Outputs (N, K) as they are; of those at every step (N, L, K) the ones at `steps` (N,)."""
    return outputs if outputs.ndim == 2 else outputs[torch.arange(len(outputs), device=outputs.device), steps]


def _steps(step: int | Sequence[int] | None, x: Tensor, mask: Tensor | None, per_step: bool) -> Tensor:
    lengths = torch.full((len(x),), x.shape[1], device=x.device) if mask is None else mask.sum(dim=1)
    if step is None:
        return lengths - 1
    if not per_step:
        raise _no_steps()
    chosen = [step] * len(x) if isinstance(step, int) else list(step)
    if len(chosen) != len(x):
        raise ExplainError(f"step: must be one for all {len(x)} examples or one for each, got {len(chosen)}")
    for index, length in zip(chosen, lengths.tolist(), strict=True):
        if isinstance(index, bool) or not 0 <= index < length:
            raise ExplainError(f"step: must be a step between 0 and {length - 1}, got {index}")
    return torch.tensor(chosen, device=x.device)


def _no_steps() -> ExplainError:
    return ExplainError("step: the network gives one answer per example, not one at every step; leave it out")
