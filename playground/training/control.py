"""How the caller of `train` controls it between two steps."""

import math
from collections import deque
from dataclasses import dataclass, field
from typing import Literal

from playground.training.wanted import EVERYTHING, Wanted


@dataclass
class Control:
    """Read by the engine after every step.

    pace: when the next Progress is yielded: by the clock (play), after one batch, or at the end of the epoch (step). To pause, do not ask
    for the next event. watched: whether somebody is watching; if not, no views (boundary, confusion …) are made except those of single
    steps and the last ones, which are all views. wanted: the views that are looked at, if somebody is watching. stop: end now, with a last
    evaluation, snapshot and Finished(reason="stopped"). rest: yield a Rest after this step, which the caller holds as long as others should
    compute. checkpoint: whether a Checkpoint is wanted as soon as possible; with it, it is False again. moment: a step after which
    everything is reported as after a single step, so that the caller can pause there; None for no such step. alterations: changes of
    settings and weights, (path, value), to be made between two steps, the first one first; the engine removes each and reports it as
    Changed or Refused. most_seconds: read once, at the start: training time after which the run ends as by its own time limit, with
    Finished(reason="limit"). steps_per_second: in slow motion, at a finite number of steps a second, a Rest follows every step, which the
    caller holds for its seconds; they count against no limit."""

    pace: Literal["clock", "batch", "epoch"] = "clock"
    watched: bool = True
    wanted: Wanted = EVERYTHING
    stop: bool = False
    rest: bool = False
    checkpoint: bool = False
    moment: int | None = None
    alterations: deque[tuple[str, float]] = field(default_factory=deque)
    most_seconds: float = math.inf
    steps_per_second: float = math.inf
