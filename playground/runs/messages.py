"""The messages between a server and its workers, besides the events of training."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from playground.spec import ExperimentSpec

Action = Literal["run", "batch", "epoch", "pause", "stop", "exit"]
"""run: continue. batch, epoch: take one step, then pause. stop: end now with an evaluation. exit: end now, keep the weights."""


@dataclass(frozen=True)
class Job:
    """Server to worker, first. environment: the server's settings, which its workers share."""

    spec: ExperimentSpec
    directory: Path
    environment: dict[str, str]


@dataclass(frozen=True)
class Command:
    """Server to worker. number: counts the commands of a run, so that a response can be matched to its command."""

    action: Action
    number: int


@dataclass(frozen=True)
class Watched:
    """Server to worker: whether anybody is watching."""

    watched: bool


@dataclass(frozen=True)
class Paused:
    """Worker to server: no step is taken until the next command. number: of the newest command received."""

    number: int


@dataclass(frozen=True)
class Failed:
    """Worker to server: the run cannot continue. message: for its owner, in plain words; advice: what to try."""

    message: str
    advice: tuple[str, ...] = ()
