"""Layers that come as text: what was copied here, or written anywhere else."""

import json
from typing import Any

from playground.catalog.layers import Layer, Output
from playground.parsing import parse_spec
from playground.paths import spliced, split_path
from playground.shorthand import read
from playground.spec import MAX_SPEC_BYTES, ExperimentSpec, SpecError
from playground.web.edits.layers import chain_of
from playground.web.edits.settings import checked


def paste(spec: ExperimentSpec, place: str, text: str) -> ExperimentSpec:
    """The layers of a text before what stands at the place, or after the last of a chain. An output layer comes along only to the end of a
    network that has none.

    Raises: SpecError if the text is no layers, or they cannot go there; the spec stays as it was."""
    chain = chain_of(spec, place)
    layers = read_layers(text)
    owner, index = split_path(place)
    may_end = owner == "network" and index == len(chain) and not any(isinstance(each, Output) for each in chain)
    if layers and isinstance(layers[-1], Output) and not may_end:
        layers = layers[:-1]
    if not layers:
        raise SpecError("network: there is no layer to paste besides the output layer, of which a network has one, at its end")
    return checked(spliced(spec, place, 0, *layers))


def read_layers(text: str) -> tuple[Layer, ...]:
    """Layers from their text, as in `conv 32 3 | relu`, or from JSON: one, a list of them, or a whole experiment.

    Raises: SpecError if it is none of that."""
    if len(text) > MAX_SPEC_BYTES:
        raise SpecError(f"network: what is pasted must be at most {MAX_SPEC_BYTES:,} characters, got {len(text):,}")
    try:
        return _from_json(text) if text.lstrip().startswith(("[", "{")) else read(text)
    except SpecError as error:
        raise SpecError(*(f"network: what was pasted cannot be used: {problem}" for problem in error.problems)) from None


def _from_json(text: str) -> tuple[Layer, ...]:
    try:
        found: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise SpecError("it is neither layers as text, as in “conv 32 3 | relu”, nor readable JSON") from None
    if isinstance(found, dict) and "network" in found:
        found = found["network"]
    elif isinstance(found, dict):
        found = [found]
    return parse_spec({"data": {"kind": "mnist_sample"}, "loss": {"kind": "cross_entropy"}, "network": found}).network
