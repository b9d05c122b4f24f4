"""Attention over several layers, and how far two explanations agree."""

from collections.abc import Sequence

import torch
from scipy import stats
from torch import Tensor

from playground.explain.errors import ExplainError

RESIDUAL = 0.5
"""Share of a layer's output that comes straight from its input, around the attention (Abnar and Zuidema 2020, section 3)."""


def rollout(attentions: Sequence[Tensor]) -> Tensor:
    """How much of every input step arrives at every step after the last layer: (N, steps, steps), rows sum to 1.

    attentions: weights of each layer, first to last, (N, heads, query, key). The heads of a layer are averaged, mixed half and half with
    the identity for the residual connection, and the layers are multiplied. Steps without attention, as in padding, stay themselves.
    Raises: ExplainError if there are none, or their numbers of steps differ.
    Source: Abnar and Zuidema 2020, ACL, arXiv:2005.00928."""
    if not attentions:
        raise ExplainError("attention rollout needs at least one layer with attention")
    sizes = sorted({size for attention in attentions for size in attention.shape[2:]})
    if len(sizes) > 1:
        raise ExplainError(f"attention rollout needs the same steps in all layers, got {' and '.join(map(str, sizes))} steps")
    identity = torch.eye(sizes[0], device=attentions[0].device, dtype=attentions[0].dtype)
    result = identity.expand(len(attentions[0]), -1, -1)
    for attention in attentions:
        mixed = (1 - RESIDUAL) * attention.mean(dim=1) + RESIDUAL * identity
        result = (mixed / mixed.sum(dim=-1, keepdim=True)) @ result
    return result


def rank_correlation(attention: Tensor, attribution: Tensor) -> float | None:
    """Spearman's rank correlation of attention and the magnitude of an attribution over the same steps, both (steps,), from −1 to 1.

    None for fewer than three steps, or if one of the two is the same everywhere."""
    weights, magnitudes = attention.tolist(), attribution.abs().tolist()
    if len(weights) < 3 or len(set(weights)) < 2 or len(set(magnitudes)) < 2:
        return None
    return float(stats.spearmanr(weights, magnitudes).statistic)
