"""How many runs one visitor, one address, one room and all together may have waiting or training."""

import threading
from functools import cache

import streamlit as st

from playground.settings import settings
from playground.web.security.addresses import grouped
from playground.web.security.seats import is_room
from playground.web.server import runs


class RunLimitError(Exception):
    """No run can be started now. The message names the limit, and who can raise it."""


class RunLimits:
    """The runs of each address or room, and the limits. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._place: dict[str, str] = {}

    def check(self, owner: str, place: str) -> None:
        """place: as `place_of`. Raises: RunLimitError if one more run would be too many."""
        limits, unfinished = settings(), runs().unfinished()
        with self._lock:
            self._place = {run_id: known for run_id, known in self._place.items() if run_id in unfinished}
            of_owner = sum(1 for known in unfinished.values() if known == owner)
            of_place = sum(1 for known in self._place.values() if known == place)
        where = ("Your room has", "one room") if is_room(place) else ("Your address has", "one address, such as that of a school,")
        counts = (
            ("You have", of_owner, limits.runs_per_owner, "one visitor", "runs_per_owner"),
            (where[0], of_place, limits.runs_per_address, where[1], "runs_per_address"),
            ("All visitors together have", len(unfinished), limits.runs_in_all, "this server", "runs_in_all"),
        )
        for who, count, most, whom, name in counts:
            if count >= most:
                raise RunLimitError(
                    f"{who} {count:,} runs training or waiting, which is all that {whom} may have. Stop one, or wait until one has ended. "
                    f"Whoever runs this server can allow more: PLAYGROUND_{name.upper()}."
                )

    def started(self, run_id: str, place: str) -> None:
        """Counts a new run for its place."""
        with self._lock:
            self._place[run_id] = place


@cache
def run_limits() -> RunLimits:
    """The limits of this process."""
    return RunLimits()


def address_of_visitor() -> str:
    """The address of the visitor whose page this script run serves."""
    return grouped(st.context.ip_address or "this machine")
