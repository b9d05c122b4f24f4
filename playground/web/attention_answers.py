"""What a network predicts for an input, ready for JSON, whatever its task."""

from typing import Any, Final

from torch import Tensor

from playground.catalog.answers import IGNORED
from playground.network import readout
from playground.spec import ExperimentSpec
from playground.web.attention_inputs import Given
from playground.web.networks import NetworkError

LIKELIEST: Final = 5
"""Classes that are named, the likeliest first."""
MOST_VALUES: Final = 12


def prediction(spec: ExperimentSpec, given: Given, outputs: Tensor) -> dict[str, Any]:
    """The prediction that raw outputs (1, …) are for an input.

    {"form": "class", "label", "confidence", "likeliest": [[label, share], …], "truth"} for one class; {"form": "steps", "labels",
    "confidences", "truth": [label or None, …]} for a class at every step, with "likeliest" of what comes next if symbols are predicted;
    {"form": "values", "title", "values", "truth", "count"} for values. truth is None where it is unknown.
    Raises: NetworkError if the outputs are not numbers."""
    task, classes = spec.data.task, spec.data.classes
    if not bool(outputs.isfinite().all()):
        raise NetworkError("This network's output is not a number: its training has diverged. Try a smaller learning rate.")
    if task.per_step:
        return _steps(spec, given, outputs[0])
    shares = readout(spec).probabilities(outputs)[0]
    if task.has_classes:
        likeliest = _likeliest(classes, shares)
        truth = None if given.truth is None else classes[int(given.truth)]
        return {"form": "class", "label": likeliest[0][0], "confidence": likeliest[0][1], "likeliest": likeliest, "truth": truth}
    values = shares.flatten()
    targets = None if given.truth is None else [round(float(value), 5) for value in given.truth.flatten()[:MOST_VALUES]]
    shown = [round(value, 5) for value in values[:MOST_VALUES].tolist()]
    return {"form": "values", "title": spec.data.target_title, "values": shown, "truth": targets, "count": len(values)}


def _steps(spec: ExperimentSpec, given: Given, outputs: Tensor) -> dict[str, Any]:
    """outputs: (L, K), of which those of the given tokens count."""
    classes = spec.data.classes
    shares = readout(spec).probabilities(outputs[: len(given.tokens)])
    confidences, predicted = shares.max(dim=1)
    said = {
        "form": "steps",
        "labels": [classes[index] for index in predicted.tolist()],
        "confidences": [round(share, 5) for share in confidences.tolist()],
        "truth": None,
    }
    if given.truth is not None:
        said["truth"] = [None if target == IGNORED else classes[int(target)] for target in given.truth[: len(given.tokens)]]
    if spec.data.task.name() == "next_symbol":
        said["likeliest"] = _likeliest(classes, shares[-1])
    return said


def _likeliest(classes: tuple[str, ...], shares: Tensor) -> list[tuple[str, float]]:
    best = shares.topk(min(LIKELIEST, len(shares)))
    return [(classes[index], round(share, 5)) for share, index in zip(best.values.tolist(), best.indices.tolist(), strict=True)]
