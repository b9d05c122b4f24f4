"""What is known about a run without reading its files."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from playground.spec import ExperimentSpec


class RunState(StrEnum):
    """The state of a run.

    queued: waiting for its first turn, or to continue. starting: its process is being started. paused: takes no steps until told to
    continue. finished: reached its last epoch or a stop condition. stopped: ended by its owner. diverged: its loss became NaN or infinite.
    failed: could not continue. refused: needs more than a limit of the server allows, and would whenever it is resumed. interrupted: ended
    from outside, such as by a restart of the server."""

    QUEUED = "queued"
    STARTING = "starting"
    RUNNING = "running"
    PAUSED = "paused"
    FINISHED = "finished"
    STOPPED = "stopped"
    DIVERGED = "diverged"
    FAILED = "failed"
    REFUSED = "refused"
    INTERRUPTED = "interrupted"

    @property
    def ended(self) -> bool:
        """Whether the run is over."""
        return self in _ENDED


_ENDED = frozenset({RunState.FINISHED, RunState.STOPPED, RunState.DIVERGED, RunState.FAILED, RunState.REFUSED, RunState.INTERRUPTED})


class RunNotFound(Exception):  # noqa: N818 - reads better without "Error" where it is caught
    """No run has this address. The message is for the person who followed the link."""

    def __init__(self) -> None:
        super().__init__("There is no run at this address. The link may be incomplete, or the run may be on another server.")


class RunInUse(Exception):  # noqa: N818 - like RunNotFound
    """A run cannot be deleted. The message is for its owner."""

    def __init__(self) -> None:
        super().__init__("This run has not ended: another server computes it, or it cannot be stopped. Stop it first, then delete it.")


class RunOver(Exception):  # noqa: N818 - like RunNotFound
    """A run has ended, and nothing in it can change. The message is for its owner."""

    def __init__(self) -> None:
        super().__init__("This run has ended, so nothing in it can change. Change the settings, and train again.")


@dataclass(frozen=True)
class Branch:
    """From where a run goes on: after `step` steps of the run with this id, which may have been deleted since."""

    run_id: str
    step: int


@dataclass(frozen=True)
class RunInfo:
    """A run at one moment.

    id: its watch address. queue_position: 1 for the next run, None if it does not wait. message: why it is in this state, in plain
    words, or "". advice: what to try; of a finished run what its network does no better than a constant prediction. created:
    in UTC. directory: the folder with its files. diverging: whether its losses are finite, and far beyond those of the start. owner: ""
    if it belongs to nobody yet. given_name: what its owner calls it, "" for no name but that of its experiment. branch: from where it goes
    on, None for its own first step."""

    id: str
    spec: ExperimentSpec
    state: RunState
    queue_position: int | None
    message: str
    advice: tuple[str, ...]
    created: datetime
    directory: Path
    diverging: bool = False
    owner: str = ""
    given_name: str = ""
    branch: Branch | None = None
