"""Edits that wrap layers in a block, and unwrap them again."""

from playground.catalog.layers import Layer, Output, Parallel, Residual
from playground.paths import item, spliced
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.layers import layers_at
from playground.web.edits.settings import checked


def wrap_residual(spec: ExperimentSpec, path: str, count: int = 1) -> ExperimentSpec:
    """Wraps `count` layers, starting at the path, in a residual block, which adds their input to their output.

    Raises: SpecError if the output layer is among them, or blocks would be nested too deeply."""
    return checked(spliced(spec, path, count, Residual(layers=_wrapped(spec, path, count))))


def wrap_parallel(spec: ExperimentSpec, path: str, count: int = 1) -> ExperimentSpec:
    """Wraps `count` layers, starting at the path, as the first of two parallel branches; the second is empty and passes its input through.

    Raises: SpecError as `wrap_residual`."""
    return checked(spliced(spec, path, count, Parallel(branch=(_wrapped(spec, path, count), ()))))


def unwrap(spec: ExperimentSpec, path: str) -> ExperimentSpec:
    """Replaces the block at the path by its layers; those of several branches one after another.

    Raises: SpecError if there is no block."""
    block = item(spec, path)
    inside = block.branches() if isinstance(block, Layer) else ()
    if not inside:
        raise SpecError(f"{path[:80]}: not a block, nothing to unwrap")
    return checked(spliced(spec, path, 1, *(layer for _, layers in inside for layer in layers)))


def _wrapped(spec: ExperimentSpec, path: str, count: int) -> tuple[Layer, ...]:
    layers = layers_at(spec, path, count)
    if any(isinstance(layer, Output) for layer in layers):
        raise SpecError(f"{path[:80]}: the output layer must be the last one of the network, it cannot go into a block")
    return layers
