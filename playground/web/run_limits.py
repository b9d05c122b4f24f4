"""How many runs one visitor, one address and all together may have waiting or training."""

import threading
from functools import cache

import streamlit as st

from playground.settings import settings
from playground.web.security.addresses import grouped
from playground.web.server import runs


class RunLimitError(Exception):
    """No run can be started now. The message names the limit, and who can raise it."""


class RunLimits:
    """The runs of each address, and the limits. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._address: dict[str, str] = {}

    def check(self, owner: str, address: str) -> None:
        """Raises: RunLimitError if one more run would be too many."""
        limits, unfinished = settings(), runs().unfinished()
        with self._lock:
            self._address = {run_id: known for run_id, known in self._address.items() if run_id in unfinished}
            of_owner = sum(1 for known in unfinished.values() if known == owner)
            of_address = sum(1 for known in self._address.values() if known == address)
        counts = (
            ("You have", of_owner, limits.runs_per_owner, "one visitor", "runs_per_owner"),
            ("Your address has", of_address, limits.runs_per_address, "one address, such as that of a school,", "runs_per_address"),
            ("All visitors together have", len(unfinished), limits.runs_in_all, "this server", "runs_in_all"),
        )
        for who, count, most, whom, name in counts:
            if count >= most:
                raise RunLimitError(
                    f"{who} {count:,} runs training or waiting, which is all that {whom} may have. Stop one, or wait until one has ended. "
                    f"Whoever runs this server can allow more: PLAYGROUND_{name.upper()}."
                )

    def started(self, run_id: str, address: str) -> None:
        """Counts a new run for its address."""
        with self._lock:
            self._address[run_id] = address


@cache
def run_limits() -> RunLimits:
    """The limits of this process."""
    return RunLimits()


def address_of_visitor() -> str:
    """The address of the visitor whose page this script run serves."""
    return grouped(st.context.ip_address or "this machine")
