"""How many runs one visitor, one address and all together may have waiting or training.

As with requests (`security/rates.py`), visitors without history share the allowance of their address, so that nobody gets more by throwing
cookies away; those who have been here for an hour, or have logged in, count alone; and a room counts like an address of its own, so that
a class need not share with its school.

The runs of one visitor are counted over all servers of the database; those of an address and of all, which bound what a server has to do,
on this server."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import streamlit as st

from playground.runs.database import StoreError
from playground.settings import settings
from playground.web.security.addresses import grouped
from playground.web.security.owner import has_account, visitor_since
from playground.web.security.rates import KNOWN_SECONDS
from playground.web.security.seats import is_room, place_of
from playground.web.server import runs


class RunLimitError(Exception):
    """No run can be started now. The message names the limit, and who can raise it."""


@dataclass(frozen=True)
class Visitor:
    """Who wants to start a run. place: the address or the room whose allowance they share; "" for nobody else's."""

    owner: str
    place: str


class RunLimits:
    """The runs of each address and room, and the limits. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._places: dict[str, str] = {}
        self._starting: list[Visitor] = []
        """Those whose run is being started just now."""

    def start(self, visitor: Visitor, start: Callable[[], str]) -> str:
        """Starts a run, or continues one, and returns its id. start: does so. Raises: RunLimitError if one more would be too many; and what
        `start` raises."""
        elsewhere = _elsewhere(visitor.owner)
        with self._lock:
            self._check(visitor, elsewhere)
            self._starting.append(visitor)
        try:
            run_id = start()
            with self._lock:
                self._places[run_id] = visitor.place
            return run_id
        finally:
            with self._lock:
                self._starting.remove(visitor)

    def _check(self, visitor: Visitor, elsewhere: int) -> None:
        limits, unfinished = settings(), runs().unfinished()
        self._places = {run_id: place for run_id, place in self._places.items() if run_id in unfinished}
        owners = [*unfinished.values(), *(other.owner for other in self._starting)]
        places = [*self._places.values(), *(other.place for other in self._starting)]
        where = ("Your room has", "one room") if is_room(visitor.place) else ("Your address has", "one address, such as that of a school,")
        counts = (
            ("You have", elsewhere + owners.count(visitor.owner), limits.runs_per_owner, "one visitor", "runs_per_owner"),
            (where[0], places.count(visitor.place) if visitor.place else 0, limits.runs_per_address, where[1], "runs_per_address"),
            ("All visitors together have", len(owners), limits.runs_in_all, "this server", "runs_in_all"),
        )
        for whose, count, most, whom, name in counts:
            if count >= most:
                number = "1 run" if count == 1 else f"{count:,} runs"
                raise RunLimitError(
                    f"{whose} {number} training or waiting, the limit for {whom}. Stop one, or wait until one has ended. The operator of "
                    f"this server can allow more: PLAYGROUND_{name.upper()}."
                )


def _elsewhere(owner: str) -> int:
    """Runs of an owner on other servers; 0 while the database is away, which the start of a run needs anyway."""
    try:
        return runs().unfinished_elsewhere(owner)
    except StoreError:
        return 0


@cache
def run_limits() -> RunLimits:
    """The limits of this process."""
    return RunLimits()


def visitor_here(owner: str) -> Visitor:
    """The visitor whose page this script run serves. owner: theirs."""
    known, since = visitor_since()
    counts_alone = has_account(owner) or (known == owner and time.time() - since > KNOWN_SECONDS)
    return Visitor(owner, place_of(owner, "" if counts_alone else address_of_visitor()))


def start_run(owner: str, start: Callable[[], str]) -> str:
    """As `RunLimits.start`, for the visitor whose page this script run serves."""
    return run_limits().start(visitor_here(owner), start)


def resume_run(owner: str, run_id: str, resume: Callable[[], None]) -> None:
    """The same for a run that may be paused or over, unless it counts already. resume: lets it go on."""

    def start() -> str:
        resume()
        return run_id

    if run_id in runs().unfinished():
        resume()
    else:
        start_run(owner, start)


def address_of_visitor() -> str:
    """The address of the visitor whose page this script run serves."""
    return grouped(st.context.ip_address or "this machine")
