"""Peak memory of evaluation, predictions and every attribution method, on networks with small batches and large feature maps.

The limit on the memory of one training batch allows such networks. Everything computed besides training must stay within it too, also in
the server's process: more than `PART_BYTES` only if a single example needs more.

`python -m benchmarks.bounds` prints a table, and the same as JSON (Linux only)."""

import gc
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from benchmarks.figures import Figure, report
from playground import attribute, train
from playground.catalog.datasets import Shapes
from playground.catalog.layers import (
    GELU,
    BatchNorm,
    Conv2d,
    ConvTranspose2d,
    GlobalAvgPool2d,
    Layer,
    LayerNorm,
    MaxPool2d,
    Output,
    Parallel,
    ReLU,
    Residual,
    SiLU,
    Tanh,
    Upsample,
)
from playground.catalog.losses import CrossEntropy
from playground.explain import METHODS, Method, Occlusion
from playground.network import build_model, forward_bytes, trace
from playground.network.memory import PART_BYTES
from playground.runs.directory import LoadedRun
from playground.spec import ExperimentSpec, TrainingSettings

IMAGES = 80
BATCH = 2
TRAINING = "training and evaluation"
ALLOWANCE = 70_000_000
"""Memory of PyTorch's kernels, Captum and the allocator, and of the examples and outputs."""

_END = (GlobalAvgPool2d(), Output())
_WIDE = Conv2d(filters=64, kernel=1)
NETWORKS: dict[str, tuple[Layer, ...]] = {
    "64 maps of 64×64": (Conv2d(filters=64, padding="same"), ReLU(), *_END),
    "256 maps of 64×64": (Conv2d(filters=256, kernel=1), ReLU(), *_END),
    "upsampled to 256×256": (Upsample(factor=4), Conv2d(filters=32, kernel=1), ReLU(), *_END),
    "upsampled to 512×512": (Upsample(factor=8), Conv2d(filters=16, kernel=1), GELU(), *_END),
    "transposed convolution": (ConvTranspose2d(filters=32, kernel=4, stride=4), Tanh(), *_END),
    "batch normalization": (_WIDE, BatchNorm(), SiLU(), *_END),
    "layer normalization": (_WIDE, LayerNorm(), ReLU(), *_END),
    "residual block": (_WIDE, Residual(layers=(Conv2d(filters=64, kernel=1), ReLU(), Conv2d(filters=64, kernel=1))), *_END),
    "three branches": (Parallel(branch=tuple((Conv2d(filters=64, kernel=kernel, padding="same"),) for kernel in (1, 3, 5))), *_END),
    "nested blocks": (_WIDE, Residual(layers=(Residual(layers=(Conv2d(filters=64, kernel=1), ReLU())),)), MaxPool2d(), *_END),
}
SMALL = (Conv2d(filters=2), ReLU(), *_END)


def spec_of(network: tuple[Layer, ...], size: int = 64) -> ExperimentSpec:
    data = Shapes(size=size, samples=IMAGES, test_share=0.9)
    return ExperimentSpec(data=data, network=network, loss=CrossEntropy(), training=TrainingSettings(batch_size=BATCH, epochs=1))


def work(spec: ExperimentSpec) -> dict[str, Callable[[], object]]:
    """The measured functions, by name."""
    run, test = LoadedRun(Path(), spec, build_model(spec).eval(), 0), spec.data.load().test.inputs
    first = run.encode(test[:1])

    def explain(method: Method) -> Callable[[], object]:
        return lambda: attribute(run.model, first, method)

    return {
        TRAINING: lambda: list(train(spec)),
        "predictions": lambda: run.probabilities_of(test),
        **{kind.title: explain(Occlusion(window=8, stride=8) if kind is Occlusion else kind()) for kind in METHODS},
    }


def measure(network: tuple[Layer, ...]) -> dict[str, dict[str, float]]:
    """Additional bytes and seconds of each kind of work."""
    for act in work(spec_of(SMALL, size=16)).values():
        act()  # loads what a server has already loaded
    measured = {}
    for name, act in work(spec_of(network)).items():
        gc.collect()
        Path("/proc/self/clear_refs").write_text("5")  # resets the peak
        before, started = status("VmRSS"), time.perf_counter()
        act()
        measured[name] = {"bytes": status("VmHWM") - before, "seconds": time.perf_counter() - started}
    return measured


def status(key: str) -> int:
    """Bytes reported by the kernel for this process."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(key))


def main() -> None:
    if len(sys.argv) > 1:
        torch.set_num_threads(1)
        print(json.dumps(measure(NETWORKS[sys.argv[1]])))
        return
    figures = []
    for name, network in NETWORKS.items():
        traced = trace(spec_of(network))
        assert traced.ok, traced.problems
        done = subprocess.run([sys.executable, "-m", "benchmarks.bounds", name], stdout=subprocess.PIPE, check=True)
        example = traced.kept_bytes + 2 * forward_bytes(traced)
        for what, measured in json.loads(done.stdout).items():
            steps = BATCH * example if what == TRAINING else 0  # the allocator may keep what a step has freed
            limit = (max(PART_BYTES, example) + steps + ALLOWANCE) / 1e6
            figures.append(Figure(f"{name}, {what}", measured["bytes"] / 1e6, "MB", limit, "lower"))
            print(f"{figures[-1]}, {measured['seconds']:.1f} s", file=sys.stderr, flush=True)  # a network takes a while
    report(figures)


if __name__ == "__main__":
    main()
