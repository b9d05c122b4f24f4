"""Adapting a network to data of another shape: layers that can take it stay, inside blocks and outside."""

from playground.catalog.datasets.base import Dataset
from playground.catalog.layers import Flatten, GlobalAvgPool2d, Layer, Output, Parallel, Reshape, Residual, ToSequence

_WITHOUT_WEIGHTS = frozenset({"Activation", "Regularization", "Normalization"})
_GIVES: dict[type[Layer], int] = {Flatten: 1, GlobalAvgPool2d: 1, ToSequence: 2, Reshape: 3}
"""Number of output dimensions, for layers that change it."""
_ROWS = 1

Chain = tuple[Layer, ...]


def fitting(network: Chain, dataset: Dataset) -> Chain:
    """The network with a flatten layer inserted where needed, and, for rows of numbers, without the layers that cannot take them."""
    fitted, _ = _chain(network, len(dataset.shape), dropping=len(dataset.shape) == _ROWS)
    return fitted if fitted or not network else (Output(),)


def _chain(layers: Chain, rank: int, dropping: bool) -> tuple[Chain, int]:
    """What is left of a chain for inputs of `rank` dimensions, and the rank after it. Layers without weights that followed a dropped layer
    are dropped too: an activation on its own would only clip the data."""
    kept: list[Layer] = []
    orphaned = False
    for layer in layers:
        if rank != _ROWS and _wants_rows(layer, rank):
            kept.append(Flatten())
            rank = _ROWS
        fitted, after = _layer(layer, rank, dropping)
        if fitted is None:
            orphaned = True
        elif not orphaned or layer.group not in _WITHOUT_WEIGHTS:
            kept.append(fitted)
            orphaned = orphaned and isinstance(layer, Flatten)
            rank = after
    return tuple(kept), rank


def _layer(layer: Layer, rank: int, dropping: bool) -> tuple[Layer | None, int]:
    """The layer, or what is left of a block (None if nothing), and the rank after it."""
    if isinstance(layer, Residual):
        inner, after = _chain(layer.layers, rank, dropping)
        return (None, rank) if layer.layers and not inner else (layer.model_copy(update={"layers": inner}), after)
    if isinstance(layer, Parallel):
        return _parallel(layer, rank, dropping)
    if dropping and layer.ranks and rank not in layer.ranks:
        return None, rank
    return layer, _GIVES.get(type(layer), rank)


def _parallel(block: Parallel, rank: int, dropping: bool) -> tuple[Layer | None, int]:
    """Branches of which nothing is left are dropped; branches that were empty before are kept."""
    fitted = [(layers, *_chain(layers, rank, dropping)) for layers in block.branch]
    kept = [(inner, after) for layers, inner, after in fitted if inner or not layers]
    if any(block.branch) and not any(inner for inner, _ in kept):
        return None, rank
    return block.model_copy(update={"branch": tuple(inner for inner, _ in kept)}), kept[0][1]


def _wants_rows(layer: Layer, rank: int) -> bool:
    """Whether it only takes rows of numbers; for a block, whether all of its chains do."""
    inside = [chain for _, chain in layer.branches() if chain]
    return layer.ranks == (_ROWS,) or (bool(inside) and all(_begins_with_rows(chain, rank) for chain in inside))


def _begins_with_rows(chain: Chain, rank: int) -> bool:
    for layer in chain:
        if _wants_rows(layer, rank):
            return True
        if type(layer) in _GIVES or (layer.ranks and _ROWS not in layer.ranks) or layer.branches():
            return False
    return False
