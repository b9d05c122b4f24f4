"""What whoever iterates over `train` may say to it between two steps."""

from dataclasses import dataclass
from typing import Literal


@dataclass
class Control:
    """Read by the engine after every step.

    pace: when the next Progress is yielded: by the clock (play), after one batch, or at the end of the epoch (step). Waiting
    for the next event is pausing. watched: whether somebody looks at the views (boundary, confusion …), which are not made else,
    but for the last ones.
    stop: end now, with a last evaluation, snapshot and Finished(reason="stopped")."""

    pace: Literal["clock", "batch", "epoch"] = "clock"
    watched: bool = True
    stop: bool = False
