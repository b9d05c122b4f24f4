"""Edits of the network: layers by their places, as in `network[2].branch[1][0]`."""

from playground.catalog.layers import LAYERS, Layer
from playground.catalog.layers.blocks import Parallel
from playground.network import trace
from playground.paths import item, spliced, split_path
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.parts import variant_of
from playground.web.edits.settings import checked
from playground.web.edits.starters import starter


def add_layer(spec: ExperimentSpec, place: str, kind: str) -> ExperimentSpec:
    """A new layer before what stands at the place, or after the last of a chain. It has its defaults; a block has layers in it that work
    on what comes there.

    Raises: SpecError if there is no such place or kind, or the network would have too many layers."""
    chain_of(spec, place)
    layer = starter(variant_of(LAYERS, kind), trace(spec).shape_before(place))
    return checked(spliced(spec, place, 0, layer))


def move_layer(spec: ExperimentSpec, place: str, to: str, count: int = 1) -> ExperimentSpec:
    """The layer of one place at another, in the same chain or in another one, with those after it, `count` in all. to: their place in the
    network that they were taken out of.

    Raises: SpecError if there is no such place."""
    layers = layers_at(spec, place, count)
    taken = spliced(spec, place, count)
    chain_of(taken, to)
    return checked(spliced(taken, to, 0, *layers))


def duplicate_layer(spec: ExperimentSpec, place: str, count: int = 1) -> ExperimentSpec:
    """So many layers from the place on twice, the second ones after the first, with all that is in them."""
    layers = layers_at(spec, place, count)
    return checked(spliced(spec, place, count, *layers, *layers))


def remove_layer(spec: ExperimentSpec, place: str, count: int = 1) -> ExperimentSpec:
    """Without so many layers from the place on, and what is in them."""
    layers_at(spec, place, count)
    return checked(spliced(spec, place, count))


def add_branch(spec: ExperimentSpec, place: str) -> ExperimentSpec:
    """One more branch, which passes its input on, after those of the block at the place."""
    block = _parallel(spec, place)
    return checked(spliced(spec, f"{place}.branch[{len(block.branch)}]", 0, ()))


def remove_branch(spec: ExperimentSpec, place: str) -> ExperimentSpec:
    """Without the branch at a place such as `network[3].branch[1]`, and its layers.

    Raises: SpecError if it is none, or the only one of its block."""
    owner, _ = split_path(place)
    _parallel(spec, owner.removesuffix(".branch"))
    return checked(spliced(spec, place, 1))


def layers_at(spec: ExperimentSpec, place: str, count: int = 1) -> tuple[Layer, ...]:
    """So many layers of a chain, from the place on. Raises: SpecError if there are not so many, or what stands there is no layer."""
    _, index = split_path(place)
    found = chain_of(spec, place)[index : index + count]
    if count < 1 or len(found) < count:
        raise SpecError(f"{place[:80]}: there {'is no such place' if count == 1 else f'are no {count} layers from here on'}")
    return found


def chain_of(spec: ExperimentSpec, place: str) -> tuple[Layer, ...]:
    """The chain of layers in which the place is. Raises: SpecError if it is in none."""
    owner, _ = split_path(place)
    found = item(spec, owner)
    if not owner.startswith("network") or not isinstance(found, tuple) or not all(isinstance(each, Layer) for each in found):
        raise SpecError(f"{place}: is no place for a layer")
    return found


def _parallel(spec: ExperimentSpec, place: str) -> Parallel:
    found = item(spec, place)
    if not isinstance(found, Parallel):
        raise SpecError(f"{place}: has no branches")
    return found
