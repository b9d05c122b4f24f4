"""Edits of the network: layers by their places, as in `network[2].branch[1][0]`."""

from playground.catalog.layers import LAYERS, Layer
from playground.catalog.layers.blocks import Parallel
from playground.network import trace
from playground.places import item, spliced, split_place
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.parts import variant_of
from playground.web.edits.settings import checked
from playground.web.edits.starters import starter


def add_layer(spec: ExperimentSpec, place: str, kind: str) -> ExperimentSpec:
    """A new layer before what stands at the place, or after the last of a chain. It has its defaults; a block has layers in it that work
    on what comes there.

    Raises: SpecError if there is no such place or kind, or the network would have too many layers."""
    _chain(spec, place)
    layer = starter(variant_of(LAYERS, kind), trace(spec).shape_before(place))
    return checked(spliced(spec, place, 0, layer))


def move_layer(spec: ExperimentSpec, place: str, to: str) -> ExperimentSpec:
    """The layer of one place at another, in the same chain or in another one. to: its place in the network that it was taken out of.

    Raises: SpecError if there is no such place."""
    layer = _layer(spec, place)
    taken = spliced(spec, place, 1)
    _chain(taken, to)
    return checked(spliced(taken, to, 0, layer))


def duplicate_layer(spec: ExperimentSpec, place: str) -> ExperimentSpec:
    """The layer at the place twice, one after the other, with all that is in it."""
    layer = _layer(spec, place)
    return checked(spliced(spec, place, 1, layer, layer))


def remove_layer(spec: ExperimentSpec, place: str) -> ExperimentSpec:
    """Without the layer at the place, and what is in it."""
    _layer(spec, place)
    return checked(spliced(spec, place, 1))


def add_branch(spec: ExperimentSpec, place: str) -> ExperimentSpec:
    """One more branch, which passes its input on, after those of the block at the place."""
    block = _parallel(spec, place)
    return checked(spliced(spec, f"{place}.branch[{len(block.branch)}]", 0, ()))


def remove_branch(spec: ExperimentSpec, place: str) -> ExperimentSpec:
    """Without the branch at a place such as `network[3].branch[1]`, and its layers.

    Raises: SpecError if it is none, or the only one of its block."""
    owner, _ = split_place(place)
    _parallel(spec, owner.removesuffix(".branch"))
    return checked(spliced(spec, place, 1))


def _layer(spec: ExperimentSpec, place: str) -> Layer:
    found = item(spec, place)
    if not isinstance(found, Layer):
        raise SpecError(f"{place}: is no layer")
    return found


def _chain(spec: ExperimentSpec, place: str) -> tuple[Layer, ...]:
    """The chain of layers in which the place is."""
    owner, _ = split_place(place)
    found = item(spec, owner)
    if not owner.startswith("network") or not isinstance(found, tuple) or not all(isinstance(each, Layer) for each in found):
        raise SpecError(f"{place}: is no place for a layer")
    return found


def _parallel(spec: ExperimentSpec, place: str) -> Parallel:
    found = item(spec, place)
    if not isinstance(found, Parallel):
        raise SpecError(f"{place}: has no branches")
    return found
