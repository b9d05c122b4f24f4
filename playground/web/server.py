"""What one server holds for all its visitors: the runs, started with it and closed with it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import streamlit as st

from playground.network import trace
from playground.presets import PRESETS
from playground.runs import Runs
from playground.settings import settings
from playground.web import plotly_script

logger = logging.getLogger(__name__)


@cache
def runs() -> Runs:
    """The runs of this process, in the folder and with the limits of its settings."""
    limits = settings()
    return Runs(limits.data, limits.parallel_runs, limits.database)


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Serves at once, and meanwhile makes ready what the first visitor would wait for; closes the runs at the end."""
    warming = asyncio.create_task(asyncio.to_thread(_warm))
    warming.add_done_callback(_report)
    try:
        yield
    finally:
        await asyncio.wait({warming})
        await asyncio.to_thread(runs().close)


def _warm() -> None:
    """The process that workers are forked from, the data and the shapes of the first preset, and the script of the charts."""
    runs().start()
    first = next(iter(PRESETS.values())).spec
    trace(first)
    first.data.load()
    plotly_script.packed()


def _report(warming: asyncio.Task[None]) -> None:
    """Nobody waits for the warm-up: what fails there fails again where it is needed, and is told to the visitor there."""
    error = None if warming.cancelled() else warming.exception()
    if error is not None:
        logger.warning("The warm-up failed: %s", error, exc_info=error)
