"""A worker's letters to its server: training goes on at once, however slowly they are read."""

import threading
from collections.abc import Callable
from dataclasses import replace

from playground.runs.thinning import extremes
from playground.training.events import Evaluated, Progress, View

_TOGETHER = 8
_MOST_STEPS = 20_000
_MOST_EVALUATIONS = 1000


class Outbox:
    """Sends from a thread of its own. What waits is bounded: of a view the newest waits, Progress events are joined and then thinned
    (lowest and highest losses stay), of very many evaluations the oldest go."""

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
        self._waiting: list[object] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._deliver, name="outbox", daemon=True)
        self._thread.start()

    def put(self, message: object) -> None:
        """Returns at once."""
        with self._changed:
            self._make_room(message)
            self._changed.notify()

    def close(self, seconds: float) -> None:
        """Waits until everything is sent, but no longer than this."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(seconds)

    def _make_room(self, message: object) -> None:
        waiting = self._waiting
        if isinstance(message, View):
            waiting[:] = [each for each in waiting if not (isinstance(each, View) and each.name == message.name)]
        elif isinstance(message, Progress) and len(waiting) >= _TOGETHER:
            for place, each in reversed(list(enumerate(waiting))):
                if isinstance(each, Progress):
                    waiting[place] = joined(each, message)
                    return
        elif isinstance(message, Evaluated):
            evaluations = [place for place, each in enumerate(waiting) if isinstance(each, Evaluated)]
            if len(evaluations) >= _MOST_EVALUATIONS:
                del waiting[evaluations[0]]
        waiting.append(message)

    def _deliver(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                if not self._waiting:
                    return
                message = self._waiting.pop(0)
            try:
                self._send(message)
            except OSError:  # the server has gone; who listens for its commands ends the worker
                return


def joined(earlier: Progress, later: Progress) -> Progress:
    """One Progress for two that follow each other."""
    steps, losses = earlier.steps + later.steps, earlier.losses + later.losses
    if len(steps) > _MOST_STEPS:
        places = [place for start in range(0, len(steps), 4) for place in extremes(losses[start : start + 4], start)]
        steps, losses = tuple(steps[place] for place in places), tuple(losses[place] for place in places)
    return replace(later, steps=steps, losses=losses)
