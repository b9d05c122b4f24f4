"""A preset with data that is already chosen."""

from playground.catalog.layers import Layer
from playground.network import trace
from playground.paths import chains
from playground.presets import Preset
from playground.spec import ExperimentSpec
from playground.web.edits.data import Adapted

_ANYWHERE = frozenset({"Activation", "Regularization", "Normalization"})


def misfit(preset: Preset, adapted: Adapted) -> str | None:
    """Why the network of a preset cannot be used with other data, as a sentence; None if at least one of its hidden layers can.

    adapted: the experiment of the preset with that data."""
    kinds = _hidden(preset.spec)
    if kinds and not kinds & _hidden(adapted.spec):
        reads, yours = preset.spec.data.encoding.examples, adapted.spec.data.encoding.examples
        return f"Its network reads {reads}; your data consists of {yours}, which none of its layers can read."
    problem = next((problem for problem in trace(adapted.spec).problems if problem.severity == "error"), None)
    return None if problem is None else f"Its network does not fit: {problem.message}"


def _hidden(spec: ExperimentSpec) -> set[str]:
    """The kinds of layers that compute something from several numbers, besides the output."""
    return {layer.kind for _, layers in chains(spec) for layer in layers if _computes(layer)}


def _computes(layer: Layer) -> bool:
    return layer.group not in _ANYWHERE and not layer.branches() and layer.kind not in ("output", "flatten", "sequence_pool")
