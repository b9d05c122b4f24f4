"""Edits that put layers into a block, and take them out of it again."""

from playground.catalog.layers import Layer, Output, Parallel, Residual
from playground.paths import item, spliced
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.layers import layers_at
from playground.web.edits.settings import checked


def wrap_residual(spec: ExperimentSpec, place: str, count: int = 1) -> ExperimentSpec:
    """So many layers from the place on within a residual block, which adds what goes in to what they give.

    Raises: SpecError if the output layer is among them, or blocks would lie too deep in one another."""
    return checked(spliced(spec, place, count, Residual(layers=_wrapped(spec, place, count))))


def wrap_parallel(spec: ExperimentSpec, place: str, count: int = 1) -> ExperimentSpec:
    """So many layers from the place on as the first of two parallel branches; the second passes its input on until layers are put there.

    Raises: SpecError as `wrap_residual`."""
    return checked(spliced(spec, place, count, Parallel(branch=(_wrapped(spec, place, count), ()))))


def unwrap(spec: ExperimentSpec, place: str) -> ExperimentSpec:
    """The layers of the block at the place instead of the block; of several branches one after another.

    Raises: SpecError if there is no block."""
    block = item(spec, place)
    inside = block.branches() if isinstance(block, Layer) else ()
    if not inside:
        raise SpecError(f"{place[:80]}: is no block, there is nothing to take out of it")
    return checked(spliced(spec, place, 1, *(layer for _, layers in inside for layer in layers)))


def _wrapped(spec: ExperimentSpec, place: str, count: int) -> tuple[Layer, ...]:
    layers = layers_at(spec, place, count)
    if any(isinstance(layer, Output) for layer in layers):
        raise SpecError(f"{place[:80]}: the output layer ends the network, it cannot go into a block")
    return layers
