"""Who may train now, and who waits for it in which order."""


class Queue:
    """A fixed number of places, given in the order of asking.

    Only a run that takes steps needs a place. One that pauses gives its place back, and asks for one again when it is to go on: a
    run that somebody paused and forgot keeps nobody waiting."""

    def __init__(self, places: int) -> None:
        if places < 1:
            raise ValueError(f"places: must be at least 1, got {places}")
        self._places = places
        self._active: set[str] = set()
        self._waiting: list[str] = []

    def ask(self, run_id: str) -> None:
        """Puts the run at the end, unless it has a place or waits already."""
        if run_id not in self._active and run_id not in self._waiting:
            self._waiting.append(run_id)

    def leave(self, run_id: str) -> None:
        """Gives up its place, or its wish for one."""
        self._active.discard(run_id)
        if run_id in self._waiting:
            self._waiting.remove(run_id)

    def admit(self) -> list[str]:
        """Those who get a place now."""
        free = max(0, self._places - len(self._active))
        admitted, self._waiting = self._waiting[:free], self._waiting[free:]
        self._active.update(admitted)
        return admitted

    def position(self, run_id: str) -> int | None:
        """1 for the next one; None for a run that does not wait."""
        return self._waiting.index(run_id) + 1 if run_id in self._waiting else None

    @property
    def active(self) -> frozenset[str]:
        return frozenset(self._active)

    @property
    def waiting(self) -> tuple[str, ...]:
        return tuple(self._waiting)
