"""What a server does when it starts and once an hour: it deletes what its limits say, and what dead processes left half-written."""

import asyncio
import logging
import math
from collections.abc import Callable
from contextlib import suppress

from filelock import FileLock, Timeout

from playground.artifacts.arrays import remove_unused_arrays
from playground.runs import Runs
from playground.runs.retention import Limits
from playground.runs.store import StoreError
from playground.settings import settings

_SECONDS = 3600.0
_DAY_SECONDS = 86_400.0

logger = logging.getLogger(__name__)


async def kept_tidy(runs: Callable[[], Runs]) -> None:
    """Goes on until it is cancelled."""
    while True:
        await asyncio.to_thread(tidy, runs())
        await asyncio.sleep(_SECONDS)


def tidy(runs: Runs) -> None:
    """Does it once, unless another server of this data folder is doing it. What fails is logged and tried again the next time."""
    limits = settings()
    prepared_seconds = limits.prepared_days * _DAY_SECONDS or math.inf
    with suppress(Timeout, OSError), FileLock(limits.data / ".tidy.lock", blocking=False):
        _tried(lambda: runs.tidy(Limits(limits.runs_bytes, limits.runs_days, limits.runs_notice_days)))
        _tried(lambda: remove_unused_arrays(prepared_seconds))


def _tried(work: Callable[[], object]) -> None:
    try:
        work()
    except (StoreError, OSError) as error:
        logger.warning("Old data could not be deleted: %s", error)
    except Exception:  # the other part must be done all the same
        logger.exception("Old data could not be deleted")
