"""Messages from a worker to its server: training never waits, however slowly they are read."""

import threading
from collections.abc import Callable
from dataclasses import replace

from playground.runs.messages import Checkpointed, Weights
from playground.runs.thinning import extremes
from playground.training.events import Evaluated, Progress, View

_UNJOINED = 8
"""Number of waiting messages from which Progress events are joined."""
_MAX_STEPS = 20_000
_MAX_EVALUATIONS = 1000


class Outbox:
    """Sends from its own thread. The number of waiting messages is bounded: only the newest weights, checkpoint and view of each name wait,
    Progress events are joined and then thinned (the lowest and highest losses stay), and beyond 1,000 evaluations the oldest are dropped.
    """

    def __init__(self, send: Callable[[object], None]) -> None:
        self._send = send
        self._waiting: list[object] = []
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._deliver, name="outbox", daemon=True)
        self._thread.start()

    def put(self, message: object) -> None:
        """Returns immediately."""
        with self._changed:
            self._make_room(message)
            self._changed.notify()

    def close(self, seconds: float) -> None:
        """Waits until everything is sent, but at most this long."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join(seconds)

    def _make_room(self, message: object) -> None:
        waiting = self._waiting
        if isinstance(message, View):
            waiting[:] = [earlier for earlier in waiting if not (isinstance(earlier, View) and earlier.name == message.name)]
        elif isinstance(message, Weights | Checkpointed):
            waiting[:] = [earlier for earlier in waiting if not isinstance(earlier, type(message))]
        elif isinstance(message, Progress) and len(waiting) >= _UNJOINED:
            for index, earlier in reversed(list(enumerate(waiting))):
                if isinstance(earlier, Progress):
                    waiting[index] = joined(earlier, message)
                    return
        elif isinstance(message, Evaluated):
            evaluations = [index for index, earlier in enumerate(waiting) if isinstance(earlier, Evaluated)]
            if len(evaluations) >= _MAX_EVALUATIONS:
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
            except OSError:  # the server has gone; the thread that receives its commands ends the worker
                return


def joined(earlier: Progress, later: Progress) -> Progress:
    """Two consecutive Progress events as one."""
    steps, losses = earlier.steps + later.steps, earlier.losses + later.losses
    if len(steps) > _MAX_STEPS:
        kept = [index for start in range(0, len(steps), 4) for index in extremes(losses[start : start + 4], start)]
        steps, losses = tuple(steps[index] for index in kept), tuple(losses[index] for index in kept)
    return replace(later, steps=steps, losses=losses)
