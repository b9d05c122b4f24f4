"""How far a run has come, in words."""

from collections.abc import Mapping
from typing import Any

from playground.catalog.metrics import DeclaredMetric
from playground.runs import RunInfo, RunState
from playground.spec import ExperimentSpec
from playground.training import declarations
from playground.web.markup import percent
from playground.web.server import runs


def progress_in_words(info: RunInfo) -> str:
    """Such as "Epoch 2 of 5, training", "Finished, 97.1 % of test images correct"."""
    status = runs().status(info.id)
    epoch, reached = status.get("epoch"), _reached(info.spec, status)
    state = "training" if info.state == RunState.RUNNING else str(info.state)
    if not info.state.ended:
        said = state if epoch is None else f"epoch {int(epoch)} of {info.spec.training.epochs}, {state}"
    else:
        said = ", ".join([state, *reached])
    return said[:1].upper() + said[1:]


def share_done(info: RunInfo) -> float:
    """The share of its epochs that a run has trained, 0 to 1."""
    return min(1.0, float(runs().status(info.id).get("epoch") or 0) / info.spec.training.epochs)


def compared_in_words(info: RunInfo) -> str:
    """What the numbers must beat, such as "Without a network: guessing “cat” 80.0 %"; "" if it is not known."""
    baselines = runs().status(info.id).get("baselines") or {}
    found = [(metric, baselines[metric.name]) for metric in declarations(info.spec).headline if metric.name in baselines]
    told = ", ".join(f"{baseline['title']} {_number(metric, baseline['value'])}" for metric, baseline in found)
    return f"Without a network: {told}" if told else ""


def _reached(spec: ExperimentSpec, status: Mapping[str, Any]) -> list[str]:
    """What the network can do on the test set, in words; [] if it is not known."""
    numbers = [(metric, status.get(metric.column("test"))) for metric in declarations(spec).headline]
    return [metric.phrase.format(_number(metric, number)) for metric, number in numbers if number is not None]


def _number(metric: DeclaredMetric, value: float) -> str:
    return percent(value) if metric.format == "percent" else metric.text(value)
