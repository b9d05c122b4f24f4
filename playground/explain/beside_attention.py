"""Attention and an attribution of the same input, brought to the same parts of it, so that they can be compared.

They answer different questions: attention says where a layer reads, an attribution what changes the answer. Whether the first explains
anything is disputed: Jain and Wallace 2019, NAACL, arXiv:1902.10186; Wiegreffe and Pinter 2019, EMNLP, arXiv:1908.04626."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from playground.catalog.layers.base import Grid
from playground.explain.attention import rank_correlation
from playground.explain.errors import ExplainError


@dataclass(frozen=True)
class BesideAttention:
    """attention: (parts,), the share of the attention that each part of the input receives; not negative. attribution: (parts,), signed.
    elsewhere: the share that goes to steps that stand for no part of the input, such as a class token. correlation: Spearman's, of the
    attention and the attribution's magnitude; None if there is none."""

    attention: Tensor
    attribution: Tensor
    elsewhere: float
    correlation: float | None


def beside_attention(weights: Tensor, steps: Sequence[int], values: Tensor, grid: Grid | None, read: int | None = None) -> BesideAttention:
    """weights: (query, key) of the valid steps, of a head or of a rollout. steps: for each of these, the part of the input that it stands
    for, negative for none. values: an attribution of one example, (1, *shape). grid: how an image was cut into parts. read: the step from
    which is read; None for the mean of all that attend.

    Raises: ExplainError if the steps do not stand for parts of this input."""
    attribution = of_parts(values, grid)
    received = received_by_steps(weights, read)
    own = torch.tensor(steps[: len(received)], dtype=torch.int64)
    if len(own) < len(received) or not len(own) or int(own.max()) >= len(attribution):
        raise ExplainError("the steps of this layer do not stand for single parts of the input, so that nothing can be compared")
    parts = torch.tensor(sorted({step for step in own.tolist() if step >= 0}), dtype=torch.int64)
    attention = torch.zeros(len(attribution)).index_add(0, own.clamp_min(0), received * (own >= 0))
    elsewhere = float(received[own < 0].sum())
    return BesideAttention(attention, attribution, elsewhere, rank_correlation(attention[parts], attribution[parts]))


def received_by_steps(weights: Tensor, read: int | None = None) -> Tensor:
    """How much attention every step receives, (steps,), for weights (query, key): from the step `read`, or on average from all steps that
    attend to any. They sum to 1, or to 0 if none attends."""
    if read is not None:
        return weights[read]
    attending = weights.sum(dim=1) > 0
    return weights[attending].mean(dim=0) if bool(attending.any()) else torch.zeros(weights.shape[1])


def of_parts(values: Tensor, grid: Grid | None) -> Tensor:
    """An attribution of one example, summed within each part of its input: the steps of a sequence (1, L) or (1, L, F), the columns of a
    row (1, D), or the boxes of an image (1, C, H, W), row by row → (parts,)."""
    if grid is None:
        return values[0].flatten(1).sum(dim=1) if values.ndim > 2 else values[0]
    height, width = round(values.shape[2] * grid.height), round(values.shape[3] * grid.width)
    inside = values[0, :, :height, :width]
    return inside.reshape(len(inside), grid.rows, height // grid.rows, grid.columns, width // grid.columns).sum(dim=(0, 2, 4)).flatten()
