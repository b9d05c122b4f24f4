"""Simulates visitors in separate processes, which share Python's global interpreter lock neither with the server nor with the benchmark."""

import asyncio
import multiprocessing
from collections.abc import Sequence

from benchmarks.load.visitor import Plan, Visit, visit

PROCESSES = 2


def crowd(plans: Sequence[Plan]) -> list[Visit]:
    """The visits of all these visitors, in the order of their plans."""
    shares = [plans[index::PROCESSES] for index in range(PROCESSES)]
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        visits = [iter(share) for share in pool.map(_visits, shares, chunksize=1)]
    return [next(visits[index % PROCESSES]) for index in range(len(plans))]


def _visits(plans: Sequence[Plan]) -> list[Visit]:
    async def together() -> list[Visit]:
        return await asyncio.gather(*(visit(plan) for plan in plans))

    return asyncio.run(together())
