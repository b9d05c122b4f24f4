"""The arithmetic of one head for one step, with all its numbers: from query, keys and values to the weighted sum."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.catalog.layers.attention_modules import SelfAttention
from playground.explain.errors import ExplainError
from playground.explain.heads import Head, self_attention
from playground.explain.observing import observe


@dataclass(frozen=True)
class HeadArithmetic:
    """What a head computes for one step of one example, of L steps, with D numbers per query, key and value.

    query: (D,), of the step. keys: (L, D). products: (L,), query · key. scale: 1 / √D. scores: (L,), products · scale. valid: bool (L,),
    which steps are not padding. seen: bool (L,), which of these the mask lets this one see: with `causal` none that come later.
    exponentials: (L,), exp(score − highest score seen), 0 for steps that are not seen; their sum is what the softmax divides by. weights:
    (L,), sum to 1. values: (L, D). sum: (D,), of the values with their weights. output: (width,), what the head adds to the layer's output:
    its columns of the output matrix · sum. rotary: whether query and keys were rotated by their positions before."""

    head: Head
    step: int
    query: Tensor
    keys: Tensor
    products: Tensor
    scale: float
    scores: Tensor
    valid: Tensor
    seen: Tensor
    exponentials: Tensor
    weights: Tensor
    values: Tensor
    sum: Tensor
    output: Tensor
    causal: bool
    rotary: bool


def head_arithmetic(model: nn.Module, x: Tensor, head: Head, step: int) -> HeadArithmetic:
    """The arithmetic for the step of x (1, …), as the network takes it, that `step` is the index of. The model is left unchanged.

    Raises: ExplainError if the network has no such head, cannot take x, or the step is not one of its valid steps."""
    attention = self_attention(model, head.path)
    if not 0 <= head.index < attention.heads:
        raise ExplainError(f"{head.path}: has heads 0 to {attention.heads - 1}, not {head.index}")
    query, keys, values, weights = (observe(model, x, head.path, name)[0, head.index] for name in ("query", "key", "value", "attention"))
    if not bool(weights.isfinite().all()):
        raise ExplainError("model: its attention is not finite numbers; the training may have diverged")
    valid = weights.sum(dim=1) > 0
    if not 0 <= step < len(keys) or not valid[step]:
        raise ExplainError(f"step: must be one of the {int(valid.sum())} steps of this input, from 0, got {step}")
    return _worked_out(attention, head, step, query[step], keys, values, valid)


def _worked_out(
    attention: SelfAttention, head: Head, step: int, query: Tensor, keys: Tensor, values: Tensor, valid: Tensor
) -> HeadArithmetic:
    size = len(query)
    products, scale = keys @ query, size**-0.5
    scores = products * scale
    seen = valid & (torch.arange(len(keys)) <= step) if attention.causal else valid
    exponentials = torch.where(seen, (scores - scores[seen].max()).exp(), 0.0)
    weights = exponentials / exponentials.sum()
    mean = weights @ values
    columns = attention.out_proj.weight.detach().cpu()[:, head.index * size : (head.index + 1) * size]
    return HeadArithmetic(
        head, step, query, keys, products, scale, scores, valid, seen, exponentials, weights, values, mean, columns @ mean,
        attention.causal, attention.rotary,
    )  # fmt: skip
