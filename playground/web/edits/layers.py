"""Edits of the network: layers by path, such as `network[2].branch[1][0]`."""

from playground.catalog.layers import LAYERS, Layer
from playground.catalog.layers.blocks import Parallel
from playground.network import trace
from playground.paths import item, spliced, split_path
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.parts import variant_of
from playground.web.edits.settings import checked
from playground.web.edits.starters import starter


def add_layer(spec: ExperimentSpec, path: str, kind: str) -> ExperimentSpec:
    """Inserts a new layer at the path, which may be one past the end of a chain. It has default settings; a block starts with layers that
    fit its input.

    Raises: SpecError if there is no such path or kind, or the network would have too many layers."""
    chain_of(spec, path)
    layer = starter(variant_of(LAYERS, kind), trace(spec).tensor_before(path))
    return checked(spliced(spec, path, 0, layer))


def move_layer(spec: ExperimentSpec, path: str, to: str, count: int = 1) -> ExperimentSpec:
    """Moves `count` layers, starting at the path, within their chain or to another one. to: their new path in the network without them.

    Raises: SpecError if there is no such path."""
    layers = layers_at(spec, path, count)
    taken = spliced(spec, path, count)
    chain_of(taken, to)
    return checked(spliced(taken, to, 0, *layers))


def duplicate_layer(spec: ExperimentSpec, path: str, count: int = 1) -> ExperimentSpec:
    """Duplicates `count` layers, starting at the path, with everything inside them; the copies come after the originals."""
    layers = layers_at(spec, path, count)
    return checked(spliced(spec, path, count, *layers, *layers))


def remove_layer(spec: ExperimentSpec, path: str, count: int = 1) -> ExperimentSpec:
    """Removes `count` layers, starting at the path, with everything inside them."""
    layers_at(spec, path, count)
    return checked(spliced(spec, path, count))


def add_branch(spec: ExperimentSpec, path: str) -> ExperimentSpec:
    """Adds an empty branch, which passes its input through, at the end of the block at the path."""
    block = _parallel(spec, path)
    return checked(spliced(spec, f"{path}.branch[{len(block.branch)}]", 0, ()))


def remove_branch(spec: ExperimentSpec, path: str) -> ExperimentSpec:
    """Removes the branch at a path such as `network[3].branch[1]`, with its layers.

    Raises: SpecError if it is not a branch, or the only one of its block."""
    owner, _ = split_path(path)
    _parallel(spec, owner.removesuffix(".branch"))
    return checked(spliced(spec, path, 1))


def layers_at(spec: ExperimentSpec, path: str, count: int = 1) -> tuple[Layer, ...]:
    """`count` layers of a chain, starting at the path. Raises: SpecError if there are fewer, or the path is not one of a layer."""
    _, index = split_path(path)
    layers = chain_of(spec, path)[index : index + count]
    if count < 1 or len(layers) < count:
        raise SpecError(f"{path[:80]}: there {'is no such layer' if count == 1 else f'are fewer than {count} layers from here on'}")
    return layers


def chain_of(spec: ExperimentSpec, path: str) -> tuple[Layer, ...]:
    """The chain of layers that the path points into. Raises: SpecError if there is none."""
    owner, _ = split_path(path)
    chain = item(spec, owner)
    if not owner.startswith("network") or not isinstance(chain, tuple) or not all(isinstance(layer, Layer) for layer in chain):
        raise SpecError(f"{path}: not the path of a layer")
    return chain


def _parallel(spec: ExperimentSpec, path: str) -> Parallel:
    block = item(spec, path)
    if not isinstance(block, Parallel):
        raise SpecError(f"{path}: has no branches")
    return block
