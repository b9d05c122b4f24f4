"""The messages between a server and its workers, besides the events of training."""

from dataclasses import dataclass
from typing import Literal

from playground.catalog.datasets.columns import FittedColumns
from playground.spec import ExperimentSpec
from playground.training.events import Event
from playground.training.wanted import EVERYTHING, Wanted

Action = Literal["run", "batch", "epoch", "rest", "pause", "stop"]
"""run: continue. batch, epoch: take one step, then pause. rest: let others compute until the next command, which may repeat the one before.
stop: end now with an evaluation."""


@dataclass(frozen=True)
class Job:
    """Server to worker, first. environment: the server's settings, which its workers share. checkpoint: from which the run continues, as
    the content of a file; None to start at the beginning. threads: the most that it may take if its spec leaves that open; None for the
    setting. moment: the step after which it pauses by itself; None for none."""

    spec: ExperimentSpec
    environment: dict[str, str]
    checkpoint: bytes | None = None
    threads: int | None = None
    moment: int | None = None


@dataclass(frozen=True)
class Command:
    """Server to worker. number: counts the commands of a run, so that a response can be matched to its command."""

    action: Action
    number: int


@dataclass(frozen=True)
class Alter:
    """Server to worker: a setting, or a single weight, is to have another value from the next step on. The answer is the event Changed or
    Refused."""

    path: str
    value: float


@dataclass(frozen=True)
class Leave:
    """Server to worker, last: end now, with a checkpoint from which the run can continue in another session."""


@dataclass(frozen=True)
class Watched:
    """Server to worker: whether anybody is watching. wanted: the views that they look at."""

    watched: bool
    wanted: Wanted = EVERYTHING


@dataclass(frozen=True)
class Speed:
    """Server to worker: how many steps it takes in a second at most; infinite for full speed."""

    steps_per_second: float


@dataclass(frozen=True)
class Paused:
    """Worker to server: no step is taken until the next command. number: of the newest command received."""

    number: int


@dataclass(frozen=True)
class Rested:
    """Worker to server: others may compute until the next command. number: of the newest command received. seconds: until it wants to go
    on, in slow motion."""

    number: int
    seconds: float = 0.0


@dataclass(frozen=True)
class Weights:
    """Worker to server: the weights after `step` steps, as the content of a safetensors file. final: whether training is over."""

    content: bytes
    step: int
    final: bool


@dataclass(frozen=True)
class Checkpointed:
    """Worker to server: a checkpoint after `step` steps, as the content of a safetensors file."""

    content: bytes
    step: int


@dataclass(frozen=True)
class Fitted:
    """Worker to server, once, for a run on rows: how a new row becomes an input."""

    columns: FittedColumns


@dataclass(frozen=True)
class Failed:
    """Worker to server: the run cannot continue. message: for its owner, in plain words; advice: what to try; refused: whether it exceeds
    a limit of the server, and would whenever it is resumed."""

    message: str
    advice: tuple[str, ...] = ()
    refused: bool = False


Message = Event | Weights | Checkpointed | Fitted | Rested | Paused | Failed
"""What a worker reports."""
