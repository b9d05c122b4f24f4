"""Runs: addresses, turns, worker processes, timelines, and storage.

The names below are loaded on first use: neither a worker process nor the command line needs a database."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from playground.runs.addresses import Address
    from playground.runs.info import RunInfo, RunInUse, RunNotFound, RunOver, RunState
    from playground.runs.service import Runs
    from playground.runs.timeline import Cursor, Timeline

__all__ = ["Address", "Cursor", "RunInUse", "RunInfo", "RunNotFound", "RunOver", "RunState", "Runs", "Timeline"]

_HOMES = {
    "Address": "playground.runs.addresses",
    "Cursor": "playground.runs.timeline",
    "RunInfo": "playground.runs.info",
    "RunInUse": "playground.runs.info",
    "RunNotFound": "playground.runs.info",
    "RunOver": "playground.runs.info",
    "RunState": "playground.runs.info",
    "Runs": "playground.runs.service",
    "Timeline": "playground.runs.timeline",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'playground.runs' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
