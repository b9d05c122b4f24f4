"""What a run may spend on being looked at."""

SHARE = 0.03
"""Of a run's time, for evaluations and snapshots."""
WATCHED_SHARE = 0.07
"""On top while somebody looks: for views, and so that large networks too show how they do before they are done."""

_MOST_SECONDS = 0.1
_READER = 10


class Budget:
    """Credit in seconds that grows with the run's time.

    Something is made while there is credit and paid for afterwards: what costs much comes seldom, and nothing is saved up for a burst."""

    def __init__(self) -> None:
        self._credit = 0.0
        self._until = 0.0

    def settle(self, now: float) -> None:
        """Forgets what was spent before `now`."""
        self._credit, self._until = 0.0, now

    def affords(self, now: float, share: float) -> bool:
        """Whether something may be made. now: seconds of the run; share: of the time since the last question, added to the credit."""
        self._credit = min(self._credit + share * (now - self._until), _MOST_SECONDS)
        self._until = now
        return self._credit >= 0

    def spend(self, seconds: float, reader_seconds: float = 0.0) -> None:
        """Pays for something that took `seconds` to make.

        reader_seconds: how long the reader held it, to write it down or send it on; counted up to ten times the first, since a pause
        looks the same."""
        self._credit -= seconds + min(reader_seconds, _READER * seconds)
