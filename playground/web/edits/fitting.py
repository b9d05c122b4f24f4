"""Adapting a network to data of another kind: layers that can take it stay, inside blocks and outside."""

from dataclasses import dataclass

from playground.catalog.datasets.base import Dataset
from playground.catalog.layers import (
    GRU,
    LSTM,
    RNN,
    Attention,
    Conv1d,
    Flatten,
    Layer,
    Output,
    Parallel,
    Residual,
    SequencePool,
    TransformerBlock,
)
from playground.catalog.tasks import NextSymbol
from playground.catalog.tensors import IMAGE, SEQUENCE, VECTOR, TensorSpec
from playground.network import shortest_network, to_vector

_WITHOUT_WEIGHTS = frozenset({"Activation", "Regularization", "Normalization"})

Chain = tuple[Layer, ...]


def fitting(network: Chain, dataset: Dataset) -> Chain:
    """The network with layers inserted where they are needed: an embedding for symbols, and a flatten layer, or pooling over steps, before
    layers that take no images and before the output of a sequence. Unless the data is images, without the layers that cannot take it.

    Where the next symbol is predicted and no layer reads several steps, each answer would depend on one symbol alone: then a GRU is
    inserted after the embedding."""
    x = dataset.tensor
    if x.vocabulary is not None and network and not network[0].takes_symbols:
        network = (*(layer for layer in shortest_network(dataset)[:1] if layer.takes_symbols), *network)
    fitted, _ = _Fitting(dropping=x.names != IMAGE, per_step=dataset.task.per_step).chain(network, x)
    if fitted and dataset.task.name() == NextSymbol.name() and not _reads_steps(fitted):
        fitted = (fitted[0], GRU(returns="all"), *fitted[1:])
    return fitted if fitted or not network else shortest_network(dataset)[-1:]


def _reads_steps(layers: Chain) -> bool:
    """Whether a layer, also inside a block, computes a step from several ones."""
    return any(
        isinstance(layer, RNN | LSTM | GRU | Attention | TransformerBlock | Conv1d)
        or any(_reads_steps(tuple(inside)) for _, inside in layer.branches())
        for layer in layers
    )


@dataclass(frozen=True)
class _Fitting:
    """dropping: whether layers are dropped that cannot take their input. per_step: whether the task needs an answer at every step."""

    dropping: bool
    per_step: bool

    def chain(self, layers: Chain, x: TensorSpec) -> tuple[Chain, TensorSpec]:
        """What is left of a chain for such inputs, and the tensor after it, of which only the names of the axes are known.

        Layers without weights that followed a dropped layer are dropped too: an activation on its own would only clip the data."""
        kept: list[Layer] = []
        orphaned = False
        for layer in layers:
            if self._needs_vector(layer, x):
                kept.append(to_vector(x))
                x = _after(kept[-1], x)
            fitted, after = self._layer(layer, x)
            if fitted is None:
                orphaned = orphaned or not isinstance(layer, Flatten | SequencePool)
            elif not orphaned or layer.group not in _WITHOUT_WEIGHTS:
                kept.append(fitted)
                orphaned = orphaned and isinstance(layer, Flatten)
                x = after
        return tuple(kept), x

    def _layer(self, layer: Layer, x: TensorSpec) -> tuple[Layer | None, TensorSpec]:
        """The layer, or what is left of a block (None if nothing), and the tensor after it."""
        if isinstance(layer, Residual):
            inner, after = self.chain(layer.layers, x)
            return (None, x) if layer.layers and not inner else (layer.model_copy(update={"layers": inner}), after)
        if isinstance(layer, Parallel):
            return self._parallel(layer, x)
        if (self.dropping or layer.takes_symbols) and not layer.fits(x):
            return None, x
        if self.per_step and x.has("length") and not _after(layer, x).has("length"):
            every_step = layer.with_all_steps()
            if every_step is None:
                return None, x
            layer = every_step
        elif isinstance(layer, Flatten) and x.has("length"):
            layer = to_vector(x)
        return layer, _after(layer, x)

    def _parallel(self, block: Parallel, x: TensorSpec) -> tuple[Layer | None, TensorSpec]:
        """Branches of which nothing is left are dropped; branches that were empty before are kept."""
        fitted = [(layers, *self.chain(layers, x)) for layers in block.branch]
        kept = [(inner, after) for layers, inner, after in fitted if inner or not layers]
        if any(block.branch) and not any(inner for inner, _ in kept):
            return None, x
        return block.model_copy(update={"branch": tuple(inner for inner, _ in kept)}), kept[0][1]

    def _needs_vector(self, layer: Layer, x: TensorSpec) -> bool:
        """Whether it takes no images, but a vector made of them; for a block, whether all of its chains do. Without an answer at every
        step, the output also takes no sequence."""
        if isinstance(layer, Output) and x.names == SEQUENCE:
            return not self.per_step
        if x.names != IMAGE:
            return False
        inside = [chain for _, chain in layer.branches() if chain]
        return layer.needs == (VECTOR,) or (bool(inside) and all(self._begins_with_vector(chain, x) for chain in inside))

    def _begins_with_vector(self, chain: Chain, x: TensorSpec) -> bool:
        for layer in chain:
            if self._needs_vector(layer, x):
                return True
            if layer.branches() or layer.needs or not layer.fits(x) or layer.axes_after(x) != x.names:
                return False
        return False


def _after(layer: Layer, x: TensorSpec) -> TensorSpec:
    names = layer.axes_after(x)
    return TensorSpec(tuple((name, 1) for name in names), varies=x.varies and "length" in names)
