"""Notices when the visitor sees something."""

from collections.abc import Callable

from playground.web.components.loader import component


def when_seen(*, key: str, on_seen: Callable[[], None]) -> None:
    """Calls `on_seen` once it is on the screen, which it is when what contains it has been opened. Root: `.pg-when-seen`."""
    component("when_seen")(key=key, data={}, on_seen_change=on_seen, height=1)
