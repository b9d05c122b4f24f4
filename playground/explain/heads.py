"""Attention heads that are cut, as in Michel, Levy and Neubig 2019 ("Are sixteen heads really better than one?"), arXiv:1905.10650.

A cut head contributes nothing: the columns of its layer's output matrix that read it are zero. The layer's bias and all other heads stay as
they are."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.catalog.layers.attention_modules import SelfAttention
from playground.explain.errors import ExplainError
from playground.explain.isolation import isolated
from playground.network.modules import module_name
from playground.paths import layers_in_order
from playground.spec import ExperimentSpec, SpecError


@dataclass(frozen=True, order=True)
class Head:
    """path: of the layer with attention, such as "network[2]". index: of the head in it, from 0."""

    path: str
    index: int


def heads_of(spec: ExperimentSpec) -> tuple[Head, ...]:
    """All heads of the network, layer by layer."""
    return tuple(
        Head(path, index)
        for path, layer in layers_in_order(spec)
        if "attention" in layer.observes
        for index in range(getattr(layer, "heads", 1))
    )


def self_attention(model: nn.Module, path: str) -> SelfAttention:
    """The attention of the layer at this path, itself or inside it.

    Raises: ExplainError if there is no such layer, or no attention in it."""
    try:
        layer = model.get_submodule(module_name(path))
    except (AttributeError, SpecError):
        raise ExplainError(f"{path[:80]}: the network has no such layer") from None
    inside = next((module for module in layer.modules() if isinstance(module, SelfAttention)), None)
    if inside is None:
        raise ExplainError(f"{path}: {type(layer).__name__} has no attention")
    return inside


def without_heads(model: nn.Module, heads: Collection[Head]) -> nn.Module:
    """A copy of the network, in evaluation mode, in which these heads contribute nothing.

    Raises: ExplainError if the network has no such head."""
    twin = isolated(model)
    for columns in [_columns(twin, head) for head in heads]:
        columns.zero_()
    return twin


@contextmanager
def cut(model: nn.Module, heads: Collection[Head]) -> Iterator[None]:
    """Cuts these heads for a while. For copies only, as `isolated` makes them.

    Raises: ExplainError if the network has no such head."""
    cut_columns = [_columns(model, head) for head in heads]
    kept = [columns.clone() for columns in cut_columns]
    for columns in cut_columns:
        columns.zero_()
    try:
        yield
    finally:
        for columns, before in zip(cut_columns, kept, strict=True):
            columns.copy_(before)


def _columns(model: nn.Module, head: Head) -> Tensor:
    """The part of the layer's output matrix that reads this head: (width, width / heads)."""
    attention = self_attention(model, head.path)
    if not 0 <= head.index < attention.heads:
        raise ExplainError(f"{head.path}: has heads 0 to {attention.heads - 1}, not {head.index}")
    size = attention.width // attention.heads
    with torch.no_grad():
        return attention.out_proj.weight.detach()[:, head.index * size : (head.index + 1) * size]
