"""Pasting layers as text: copied here, or written elsewhere."""

import json
from typing import Any

from playground.catalog.layers import Layer, Output
from playground.parsing import parse_spec
from playground.paths import spliced, split_path
from playground.shorthand import read
from playground.spec import MAX_SPEC_BYTES, ExperimentSpec, SpecError
from playground.web.edits.layers import chain_of
from playground.web.edits.settings import checked


def paste(spec: ExperimentSpec, path: str, text: str) -> ExperimentSpec:
    """Inserts the layers of a text at the path, which may be one past the end of a chain. An output layer is only inserted at the end of a
    network that has none.

    Raises: SpecError if the text has no layers, or they cannot go there."""
    chain = chain_of(spec, path)
    layers = read_layers(text)
    owner, index = split_path(path)
    may_end = owner == "network" and index == len(chain) and not any(isinstance(each, Output) for each in chain)
    if layers and isinstance(layers[-1], Output) and not may_end:
        layers = layers[:-1]
    if not layers:
        raise SpecError("network: nothing to paste besides the output layer, and a network has only one, at its end")
    return checked(spliced(spec, path, 0, *layers))


def read_layers(text: str) -> tuple[Layer, ...]:
    """Layers from text such as `conv 32 3 | relu`, or from JSON: one layer, a list of layers, or a whole experiment.

    Raises: SpecError if it is none of these."""
    if len(text) > MAX_SPEC_BYTES:
        raise SpecError(f"network: pasted text must have at most {MAX_SPEC_BYTES:,} characters, got {len(text):,}")
    try:
        return _from_json(text) if text.lstrip().startswith(("[", "{")) else read(text)
    except SpecError as error:
        raise SpecError(*(f"network: cannot paste this: {problem}" for problem in error.problems)) from None


def _from_json(text: str) -> tuple[Layer, ...]:
    try:
        layers: Any = json.loads(text)
    except (ValueError, RecursionError):
        raise SpecError("neither layers as text, such as “conv 32 3 | relu”, nor valid JSON") from None
    if isinstance(layers, dict) and "network" in layers:
        layers = layers["network"]
    elif isinstance(layers, dict):
        layers = [layers]
    return parse_spec({"data": {"kind": "mnist_sample"}, "loss": {"kind": "cross_entropy"}, "network": layers}).network
