"""What one server holds for all its visitors: the rooms, and the runs, started with it and closed with it."""

import asyncio
import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache, lru_cache
from importlib import import_module

import streamlit as st

from playground.catalog.datasets.array_cache import Generator
from playground.network import trace
from playground.presets import PRESETS
from playground.rooms import Rooms
from playground.runs import Runs
from playground.runs.executor import Executor
from playground.runs.without_compiler import leave_out_compiler
from playground.settings import settings
from playground.web import plotly_script
from playground.web.closing import ended_in_time
from playground.web.downloads import downloads
from playground.web.generations import generations
from playground.web.security.connections import apply_connection_limits
from playground.web.turns import turns
from playground.web.upkeep import kept_copied, kept_tidy

logger = logging.getLogger(__name__)

_WARMING_SECONDS = 2
"""How long a server that ends at once waits for what it was making ready."""

_IMPORTED_BY_PAGES = ("playground.web.panels.explain", "captum.attr")
"""Large, and imported by a page or when first used."""


@cache
def runs() -> Runs:
    """The runs of this process, in the folder and with the limits of its settings."""
    limits = settings()
    executor: Executor | None = None
    if limits.executor == "ray":
        from playground.runs.ray_executor import RayExecutor  # only where it is used: it imports what trains

        executor = RayExecutor()
    return Runs(
        limits.data,
        limits.parallel_runs,
        limits.database,
        executor,
        sessions=limits.runs_in_memory,
        unwatched_seconds=limits.unwatched_seconds,
    )


def rooms() -> Rooms:
    """The rooms of this process, with the limits of its settings."""
    return _rooms(runs())


@lru_cache(maxsize=1)
def _rooms(runs: Runs) -> Rooms:
    limits = settings()
    return Rooms(runs, limits.room_hours, limits.room_seats, limits.rooms_in_all)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Serves at once, and meanwhile makes ready what the first visitor would wait for; closes the runs at the end."""
    apply_connection_limits()
    Generator.generate = generations().generate
    warming = asyncio.create_task(asyncio.to_thread(_warm))
    warming.add_done_callback(_report)
    upkeep = asyncio.create_task(_keep_up(warming))
    try:
        with ended_in_time():
            yield
    finally:
        upkeep.cancel()
        await asyncio.wait({warming, upkeep}, timeout=_WARMING_SECONDS)
        downloads().close()
        generations().close()
        await asyncio.to_thread(turns().close)
        await asyncio.to_thread(runs().close)


async def _keep_up(warming: asyncio.Task[None]) -> None:
    await asyncio.wait({warming})
    await asyncio.gather(kept_tidy(runs, rooms), kept_copied())


def _warm() -> None:
    """The process that workers are forked from, the data and the shapes of the first preset, the script of the charts, and what all
    pages import.

    To look for garbage among the objects that torch and its like leave behind takes up to half a second, in which the whole server stands
    still. They are told apart from what a visitor makes, and not searched again."""
    leave_out_compiler()
    runs().start()
    first = next(iter(PRESETS.values())).spec
    trace(first)
    first.data.load()
    plotly_script.packed()
    for module in _IMPORTED_BY_PAGES:
        import_module(module)
    gc.collect()
    gc.freeze()


def _report(warming: asyncio.Task[None]) -> None:
    """Nobody waits for the warm-up: what fails there fails again where it is needed, and is told to the visitor there."""
    error = None if warming.cancelled() else warming.exception()
    if error is not None:
        logger.warning("The warm-up failed: %s", error, exc_info=error)
