"""A server that is killed 20 times while it trains, and started again each time: one long run continues after every kill, and a short one
ends before each. No ended run may be lost, and the long one must end with the weights of a run that nobody interrupted.

    python -m benchmarks.kills [KILLS]"""

import asyncio
import json
import os
import random
import signal
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import torch

from benchmarks.figures import Figure, report
from benchmarks.load.protocol import Tab
from playground.export.link import to_token
from playground.runs.checkpoints import unpacked_checkpoint
from playground.runs.directory import CHECKPOINT, load_run
from playground.spec import ExperimentSpec
from playground.training import Snapshot, train
from tests.browser.server import App, running_app
from tests.browser.steps import OVER, experiment

KILLS, SEED = 20, 1
LONG = experiment("mlp_784_256_10", epochs=1000)
SHORT = experiment("playground_2d", epochs=3)
TRAINING_SECONDS = (1.5, 4.0)
"""Between the first new point of the long run and the kill."""
PATIENCE_SECONDS = 120


@dataclass
class Long:
    """The long run as its watcher knows it. step: of the newest point. lost_seconds: of training since the last checkpoint, by kill."""

    address: str
    step: int = 0
    samples_per_second: float = 0.0
    lost_seconds: list[float] = field(default_factory=list)


async def start(app: App, spec: ExperimentSpec) -> str:
    """Trains in a tab of its own; the address of the run."""
    async with Tab(app.url, "playground", f"spec={to_token(spec)}") as tab:
        await tab.open()
        await tab.press("play")
        return tab.query.partition("run=")[2].partition("&")[0]


async def state_of(app: App, address: str) -> str:
    """The state that a visitor sees who opens the address."""
    async with await Tab(app.url, "playground").socket(f"/live/{address}") as socket:
        async for data in socket:
            if isinstance(data, str) and (message := json.loads(data))["type"] != "error":
                return str(message["status"]["state"])
    return "unknown"


async def watch(app: App, run: Long, *, until: float | None = None, state: str = "") -> None:
    """Follows the run until a time or a state. Raises: RuntimeError if it ends in another one; TimeoutError."""
    deadline = time.monotonic() + PATIENCE_SECONDS if until is None else until
    async with await Tab(app.url, "playground").socket(f"/live/{run.address}") as socket:
        while time.monotonic() < deadline:
            try:
                data = await asyncio.wait_for(socket.recv(), deadline - time.monotonic())
            except TimeoutError:
                break
            if not isinstance(data, str) or (message := json.loads(data))["type"] == "error":
                continue
            status = message["status"]
            if steps := message["series"]["batch"]["step"]:
                run.step = max(run.step, steps[-1])
            run.samples_per_second = status["samples_per_second"] or run.samples_per_second
            if state and status["state"] == state:
                return
            if status["state"] in OVER:
                raise RuntimeError(f"{status['state']}: {status['message']}")
    if until is None:
        raise TimeoutError(f"the run did not get to {state} within {PATIENCE_SECONDS} s")


def kill(app: App) -> list[psutil.Process]:
    """Kills the server as a failing machine does; the processes that were its descendants."""
    descendants = psutil.Process(app.process_id).children(recursive=True)
    os.kill(app.process_id, signal.SIGKILL)
    return psutil.wait_procs(descendants, timeout=10)[1]


async def one_life(app: App, folder: Path, run: Long | None, ended: list[str], chance: random.Random) -> tuple[Long, int]:
    """From a start of the server to its kill; the long run, and how many processes outlived the server."""
    if run is None:
        run = Long(await start(app, LONG))
    short = Long(await start(app, SHORT))
    await watch(app, short, state="finished")
    ended.append(short.address)
    before = run.step
    while run.step <= before:
        await watch(app, run, until=time.monotonic() + 0.2)
    await watch(app, run, until=time.monotonic() + chance.uniform(*TRAINING_SECONDS))
    orphans = kill(app)
    kept = [unpacked_checkpoint(file.read_bytes()) for file in folder.rglob(CHECKPOINT)]
    if kept:
        run.lost_seconds.append((run.step - kept[0].step) * LONG.training.batch_size / run.samples_per_second)
    return run, len(orphans)


def uninterrupted(spec: ExperimentSpec) -> dict[str, torch.Tensor]:
    """The weights of the same run, computed in this process at once."""
    return dict(next(event for event in reversed(list(train(spec))) if isinstance(event, Snapshot)).tensors)


def measured(kills: int, folder: Path) -> list[Figure]:
    chance, ended, orphans = random.Random(SEED), list[str](), 0
    run: Long | None = None
    for number in range(kills):
        with running_app(folder, parallel_runs=2) as app:
            run, left = asyncio.run(one_life(app, folder, run, ended, chance))
        orphans += left
        print(f"  kill {number + 1}: at step {run.step}, {run.lost_seconds[-1]:.2f} s since the checkpoint", flush=True)
    assert run is not None
    with running_app(folder, parallel_runs=2) as app:
        lost = sum(asyncio.run(state_of(app, address)) != "finished" for address in ended)
        asyncio.run(watch(app, run, state="finished"))
    directory = next(path.parent for path in folder.rglob("spec.json") if _is_long(path))
    trained = load_run(directory)
    weights = uninterrupted(trained.spec)
    different = sum(not torch.equal(tensor, weights[name]) for name, tensor in trained.model.state_dict().items())
    return [
        Figure(f"server killed {kills} times: ended runs lost", lost, "runs", 0, "lower"),
        Figure("seconds of training lost by a kill, at most", max(run.lost_seconds), "s", 1, "lower"),
        Figure("weights that differ from an uninterrupted run", different, "tensors", 0, "lower"),
        Figure("processes that outlived their server", orphans, "processes", 0, "lower"),
    ]


def _is_long(path: Path) -> bool:
    return bool(json.loads(path.read_text())["training"]["epochs"] == LONG.training.epochs)


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else KILLS
    with tempfile.TemporaryDirectory() as folder:
        report(measured(kills, Path(folder)))


if __name__ == "__main__":
    main()
