"""200 runs at a real server whose visitors and processes fail at random: runs are stopped, workers killed, sockets dropped. Every run must
end in a true state, and no process, file or socket may stay behind."""

import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import psutil
from websockets.exceptions import WebSocketException

from benchmarks.figures import Figure, report
from benchmarks.load.protocol import Tab
from benchmarks.load.visitor import ENDED
from playground.export.link import to_token
from tests.browser.server import App, running_app
from tests.browser.steps import experiment

RUNS, VISITORS, SEED = 200, 4, 1
EXPERIMENT = experiment("playground_2d", epochs=10)
FAULTS = ("nothing", "stop", "kill the worker", "drop the socket", "leave")
IDLE_SECONDS = 3
SETTLE_SECONDS = 20
"""After the last run: sockets close, and processes end, within this time."""


def workers(app: App) -> list[psutil.Process]:
    """The processes forked from the fork server."""
    return [worker for fork_server in psutil.Process(app.process_id).children() for worker in fork_server.children()]


async def one_run(app: App, number: int, chance: random.Random) -> tuple[str, str, str]:
    """The fault, the state in which the run ended, and its message."""
    fault = chance.choice(FAULTS)
    async with Tab(app.url, "playground", f"spec={to_token(EXPERIMENT)}") as tab:
        await tab.open()
        await tab.set("training.seed", number)
        await tab.press("play")
        address = tab.query.partition("run=")[2].partition("&")[0]
        async with await tab.socket(f"/live/{address}") as socket:
            await asyncio.sleep(chance.random())
            match fault:
                case "stop":
                    await tab.press("stop")
                case "kill the worker":
                    for worker in workers(app)[:1]:
                        with suppress(psutil.NoSuchProcess):
                            worker.kill()
                case "drop the socket":
                    socket.transport.abort()
    return fault, *await ended(app, address)


def is_true(fault: str, state: str, message: str) -> bool:
    """Whether a run may have ended so. A kill may hit the run of another visitor, so any run may also have failed, with a reason."""
    if state in ("failed", "interrupted"):
        return message != ""
    return state == "finished" or (state == "stopped" and fault == "stop")


async def ended(app: App, address: str) -> tuple[str, str]:
    """The state and message of a run once it is over."""
    async with await Tab(app.url, "playground").socket(f"/live/{address}") as socket:
        async for data in socket:
            if isinstance(data, str) and (status := json.loads(data)["status"])["state"] in ENDED:
                return status["state"], status["message"]
    raise WebSocketException("the server closed the socket of a run in progress")


async def visitor(app: App, numbers: Sequence[int]) -> list[tuple[str, str, str]]:
    return [await one_run(app, number, random.Random(SEED * 1000 + number)) for number in numbers]


def everything(app: App) -> tuple[int, int]:
    """Open files and sockets of the server, without the database, whose connections are kept in a bounded pool; processes."""
    server = psutil.Process(app.process_id)
    database = sum(Path(file.path).name.startswith("playground.db") for file in server.open_files())
    return server.num_fds() - database, 1 + len(server.children(recursive=True))


async def settled(app: App, before: tuple[int, int]) -> tuple[int, int]:
    """What is open once it is not more than before, or after `SETTLE_SECONDS`."""
    deadline = time.monotonic() + SETTLE_SECONDS
    while any(now > then for now, then in zip(everything(app), before, strict=True)) and time.monotonic() < deadline:
        await asyncio.sleep(0.5)
    return everything(app)


async def measured(app: App, count: int) -> list[Figure]:
    # As many visitors at once, so that everything is open that stays open.
    await asyncio.gather(*(visitor(app, (2 * index, 2 * index + 1)) for index in range(VISITORS)))
    await asyncio.sleep(IDLE_SECONDS)
    before = everything(app)
    parts = await asyncio.gather(*(visitor(app, range(10 + index, 10 + count, VISITORS)) for index in range(VISITORS)))
    after = await settled(app, before)
    rows = [row for part in parts for row in part]
    untrue = [row for row in rows if not is_true(*row)]
    for (fault, state), times in sorted(Counter(row[:2] for row in rows).items()):
        print(f"  {fault}: {state} {times} times")
    print(f"  open files and sockets {before[0]} before, {after[0]} after; processes {before[1]} and {after[1]}")
    return [
        Figure(f"{count} runs with faults: without an end", count - len(rows), "runs", 0, "lower"),
        Figure(f"{count} runs with faults: with an untrue end", len(untrue), "runs", 0, "lower"),
        Figure("files and sockets left behind", max(0, after[0] - before[0]), "files", 2, "lower"),
        Figure("processes left behind", max(0, after[1] - before[1]), "processes", 0, "lower"),
    ]


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else RUNS
    with tempfile.TemporaryDirectory() as folder, running_app(Path(folder), parallel_runs=2) as app:
        report(asyncio.run(measured(app, count)))


if __name__ == "__main__":
    main()
