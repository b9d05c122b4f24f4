"""Known mistakes with layers for sequences."""

from collections.abc import Iterator

from playground.catalog.layers import Attention, Conv1d, Layer, Positions, TransformerBlock
from playground.catalog.layers.recurrent import Recurrent
from playground.catalog.tasks import NextSymbol
from playground.network.problems import Fix, Problem, inserted, replaced, without
from playground.paths import chains, layers_in_order
from playground.spec import ExperimentSpec

_ATTENTION = (Attention, TransformerBlock)
_ORDERED = (Positions, Recurrent, Conv1d)
"""After them, steps tell where they are."""


def check_sequences(spec: ExperimentSpec) -> Iterator[Problem]:
    """Reports layers that see the answer, positions that nothing uses, and attention that cannot tell the order of steps."""
    if isinstance(spec.data.task, NextSymbol):
        yield from _seeing_the_answer(spec)
    yield from _positions(spec)


def _seeing_the_answer(spec: ExperimentSpec) -> Iterator[Problem]:
    for chain, layers in chains(spec):
        for index, layer in enumerate(layers):
            if layer.sees_later_steps and not layer.branches():
                path = f"{chain}[{index}]"
                message = (
                    f"{layer.title} sees later symbols, and the next one is the answer, which can be copied: the loss will fall to "
                    "almost 0, and the text that the network writes will make no sense"
                )
                yield Problem(path, message, severity="warning", fix=_looking_back(spec, path, layer))


def _looking_back(spec: ExperimentSpec, path: str, layer: Layer) -> Fix:
    if isinstance(layer, _ATTENTION):
        return replaced(spec, path, layer.model_copy(update={"causal": True}), "Make it causal")
    if isinstance(layer, Recurrent):
        return replaced(spec, path, layer.model_copy(update={"bidirectional": False}), "Read in one direction")
    return without(spec, path)


def _positions(spec: ExperimentSpec) -> Iterator[Problem]:
    """In the order of the network, blocks included."""
    layers = list(layers_in_order(spec))
    for at, (path, layer) in enumerate(layers):
        if isinstance(layer, Positions) and layer.how == "rotary" and not any(isinstance(after, _ATTENTION) for _, after in layers[at:]):
            message = "Rotary positions turn queries and keys, but no attention follows that has any: they do nothing here"
            fix = replaced(spec, path, layer.model_copy(update={"how": "sinusoidal"}), "Use sinusoidal positions")
            yield Problem(path, message, severity="warning", fix=fix)
    path, first = next(((path, layer) for path, layer in layers if isinstance(layer, (*_ORDERED, *_ATTENTION))), ("", None))
    if isinstance(first, _ATTENTION) and not first.causal:  # causal attention sees one step at the first step, two at the second
        message = "Attention sees which steps there are, but not their order: nothing before it says where each step is"
        yield Problem(path, message, severity="note", fix=inserted(spec, path, Positions(), "Add positions before it"))
