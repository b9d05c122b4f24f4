"""Simulates visitors in separate processes, which share Python's global interpreter lock neither with the server nor with the benchmark."""

import asyncio
import multiprocessing
from collections.abc import Sequence

from benchmarks.load.browser import browse
from benchmarks.load.visitor import Plan, Visit, visit

PROCESSES = 2


def crowd(plans: Sequence[Plan]) -> list[Visit]:
    """The visits of all these visitors, in the order of their plans. All who come with a browser share one Chromium."""
    simulated = [plan for plan in plans if not plan.browser]
    shares = [simulated[index::PROCESSES] for index in range(PROCESSES)] + [[plan for plan in plans if plan.browser]]
    with multiprocessing.get_context("spawn").Pool(len(shares)) as pool:
        visits = [visit for share in pool.map(_visits, shares, chunksize=1) for visit in share]
    by_plan = dict(zip((plan for share in shares for plan in share), visits, strict=True))
    return [by_plan[plan] for plan in plans]


def _visits(plans: Sequence[Plan]) -> list[Visit]:
    if any(plan.browser for plan in plans):
        return browse(plans)

    async def together() -> list[Visit]:
        return await asyncio.gather(*(visit(plan) for plan in plans))

    return asyncio.run(together())
