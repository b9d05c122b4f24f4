"""What a run costs besides training: the time to its first loss, and the memory of its worker."""

import json
import os
import tempfile
import threading
import time
from pathlib import Path

import psutil

from benchmarks.figures import Figure, median
from playground.catalog.datasets import MnistSample
from playground.catalog.layers import Dense, Flatten, Output, ReLU
from playground.catalog.losses import CrossEntropy
from playground.runs import Runs, RunState
from playground.spec import ExperimentSpec, TrainingSettings

ROUNDS = 5
TRAINED_SECONDS = 2.0
"""Training time before memory is measured, so that the run has evaluated, published and stored several times."""

MLP = ExperimentSpec(
    data=MnistSample(),
    network=(Flatten(), Dense(units=256), ReLU(), Output()),
    loss=CrossEntropy(),
    training=TrainingSettings(epochs=1000, device="cpu"),
)


def measured(runs: Runs) -> tuple[float, float]:
    """Milliseconds from submission to the first loss at a watcher; MB that belong to the worker alone, in the middle of training."""
    changed = threading.Event()
    began = time.perf_counter()
    run_id = runs.resolve(runs.submit(MLP)).run_id
    runs.watch(run_id, changed.set)
    while runs.status(run_id)["loss"] is None:
        if not changed.wait(60) or runs.info(run_id).state.ended:
            raise RuntimeError(f"the run did not start: {runs.status(run_id)}")
        changed.clear()
    latency = time.perf_counter() - began
    time.sleep(TRAINED_SECONDS)
    (worker,) = [worker for fork_server in psutil.Process().children() for worker in fork_server.children()]
    memory = worker.memory_full_info().uss
    runs.stop(run_id)
    while runs.info(run_id).state is not RunState.STOPPED:
        changed.wait(1)
        changed.clear()
    worker.wait(30)
    return 1e3 * latency, memory / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["PLAYGROUND_DATA"] = folder
        MLP.data.load()
        runs = Runs(Path(folder), parallel=1)
        runs.start()
        try:
            measured(runs)  # warm-up
            latencies, memories = zip(*(measured(runs) for _ in range(ROUNDS)), strict=True)
        finally:
            runs.close()
    print(json.dumps({"start_ms": [round(value, 1) for value in latencies], "uss_mb": [round(value, 1) for value in memories]}))
    print(Figure("submission → first loss at a watcher, warm server", median(latencies), "ms", 150, "lower"))
    print(Figure("own memory of a worker (USS), 784-256-10 on digits", median(memories), "MB", 50, "lower"))


if __name__ == "__main__":
    main()
