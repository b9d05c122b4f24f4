"""What a list says of each run. It is stored in the run's row, so a list of hundreds needs neither specs nor timelines."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from weakref import WeakKeyDictionary

from playground.presets import name_of
from playground.runs.timeline import Cursor, Timeline
from playground.shorthand import write
from playground.spec import ExperimentSpec
from playground.training.declarations import Declarations

LONGEST_NAME = 80
POINTS = 40
"""In a sparkline."""
_LONGEST_NETWORK = 160

Sparkline = list[int | None]
"""The mean loss of the batches in equal parts of a run, from 0 (lowest) to 100 (highest); None for parts without one."""


@dataclass(frozen=True)
class Standing:
    """How far a run has come. result: of the metric that people want to know, {"title", "format", "better", "value"}; None before it is
    known. seconds: of training, without pauses. queue_position: as in `RunInfo`."""

    state: str
    message: str = ""
    epoch: float | None = None
    epochs: int | None = None
    seconds: float | None = None
    result: Mapping[str, Any] | None = None
    sparkline: Sparkline | None = None
    queue_position: int | None = None


@dataclass(frozen=True)
class Overview:
    """A run in a list. summary: its experiment in words. created: in UTC. delete_after: when it will be deleted, if that has been
    announced."""

    id: str
    name: str
    summary: str
    created: datetime
    standing: Standing
    delete_after: datetime | None = None


def summary(spec: ExperimentSpec) -> str:
    """Data, network and optimizer in words: "Circle · dense 4 | tanh | output · SGD, learning rate 0.03 · 20 epochs"."""
    network = write(spec.network)
    network = network if len(network) <= _LONGEST_NETWORK else f"{network[: _LONGEST_NETWORK - 1].rstrip(' |')}…"
    epochs = spec.training.epochs
    rate = getattr(spec.optimizer, "lr", None)
    optimizer = spec.optimizer.title if rate is None else f"{spec.optimizer.title}, learning rate {rate:g}"
    return " · ".join((spec.data.title, network, optimizer, f"{epochs:,} epoch{'' if epochs == 1 else 's'}"))


def named(text: str, spec: ExperimentSpec) -> str:
    """The name that a run gets: the text in one line of at most `LONGEST_NAME` characters, or what the experiment is called if that is
    empty."""
    line = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return line[:LONGEST_NAME].rstrip() or name_of(spec)[:LONGEST_NAME]


def chosen_name(name: str | None, spec: ExperimentSpec) -> str:
    """A stored name if somebody chose it; "" for the one that the run got at first."""
    return name if name and name != named("", spec) else ""


def result(declared: Declarations, numbers: Mapping[str, Any]) -> dict[str, Any] | None:
    """As in `Standing`. numbers: as in `Numbers.current`."""
    for metric in declared.headline:
        value = numbers.get(metric.column("test"))
        if value is not None:
            return {"title": f"test {metric.title}", "format": metric.format, "better": metric.better, "value": value}
    return None


_sparklines: WeakKeyDictionary[Timeline, tuple[Cursor, Sparkline]] = WeakKeyDictionary()
"""With where their timelines were: lists and walls ask every second, while most runs wait for their turn."""


def sparkline(timeline: Timeline) -> Sparkline:
    """Of a run with this timeline; [] before its first batch."""
    cursor = timeline.cursor
    known = _sparklines.get(timeline)
    if known is None or known[0] != cursor:
        known = _sparklines[timeline] = cursor, _sparkline(timeline)
    return known[1]


def _sparkline(timeline: Timeline) -> Sparkline:
    minimized = timeline.declared.minimized
    columns = timeline.delta(None)[0]["series"]["batch"]
    if minimized is None or not columns["step"]:
        return []
    return _scaled(_means(columns["step"], columns[minimized.column("train")]))


def _means(steps: list[float], losses: list[float | None]) -> list[float | None]:
    """In equal parts of the steps, at most as many as there are losses."""
    parts = min(POINTS, len(steps))
    first, last = steps[0], steps[-1]
    groups: list[list[float]] = [[] for _ in range(parts)]
    for step, loss in zip(steps, losses, strict=True):
        if loss is not None:
            groups[min(parts - 1, int((step - first) / max(1.0, last - first) * parts))].append(loss)
    return [sum(part) / len(part) if part else None for part in groups]


def _scaled(values: list[float | None]) -> Sparkline:
    known = [value for value in values if value is not None]
    low, high = min(known, default=0.0), max(known, default=0.0)
    return [None if value is None else round(100 * (value - low) / (high - low)) if high > low else 50 for value in values]
