"""The layers of a network with attention in them, attention over several of them, and how far two explanations agree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from playground.catalog.layers import Layer
from playground.catalog.layers.base import Grid, Steps
from playground.catalog.tensors import TensorSpec
from playground.explain.errors import ExplainError
from playground.network import Trace, trace
from playground.paths import layers_in_order
from playground.spec import ExperimentSpec

ATTENTION = "attention"
"""What layers with attention in them observe."""

RESIDUAL = 0.5
"""Share of a layer's output that comes straight from its input, around the attention (Abnar and Zuidema 2020, section 3)."""


@dataclass(frozen=True)
class AttentionLayer:
    """A layer with attention in it. length: between how many steps it attends at most. steps: what they stand for; () if that cannot be
    said. grid: the parts of the image that they stand for, None if the input is no image or was not cut into parts."""

    path: str
    length: int
    steps: Steps
    grid: Grid | None


def has_attention(spec: ExperimentSpec) -> bool:
    """Whether any layer, or layer inside a block, has attention in it."""
    return any(ATTENTION in layer.observes for _, layer in layers_in_order(spec))


def attention_layers(spec: ExperimentSpec) -> tuple[AttentionLayer, ...]:
    """The layers with attention in them, inside blocks too, in the order of their paths."""
    traced, x = trace(spec), spec.data.tensor
    start = x.size("length") if x.has("length") else x.size("features") if x.has("features") else 0
    return tuple(_attending(traced, "network", spec.network, tuple(range(start)), None))


def why_no_rollout(layers: Sequence[AttentionLayer]) -> str | None:
    """Why attention rollout cannot be computed over these layers, in plain words; None if it can."""
    if any("branch[" in layer.path for layer in layers):
        return "Rollout follows attention from layer to layer, and this network has attention in branches side by side."
    if len({(layer.length, layer.steps) for layer in layers}) > 1:
        return "Rollout follows attention from layer to layer, and the steps change between these layers."
    return None


def _attending(traced: Trace, chain: str, layers: Sequence[Layer], steps: Steps, grid: Grid | None) -> Iterator[AttentionLayer]:
    """Those of a chain of layers whose input's steps stand for `steps`."""
    tensors = {row.path: (row.tensor_in, row.tensor_out) for row in traced.in_order()}
    for index, layer in enumerate(layers):
        path = f"{chain}[{index}]"
        if path not in tensors:  # the network cannot be built beyond
            return
        before, after = tensors[path]
        if ATTENTION in layer.observes:
            yield AttentionLayer(path, before.size("length"), steps, grid)
        for name, inner in layer.branches():
            yield from _attending(traced, f"{path}.{name}", inner, steps, grid)
        steps, grid = _after(layer, before, after, steps, grid)


def _after(layer: Layer, x: TensorSpec, y: TensorSpec, steps: Steps, grid: Grid | None) -> tuple[Steps, Grid | None]:
    cut = layer.grid(x)
    if cut is not None:
        return tuple(range(cut.rows * cut.columns)), cut
    after = layer.steps_after(steps, y)
    return after, grid if after else None


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
    from scipy import stats  # takes long to import, and the pages import this module when the server starts

    weights, magnitudes = attention.tolist(), attribution.abs().tolist()
    if len(weights) < 3 or len(set(weights)) < 2 or len(set(magnitudes)) < 2:
        return None
    return float(stats.spearmanr(weights, magnitudes).statistic)
