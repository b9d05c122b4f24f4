"""Adapting a network to data of another kind: layers that can take it stay, inside blocks and outside."""

from playground.catalog.datasets.base import Dataset
from playground.catalog.layers import LAYERS, Flatten, Layer, Output, Parallel, Residual
from playground.catalog.tensors import IMAGE, SEQUENCE, VECTOR, TensorSpec

_WITHOUT_WEIGHTS = frozenset({"Activation", "Regularization", "Normalization"})

Chain = tuple[Layer, ...]


def fitting(network: Chain, dataset: Dataset) -> Chain:
    """The network with layers inserted where they are needed: an embedding for symbols, and a flatten layer before layers that take no
    images, and before the output of a sequence. Unless the data is images, without the layers that cannot take it."""
    x = dataset.tensor
    start: Chain = ()
    if x.vocabulary is not None and "embedding" in LAYERS and not (network and network[0].takes_symbols):
        start = (LAYERS["embedding"](),)
    fitted, _ = _chain((*start, *network), x, dropping=x.names != IMAGE)
    return fitted if fitted or not network else (Output(),)


def _chain(layers: Chain, x: TensorSpec, dropping: bool) -> tuple[Chain, TensorSpec]:
    """What is left of a chain for such inputs, and the tensor after it, of which only the names of the axes are known. Layers without
    weights that followed a dropped layer are dropped too: an activation on its own would only clip the data."""
    kept: list[Layer] = []
    orphaned = False
    for layer in layers:
        between = _vector(x) if _needs_vector(layer, x) else None
        if between is not None:
            kept.append(between)
            x = _after(between, x)
        fitted, after = _layer(layer, x, dropping)
        if fitted is None:
            orphaned = True
        elif not orphaned or layer.group not in _WITHOUT_WEIGHTS:
            kept.append(fitted)
            orphaned = orphaned and isinstance(layer, Flatten)
            x = after
    return tuple(kept), x


def _layer(layer: Layer, x: TensorSpec, dropping: bool) -> tuple[Layer | None, TensorSpec]:
    """The layer, or what is left of a block (None if nothing), and the tensor after it."""
    if isinstance(layer, Residual):
        inner, after = _chain(layer.layers, x, dropping)
        return (None, x) if layer.layers and not inner else (layer.model_copy(update={"layers": inner}), after)
    if isinstance(layer, Parallel):
        return _parallel(layer, x, dropping)
    if (dropping or layer.takes_symbols) and not layer.fits(x):
        return None, x
    if isinstance(layer, Flatten) and x.varies:
        layer = _vector(x)
    return layer, _after(layer, x)


def _parallel(block: Parallel, x: TensorSpec, dropping: bool) -> tuple[Layer | None, TensorSpec]:
    """Branches of which nothing is left are dropped; branches that were empty before are kept."""
    fitted = [(layers, *_chain(layers, x, dropping)) for layers in block.branch]
    kept = [(inner, after) for layers, inner, after in fitted if inner or not layers]
    if any(block.branch) and not any(inner for inner, _ in kept):
        return None, x
    return block.model_copy(update={"branch": tuple(inner for inner, _ in kept)}), kept[0][1]


def _after(layer: Layer, x: TensorSpec) -> TensorSpec:
    names = layer.axes_after(x)
    return TensorSpec(tuple((name, 1) for name in names), varies=x.varies and "length" in names)


def _vector(x: TensorSpec) -> Layer:
    """The layer that makes a vector of such a tensor."""
    return LAYERS["sequence_pool"]() if x.varies and "sequence_pool" in LAYERS else Flatten()


def _needs_vector(layer: Layer, x: TensorSpec) -> bool:
    """Whether it takes no images, but a vector made of them; for a block, whether all of its chains do. The output also takes no
    sequence."""
    if isinstance(layer, Output) and x.names == SEQUENCE:
        return True
    if x.names != IMAGE:
        return False
    inside = [chain for _, chain in layer.branches() if chain]
    return layer.needs == (VECTOR,) or (bool(inside) and all(_begins_with_vector(chain, x) for chain in inside))


def _begins_with_vector(chain: Chain, x: TensorSpec) -> bool:
    for layer in chain:
        if _needs_vector(layer, x):
            return True
        if not layer.fits(x) or layer.axes_after(x) != x.names or VECTOR not in (layer.needs or (VECTOR,)) or layer.branches():
            return False
    return False
