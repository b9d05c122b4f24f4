"""Which runs may train now, and which wait, in order."""


class Queue:
    """A fixed number of slots, assigned first come, first served.

    Only a run that takes steps needs a slot. A run that pauses releases its slot, and requests one again to continue: a forgotten paused
    run blocks nobody."""

    def __init__(self, slots: int) -> None:
        if slots < 1:
            raise ValueError(f"slots: must be at least 1, got {slots}")
        self._slots = slots
        self._active: set[str] = set()
        self._waiting: list[str] = []

    def request(self, run_id: str) -> None:
        """Appends the run to the queue, unless it has a slot or waits already."""
        if run_id not in self._active and run_id not in self._waiting:
            self._waiting.append(run_id)

    def release(self, run_id: str) -> None:
        """Gives up the run's slot, or its request for one."""
        self._active.discard(run_id)
        if run_id in self._waiting:
            self._waiting.remove(run_id)

    def admit(self) -> list[str]:
        """The runs that get a slot now."""
        free = max(0, self._slots - len(self._active))
        admitted, self._waiting = self._waiting[:free], self._waiting[free:]
        self._active.update(admitted)
        return admitted

    def position(self, run_id: str) -> int | None:
        """1 for the next run; None for a run that does not wait."""
        return self._waiting.index(run_id) + 1 if run_id in self._waiting else None

    @property
    def active(self) -> frozenset[str]:
        return frozenset(self._active)

    @property
    def waiting(self) -> tuple[str, ...]:
        return tuple(self._waiting)
