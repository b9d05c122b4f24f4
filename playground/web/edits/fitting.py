"""A network for data of another form: what can take it stays, in blocks as outside of them."""

from playground.catalog.datasets.base import Dataset
from playground.catalog.layers import Flatten, GlobalAvgPool2d, Layer, Output, Parallel, Reshape, Residual, ToSequence

_WITHOUT_WEIGHTS = frozenset({"Activation", "Regularisation", "Normalisation"})
_GIVES: dict[type[Layer], int] = {Flatten: 1, GlobalAvgPool2d: 1, ToSequence: 2, Reshape: 3}
"""How many dimensions come out, of the layers that change that."""
_ROWS = 1

Chain = tuple[Layer, ...]


def fitting(network: Chain, dataset: Dataset) -> Chain:
    """The network with a flatten layer where one is missing, and for rows of numbers without what cannot take them."""
    fitted, _ = _chain(network, len(dataset.shape), dropping=len(dataset.shape) == _ROWS)
    return fitted if fitted or not network else (Output(),)


def _chain(layers: Chain, rank: int, dropping: bool) -> tuple[Chain, int]:
    """What is left of a chain for inputs of so many dimensions, and the dimensions after it. What followed a layer that went goes too, if
    it has no weights: an activation alone would only cut the data."""
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
    """The layer, or what is left of a block; None where that is nothing. With the dimensions after it."""
    if isinstance(layer, Residual):
        inner, after = _chain(layer.layers, rank, dropping)
        return (None, rank) if layer.layers and not inner else (layer.model_copy(update={"layers": inner}), after)
    if isinstance(layer, Parallel):
        return _parallel(layer, rank, dropping)
    if dropping and layer.ranks and rank not in layer.ranks:
        return None, rank
    return layer, _GIVES.get(type(layer), rank)


def _parallel(block: Parallel, rank: int, dropping: bool) -> tuple[Layer | None, int]:
    """A branch of which nothing is left goes; one that passes its input on had nothing to lose."""
    fitted = [(layers, *_chain(layers, rank, dropping)) for layers in block.branch]
    left = [(inner, after) for layers, inner, after in fitted if inner or not layers]
    if any(block.branch) and not any(inner for inner, _ in left):
        return None, rank
    return block.model_copy(update={"branch": tuple(inner for inner, _ in left)}), left[0][1]


def _wants_rows(layer: Layer, rank: int) -> bool:
    """Whether it takes nothing but rows of numbers; a block, whether all that is in it does."""
    inside = [chain for _, chain in layer.branches() if chain]
    return layer.ranks == (_ROWS,) or (bool(inside) and all(_begins_with_rows(chain, rank) for chain in inside))


def _begins_with_rows(chain: Chain, rank: int) -> bool:
    for layer in chain:
        if _wants_rows(layer, rank):
            return True
        if type(layer) in _GIVES or (layer.ranks and _ROWS not in layer.ranks) or layer.branches():
            return False
    return False
