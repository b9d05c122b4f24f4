"""How much time a run may spend on evaluations, views and snapshots."""

SNAPSHOT_SHARE = 0.005
"""Of a run's time, for snapshots."""

_SHARE = 0.01
_WATCHED_SHARE = 0.045
_EARLY_SECONDS = 8.0

_MOST_SECONDS = 0.1
_READER = 10


def evaluation_share(seconds: float, watched: bool, smooth: bool) -> float:
    """Of a run's time, for evaluations and views, `seconds` into the run: more while somebody watches a view that should move smoothly, or
    the beginning of a run, when most changes happen."""
    return _SHARE + _WATCHED_SHARE * (watched and (smooth or seconds < _EARLY_SECONDS))


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
