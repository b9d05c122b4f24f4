"""Speed of the engine relative to a bare PyTorch loop: in this process, and as a run in its worker.

784-256-10 on the included digits, batches of 32, one thread, fused Adam. All three alternate, so that a slowdown of the machine affects
all; each is measured in wall-clock time, including everything that a run does besides its steps: evaluations, views, snapshots, events.
`--cpu` counts processor seconds of the loop and the engine instead, for a machine that is busy with other things."""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

from benchmarks.figures import Figure, median
from playground.network import build_model
from playground.presets import PRESETS
from playground.runs import Runs
from playground.spec import ExperimentSpec
from playground.training import Progress, train

ROUNDS = 5
EPOCHS = 30
TARGET = 0.95

Clock = Callable[[], float]


def experiment() -> ExperimentSpec:
    preset = PRESETS["mlp_784_256_10"].spec
    settings = preset.training.model_copy(update={"epochs": EPOCHS, "batch_size": 32, "device": "cpu", "threads": 1})
    return preset.model_copy(update={"training": settings})


def bare(spec: ExperimentSpec, clock: Clock) -> float:
    """Samples per second of the loop anybody would write: tensors, a permutation, indices."""
    data = spec.data.load().train
    x, y = torch.tensor(data.inputs).float() / 255, torch.tensor(data.targets)
    model = build_model(spec)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.001, fused=True)
    begin = samples = 0.0
    for epoch in range(EPOCHS):
        order = torch.randperm(len(x))
        for start in range(0, len(x), 32):
            rows = order[start : start + 32]
            optimizer.zero_grad(set_to_none=True)
            loss = cross_entropy(model(x[rows]), y[rows])
            loss.backward()
            optimizer.step()
            if epoch == 0 and start == 0:
                begin = clock()
            else:
                samples += len(rows)
    return samples / (clock() - begin)


def engine(spec: ExperimentSpec, clock: Clock) -> float:
    """Samples per second from the first Progress to the last event, each consumed at once."""
    begin: float | None = None
    for event in train(spec):
        if begin is None and isinstance(event, Progress):
            begin = clock()
    if begin is None:
        raise RuntimeError("training sent no progress")
    return (len(spec.data.load().train) * EPOCHS - 32) / (clock() - begin)


def worker(spec: ExperimentSpec, runs: Runs) -> float:
    """Samples per second of a run that nobody watches, from its first steps to its end as reported to its owner."""
    run = runs.resolve(runs.submit(spec)).run_id
    begin, done = 0.0, 0
    while runs.info(run).state not in ("finished", "stopped", "diverged", "failed"):
        step = runs.status(run)["step"] or 0
        if not begin and step:
            begin, done = time.perf_counter(), step
        time.sleep(0.005)
    if runs.info(run).state != "finished":
        raise RuntimeError(f"the run ended as {runs.info(run).state}: {runs.info(run).message}")
    return (len(spec.data.load().train) * EPOCHS - 32 * done) / (time.perf_counter() - begin)


def main() -> None:
    clock = time.process_time if "--cpu" in sys.argv else time.perf_counter
    torch.set_num_threads(1)
    spec = experiment()
    measured: dict[str, list[float]] = {"bare loop": [], "engine": [], "engine in its worker": []}
    with tempfile.TemporaryDirectory() as folder:
        runs = Runs(Path(folder), parallel=1)
        runs.start()
        try:
            for _ in range(ROUNDS + 1):  # the first of each is warm-up
                measured["bare loop"].append(bare(spec, clock))
                measured["engine"].append(engine(spec, clock))
                if clock is time.perf_counter:
                    measured["engine in its worker"].append(worker(spec, runs))
        finally:
            runs.close()
    speeds = {name: median(values[1:]) for name, values in measured.items() if values}
    for name, speed in speeds.items():
        print(f"{name:22} {speed:10,.0f} samples/s   {speed / speeds['bare loop']:.3f}")
    print(json.dumps({"samples_per_second": speeds, "rounds": {name: values[1:] for name, values in measured.items()}}))
    for name in list(speeds)[1:]:
        print(Figure(f"784-256-10, {name} relative to a bare loop", speeds[name] / speeds["bare loop"], "", TARGET, "higher"))


if __name__ == "__main__":
    main()
