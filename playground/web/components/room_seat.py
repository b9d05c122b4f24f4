"""A student's seat on the Room page."""

from collections.abc import Mapping
from typing import Any

from playground.web.components.loader import component


def room_seat(data: Mapping[str, Any], *, key: str) -> None:
    """Who the student is, what there is to do, and the board. data: as that of `room_bar`, whose socket it follows. Root: `.pg-room`, with
    data-members."""
    component("room_seat")(key=key, data=data, height="content")
