"""What a server and its workers say to each other over their pipe, besides the events of training."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playground.spec import ExperimentSpec

Wish = Literal["run", "batch", "epoch", "pause", "stop", "leave"]
"""run: go on. batch, epoch: one step, then pause. stop: end now, evaluated. leave: end at once, the newest weights kept."""


@dataclass(frozen=True)
class Job:
    """The first thing that a worker hears. environment: settings of the server that its workers share."""

    spec: ExperimentSpec
    directory: Path
    environment: dict[str, str]


@dataclass(frozen=True)
class Command:
    """Server to worker. number: counts the commands of a run, so that its answer can be told from an earlier one."""

    wish: Wish
    number: int


@dataclass(frozen=True)
class Watched:
    """Server to worker: whether somebody looks on."""

    watched: bool


@dataclass(frozen=True)
class Paused:
    """Worker to server: no step is taken until the next command. number: of the newest command that was heard."""

    number: int


@dataclass(frozen=True)
class Failed:
    """Worker to server: the run cannot go on. message: for its owner, in plain words; advice: what to try."""

    message: str
    advice: tuple[str, ...] = ()
