"""Resources created once, at first use, for all browser tests of a process."""

from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import Any


class Shared:
    """Resources by name, closed together, in the opposite order."""

    def __init__(self) -> None:
        self._resources: dict[str, Any] = {}
        self._end = ExitStack()

    def get(self, name: str, make: Callable[[], AbstractContextManager[Any]]) -> Any:
        if name not in self._resources:
            self._resources[name] = self._end.enter_context(make())
        return self._resources[name]

    def end(self) -> None:
        self._resources.clear()
        self._end.close()


SHARED = Shared()
