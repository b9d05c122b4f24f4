"""A challenge for a class, and the board on which results are ranked.

The board trusts no browser: its numbers come from the server's last evaluation on the whole test set, and parameters are counted from the
run's spec."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Literal

from playground.catalog.datasets.base import DIFFICULTY
from playground.catalog.metrics import DeclaredMetric
from playground.rooms.errors import RoomError
from playground.spec import ExperimentSpec
from playground.training import declarations

_TRAINING_ONLY = {"augmentations", *DIFFICULTY}
"""Settings of data that change how a network is trained, or how it sees the examples, but not which examples test it."""
MOST_PARAMETERS = 10**9
_LARGEST_GOAL = 1e12


@dataclass(frozen=True)
class Challenge:
    """What the class is to reach. metric, title, format, better: as declared by the runs; goal: at least or at most. most_parameters: a
    network must have fewer; None for any number. data: title of the dataset. test: as `held_out`."""

    metric: str
    title: str
    format: str
    better: Literal["lower", "higher"]
    goal: float
    most_parameters: int | None
    data: str
    test: str

    @property
    def sentence(self) -> str:
        """ "Test accuracy ≥ 95 % with fewer than 2,000 parameters, on MNIST digits"."""
        bound = "" if self.most_parameters is None else f" with fewer than {self.most_parameters:,} parameters"
        sign = "≥" if self.better == "higher" else "≤"
        return f"Test {self.title} {sign} {self.text(self.goal)}{bound}, on {self.data}"

    def text(self, value: float) -> str:
        """A number of the metric for people."""
        return f"{100 * value:.4g} %" if self.format == "percent" else f"{value:.4g}"

    def allows(self, parameters: int) -> bool:
        """Whether a network may have so many parameters."""
        return self.most_parameters is None or parameters < self.most_parameters

    def reached(self, value: float, parameters: int) -> bool:
        """Whether a result with this value and this number of parameters meets the challenge."""
        good = value >= self.goal if self.better == "higher" else value <= self.goal
        return good and self.allows(parameters)

    @property
    def plain(self) -> dict[str, Any]:
        """Ready for JSON."""
        return asdict(self)

    @classmethod
    def from_plain(cls, plain: dict[str, Any]) -> "Challenge":
        """The inverse of `plain`, after JSON."""
        return cls(**{field.name: plain[field.name] for field in fields(cls)})


@dataclass(frozen=True)
class Measured:
    """A run of a seat that has ended, as the server has measured it. test: as `held_out`. values: by metric, on the whole test set.
    parameters: of its network. ended: when."""

    seat: int
    run: str
    test: str
    values: Mapping[str, float]
    parameters: int
    ended: datetime


@dataclass(frozen=True)
class Ranked:
    """A result on the board. rank: from 1; None if the network has too many parameters. reached: whether it meets the challenge."""

    rank: int | None
    seat: int
    run: str
    value: float
    parameters: int
    reached: bool


def challenge_metrics(spec: ExperimentSpec) -> tuple[DeclaredMetric, ...]:
    """What a challenge with the data of an experiment can be about: metrics that mean the same whatever the loss is."""
    return tuple(metric for metric in declarations(spec).metrics if "test" in metric.splits and not metric.every_step)


def new_challenge(spec: ExperimentSpec, metric: str, goal: float, most_parameters: int | None) -> Challenge:
    """A challenge on the data of an experiment. Raises: RoomError if it cannot be one."""
    declared = next((known for known in challenge_metrics(spec) if known.name == metric), None)
    if declared is None:
        raise RoomError("A challenge needs a metric that does not depend on the loss, such as the accuracy; this experiment has none.")
    if not abs(goal) < _LARGEST_GOAL or (declared.format == "percent" and not 0 <= goal <= 1):
        raise RoomError(f"The goal must be {'from 0 % to 100 %' if declared.format == 'percent' else 'a number'}.")
    if most_parameters is not None and not 1 <= most_parameters <= MOST_PARAMETERS:
        raise RoomError(f"The number of parameters must be from 1 to {MOST_PARAMETERS:,}.")
    return Challenge(metric, declared.title, declared.format, declared.better, goal, most_parameters, spec.data.title, held_out(spec))


def board(challenge: Challenge, runs: Iterable[Measured]) -> tuple[Ranked, ...]:
    """The best run of each seat on the data of the challenge: first those within the bound, which are ranked, then the better number, then
    fewer parameters, then the earlier one."""

    def order(run: Measured) -> tuple[bool, float, int, datetime, str]:
        value = run.values[challenge.metric]
        worse = -value if challenge.better == "higher" else value
        return not challenge.allows(run.parameters), worse, run.parameters, run.ended, run.run

    best: dict[int, Measured] = {}
    for run in sorted((run for run in runs if run.test == challenge.test and challenge.metric in run.values), key=order):
        best.setdefault(run.seat, run)
    return tuple(
        Ranked(
            rank if challenge.allows(run.parameters) else None,
            run.seat,
            run.run,
            run.values[challenge.metric],
            run.parameters,
            challenge.reached(run.values[challenge.metric], run.parameters),
        )
        for rank, run in enumerate(best.values(), start=1)
    )


def held_out(spec: ExperimentSpec) -> str:
    """A text that two experiments have in common exactly if they are tested on the same examples."""
    return json.dumps(spec.data.model_dump(mode="json", exclude=_TRAINING_ONLY), sort_keys=True)
