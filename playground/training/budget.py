"""How much time a run may spend on evaluations, views and snapshots."""

SNAPSHOT_SHARE = 0.005
"""Of a run's processor time, for snapshots."""
CHECKPOINT_SHARE = 0.01
"""Of a run's processor time, for checkpoints."""
GLANCE_SHARE = 0.015
"""Of a run's processor time, while somebody watches, for views that need no evaluation."""

EXAMINATION_SECONDS = (0.4, 3.0)
"""Minimum time between two evaluations, early and late in a run; in between, a third of the time so far, since most changes happen early.
If somebody looks at a view that should move smoothly, there is an evaluation at every pulse."""

_SHARE = 0.005
_WATCHED_SHARE = 0.025
_EARLY_SECONDS = 8.0

_MOST_SECONDS = 0.1
_READER = 10

ALLOWANCE_SECONDS = 0.3
"""For evaluations by steps, in all of a run."""
_FEW = 4
"""So many epochs are evaluated one by one as long as the allowance lasts."""
_LONGEST_SECONDS = 1.0
_EVALUATIONS = 50


def evaluation_share(seconds: float, watched: bool, urgent: bool) -> float:
    """Of a run's time, for evaluations and views, `seconds` into the run: more while somebody looks at a view that should move smoothly or
    that is not there yet (urgent), or at the beginning of a run, when most changes happen."""
    return _SHARE + _WATCHED_SHARE * (watched and (urgent or seconds < _EARLY_SECONDS))


def examination_gap(seconds: float) -> float:
    """Seconds between an evaluation, `seconds` into the run, and the next one."""
    least, most = EXAMINATION_SECONDS
    return min(max(least, seconds / 3), most)


class Budget:
    """Credit in seconds that grows with the run's time.

    Work starts while there is credit and is paid for afterwards: expensive work happens rarely, and credit is not saved up for a burst."""

    def __init__(self) -> None:
        self._credit = 0.0
        self._until = 0.0

    def settle(self, now: float) -> None:
        """Clears the debt from before `now`."""
        self._credit, self._until = 0.0, now

    def affords(self, now: float, share: float) -> bool:
        """Whether work may start. now: seconds of the run; share: how much of the time since the last call is added to the credit."""
        self._credit = min(self._credit + share * (now - self._until), _MOST_SECONDS)
        self._until = now
        return self._credit >= 0

    def spend(self, seconds: float, reader_seconds: float = 0.0) -> None:
        """Pays for work that took `seconds`.

        reader_seconds: how long the reader held the result, to store or send it; counted up to ten times `seconds`, since a pause looks the
        same."""
        self._credit -= seconds + min(reader_seconds, _READER * seconds)


class Allowance:
    """A first sum for evaluations after whole epochs, so that the curves of short runs are true: at least 50, or one after each epoch. It
    is spread evenly over the run, so expensive evaluations are further apart."""

    def __init__(self, steps_per_epoch: int, epochs: int) -> None:
        self._epochs = epochs
        self._spent = 0.0
        self.due_step = 0
        """The next step after which to evaluate."""
        self.resize(steps_per_epoch, 0, steps_per_epoch * epochs)

    def resize(self, steps_per_epoch: int, start: int, steps: int) -> None:
        """From the epoch on that begins after `start` steps, epochs have so many, and the run has `steps` in all."""
        self._start, self._steps = start, steps
        self._gap = steps_per_epoch * max(1, self._epochs // _EVALUATIONS)
        self.due_step = start + self._gap

    def reach(self, step: int) -> bool:
        """Whether an evaluation is due after this step; the next one is then due later. After the last step there is one in any case."""
        if step < self.due_step:
            return False
        self.due_step = self._start + ((step - self._start) // self._gap + 1) * self._gap
        return step < self._steps

    def affords(self, step: int, seconds: float) -> bool:
        """Whether an evaluation of this step may start that will take about so many seconds."""
        if seconds > _LONGEST_SECONDS:
            return False
        progress = 1 if self._steps <= _FEW * self._gap else step / self._steps
        return self._spent < ALLOWANCE_SECONDS * progress

    def spend(self, seconds: float) -> None:
        """Pays for an evaluation that took `seconds`."""
        self._spent += seconds
