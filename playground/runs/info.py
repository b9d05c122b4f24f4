"""What there is to know of a run without opening its files."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from playground.spec import ExperimentSpec


class RunState(StrEnum):
    """Where a run stands.

    queued: waits for a place, to begin or to go on. starting: its process is on its way. paused: takes no steps until it is
    asked to. finished: reached its last epoch or a stop condition. stopped: ended by its owner. diverged: its loss stopped being
    a number. failed: could not go on. interrupted: cut off from outside, as by a restart of the server."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    INTERRUPTED = "interrupted"

    @property
    def ended(self) -> bool:
        """Whether nothing more will happen."""
        return self in _ENDED


_ENDED = frozenset({RunState.FINISHED, RunState.STOPPED, RunState.DIVERGED, RunState.FAILED, RunState.INTERRUPTED})


class RunNotFound(Exception):  # noqa: N818 - its readers say what it is, not that it is an error
    """No run has this address. The message is for whoever followed it."""

    def __init__(self) -> None:
        super().__init__("There is no run at this address. The link may have been cut short, or the run lies on another server.")


@dataclass(frozen=True)
class RunInfo:
    """A run at one moment.

    id: its watch address. queue_position: 1 for the next one, None where it does not wait. message: why it is in this state, in plain
    words, "" where there is nothing to say. advice: what to try. created: in UTC. directory: where its files lie."""

    id: str
    spec: ExperimentSpec
    state: RunState
    queue_position: int | None
    message: str
    advice: tuple[str, ...]
    created: datetime
    directory: Path
