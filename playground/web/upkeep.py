"""What a server does besides serving: when it starts and once an hour, it deletes what its limits say, rooms that have closed, and what
dead processes left half-written; every few seconds, it copies to the storage what is new."""

import asyncio
import logging
import math
from collections.abc import Callable
from contextlib import suppress

from filelock import FileLock, Timeout

from playground.artifacts.arrays import remove_unused_arrays
from playground.artifacts.copies import carry_out
from playground.artifacts.storage import StorageError
from playground.rooms import Rooms
from playground.runs import Runs
from playground.runs.database import StoreError
from playground.runs.retention import Limits
from playground.settings import settings

_SECONDS = 3600.0
_COPY_SECONDS, _AWAY_SECONDS = 5.0, 60.0
"""Pauses between looking for what is to be copied, and between attempts while the storage is away."""
_DAY_SECONDS = 86_400.0

logger = logging.getLogger(__name__)


async def kept_tidy(runs: Callable[[], Runs], rooms: Callable[[], Rooms]) -> None:
    """Goes on until it is cancelled."""
    while True:
        await asyncio.to_thread(tidy, runs(), rooms())
        await asyncio.sleep(_SECONDS)


async def kept_copied() -> None:
    """Copies to the storage what is new, if there is one. Goes on until it is cancelled."""
    away = False
    while settings().storage is not None:
        try:
            await asyncio.to_thread(carry_out)
        except (StorageError, OSError) as error:
            detail = error.detail if isinstance(error, StorageError) else error
            if not away:
                logger.warning("The storage cannot be used; what is new stays in the data folder and is copied later: %s", detail)
            away = True
        else:
            if away:
                logger.warning("The storage can be used again; what was new has been copied")
            away = False
        await asyncio.sleep(_AWAY_SECONDS if away else _COPY_SECONDS)


def tidy(runs: Runs, rooms: Rooms) -> None:
    """Does it once, unless another server of this data folder is doing it. What fails is logged and tried again the next time."""
    limits = settings()
    prepared_seconds = limits.prepared_days * _DAY_SECONDS or math.inf
    with suppress(Timeout, OSError), FileLock(limits.data / ".tidy.lock", blocking=False):
        _tried(lambda: runs.tidy(Limits(limits.runs_bytes, limits.runs_days, limits.runs_notice_days)))
        _tried(rooms.tidy)
        _tried(lambda: remove_unused_arrays(prepared_seconds))


def _tried(work: Callable[[], object]) -> None:
    try:
        work()
    except (StoreError, OSError) as error:
        logger.warning("Old data could not be deleted: %s", error)
    except Exception:  # the other part must be done all the same
        logger.exception("Old data could not be deleted")
