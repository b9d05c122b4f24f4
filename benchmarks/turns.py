"""Thirty runs of thirty owners, submitted together: how soon each has its first points, and what taking turns costs.

Compared with the same runs from a queue, as many at a time as compute at the same time. Without pages: `benchmarks.load` has those."""

import argparse
import json
import os
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, median, percentile, report
from playground.catalog.datasets import MnistSample
from playground.catalog.layers import Dense, Flatten, Output, ReLU
from playground.catalog.losses import CrossEntropy
from playground.runs import Runs, RunState
from playground.spec import ExperimentSpec, TrainingSettings

EPOCHS = 20


@dataclass
class Observed:
    """Seconds since the first submission, of one run."""

    submitted: float
    first: float = 0.0
    ended: float = 0.0


def mlp(epochs: int, seed: int) -> ExperimentSpec:
    return ExperimentSpec(
        data=MnistSample(),
        network=(Flatten(), Dense(units=256), ReLU(), Output()),
        loss=CrossEntropy(),
        training=TrainingSettings(epochs=epochs, device="cpu", threads=1, seed=seed),
    )


@contextmanager
def opened(slots: int) -> Iterator[Runs]:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYGROUND_DATA"] = folder
        runs = Runs(Path(folder), slots)
        runs.start()
        try:
            finished(runs, [submitted(runs, 0, 1)])  # warm-up
            yield runs
        finally:
            runs.close()


def submitted(runs: Runs, owner: int, epochs: int) -> str:
    return runs.resolve(runs.submit(mlp(epochs, owner), owner=f"owner {owner}")).run_id


def finished(runs: Runs, ids: list[str], seen: Callable[[str], None] = lambda run_id: None) -> None:
    """Waits until all have ended. seen: called whenever one of them has changed."""
    changed, pending = threading.Event(), set(ids)
    leave = [runs.watch(run_id, changed.set).end for run_id in ids]
    try:
        while pending:
            changed.wait()
            changed.clear()
            for run_id in tuple(pending):
                seen(run_id)
                state = runs.info(run_id).state
                if state.ended:
                    if state is not RunState.FINISHED:
                        raise RuntimeError(f"a run did not finish: {runs.status(run_id)}")
                    pending.discard(run_id)
            time.sleep(0.02)  # as often as it matters; the machine is for the runs
    finally:
        for each in leave:
            each()


def by_turns(slots: int, count: int, epochs: int) -> list[Observed]:
    with opened(slots) as runs:
        began = time.perf_counter()
        observed = {submitted(runs, owner, epochs): Observed(time.perf_counter() - began) for owner in range(count)}

        def seen(run_id: str) -> None:
            status, now, run = runs.status(run_id), time.perf_counter() - began, observed[run_id]
            if status["loss"] is not None and not run.first:
                run.first = now
            if status["state"] == "finished" and not run.ended:
                run.ended = now

        finished(runs, list(observed), seen)
        return list(observed.values())


def from_a_queue(slots: int, count: int, epochs: int) -> float:
    """Seconds for the same runs, `slots` at a time."""
    with opened(slots) as runs:
        began, waiting = time.perf_counter(), list(range(count))
        lock = threading.Lock()

        def work() -> None:
            while True:
                with lock:
                    if not waiting:
                        return
                    owner = waiting.pop(0)
                finished(runs, [submitted(runs, owner, epochs)])

        threads = [threading.Thread(target=work) for _ in range(slots)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return time.perf_counter() - began


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--slots", type=int, default=os.cpu_count() or 1)
    chosen = parser.parse_args()
    turns = by_turns(chosen.slots, chosen.runs, chosen.epochs)
    queue_seconds = from_a_queue(chosen.slots, chosen.runs, chosen.epochs)
    first = [run.first - run.submitted for run in turns]
    lasted = [run.ended - run.submitted for run in turns]
    turns_seconds = max(run.ended for run in turns)
    print(json.dumps({"first_s": sorted(round(value, 2) for value in first), "lasted_s": sorted(round(value, 1) for value in lasted)}))
    print(f"by turns {turns_seconds:.1f} s, from a queue {queue_seconds:.1f} s")
    report(
        [
            Figure("submission → first points, median", median(first), "s", 4, "lower"),
            Figure("submission → first points, 95th percentile", percentile(first, 0.95), "s", 6, "lower"),
            Figure("samples/s by turns, relative to a queue", queue_seconds / turns_seconds, "", 0.85, "higher"),
            Figure("samples/s of the slowest run, relative to the fastest", min(lasted) / max(lasted), "", 0.7, "higher"),
        ]
    )


if __name__ == "__main__":
    main()
