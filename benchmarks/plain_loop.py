"""The loop that anybody would write, in a process of its own: `python -m benchmarks.plain_loop PRESET EPOCHS` prints samples per second.

Tensors, a permutation and indices, with the network, loss and optimizer of the preset, on as many threads as PyTorch takes by itself. The
clock starts with the first step, as that of a run does, without warm-up."""

import subprocess
import sys
import time

import torch

from playground.network import build_model, readout
from playground.presets import PRESETS
from playground.training.batches import Examples


def samples_per_second(preset: str, epochs: int) -> float:
    """Measured in a fresh process."""
    command = [sys.executable, "-m", "benchmarks.plain_loop", preset, str(epochs)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _measured(preset: str, epochs: int) -> float:
    spec = PRESETS[preset].spec
    data, model = spec.data.load().train, build_model(spec).train()
    examples = Examples.of(spec.data, data, readout(spec), torch.device("cpu"))
    x, y = examples.take(torch.arange(len(examples)))
    loss_of = spec.loss.build(data.counts(len(spec.data.classes)))
    optimizer = spec.optimizer.build(list(model.parameters()))
    began = time.perf_counter()
    for _ in range(epochs):
        for batch in torch.randperm(len(x)).split(spec.training.batch_size):
            optimizer.zero_grad()
            loss_of(model(x[batch]), y[batch]).backward()
            optimizer.step()
    return epochs * len(x) / (time.perf_counter() - began)


if __name__ == "__main__":
    print(_measured(sys.argv[1], int(sys.argv[2])))
