"""The timeline of a run that another server computes, as far as that one has stored it."""

from threading import Lock

from playground.runs.store import Store
from playground.runs.timeline import Timeline
from playground.training.declarations import Declarations


class Mirror:
    """declared: by the run, if what is stored does not say it. Any thread may call any method.

    Raises (every method): StoreError if the database refuses."""

    def __init__(self, run_id: str, store: Store, declared: Declarations) -> None:
        self._run_id, self._store, self._declared = run_id, store, declared
        self._lock = Lock()
        self._first = self._last = -1
        self.timeline = Timeline(declared=declared)
        self.update()

    def update(self) -> None:
        """Adds what has been stored since; reads everything again if rows were thinned, or will be reported again."""
        with self._lock:
            first, parts = self._store.numbered_parts(self._run_id, after=self._last)
            if parts and first != self._first:
                self._first, parts = self._store.numbered_parts(self._run_id)
                self.timeline = Timeline.rebuilt([part for _, part in parts], declared=self._declared)
            else:
                for _, part in parts:
                    self.timeline.extend(part)
            if parts:
                self._last = parts[-1][0]
            known = {view.name: view.step for view in self.timeline.views.values()}
            for view in self._store.views(self._run_id, besides=known):
                if self.timeline.declared.view(view.name):
                    self.timeline.add(view)
