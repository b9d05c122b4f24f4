"""The bars of a room at the lower edge of every page. They cover the page instead of moving it."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.web.components.loader import component


def room_bar(data: Mapping[str, Any], *, key: str, on_asked_change: Callable[[], None], on_changed_change: Callable[[], None]) -> None:
    """A student's bar. data: as in assets/js/room_bar.js. on_asked_change: called when the student asks for something: {"do": "yes", "no",
    "open", "undo", "see", "back", "go", "dismiss" or "leave", "nonce"} under "asked" of the component's value. on_changed_change: called
    when the room is no longer what the script has drawn. Root: `.pg-room-strip`."""
    component("room_bar")(key=key, data=data, height="content", on_asked_change=on_asked_change, on_changed_change=on_changed_change)


def room_teacher_bar(
    data: Mapping[str, Any], *, key: str, on_asked_change: Callable[[], None], on_changed_change: Callable[[], None]
) -> None:
    """The teacher's bar. data: as in assets/js/room_teacher_bar.js. on_asked_change: as of `room_bar`, with "send", "pause", "resume" or
    "room" to do. Root: `.pg-room-strip`."""
    component("room_teacher_bar")(
        key=key, data=data, height="content", on_asked_change=on_asked_change, on_changed_change=on_changed_change
    )
