"""The wall of a room."""

from collections.abc import Callable, Mapping
from typing import Any

from playground.web.components.loader import component


def room_wall(
    socket: str,
    drawn: str,
    *,
    challenge: Mapping[str, Any] | None,
    playground: str,
    key: str,
    on_asked_change: Callable[[], None],
    on_changed_change: Callable[[], None],
) -> None:
    """A tile for each seat, which moves with its run, and the board of the challenge.

    socket: path of the room's socket. drawn: fingerprint of what the script has drawn; when the room has another one, the script runs
    again after `on_changed_change`. challenge: {"sentence", "title", "format"}. playground: address of that page. on_asked_change: called
    when the teacher asks for something: {"do": "show", "stop_showing" or "remove", "seat", "nonce"} under "asked" of the component's value.
    Root: `.pg-room`, with data-members."""
    data = {"room": socket, "drawn": drawn, "challenge": challenge, "playground": playground}
    component("room_wall")(key=key, data=data, height="content", on_asked_change=on_asked_change, on_changed_change=on_changed_change)
