"""The cost of augmentation: a training step of the small convolutional network on digits, with augmentation relative to without.

Each augmentation alone with its defaults, and a common set: rotation, affine and noise. Trains as a run does, batches of 32, one thread;
plain and augmented epochs alternate, so that a slowdown of the machine affects both. `--cpu` counts processor seconds, for a machine that
is busy with other things."""

import json
import sys
import time

import torch
from torch import nn

from benchmarks.figures import Figure, median
from playground.catalog.augmentations import AUGMENTATIONS, Affine, Augmentation, Noise, Rotation
from playground.network import build_model, readout
from playground.presets import PRESETS
from playground.training.batches import Batches, Examples

ROUNDS = 5
TARGET = 1.5
IMAGES = 1024
"""Per epoch: two blocks of augmentation, 32 steps."""

COMMON = (Rotation(), Affine(), Noise())


class Run:
    """The small network in training, epoch by epoch."""

    def __init__(self, augmentations: tuple[Augmentation, ...]) -> None:
        spec = PRESETS["small_cnn"].spec
        data = spec.data.model_copy(update={"augmentations": augmentations, "train_size": IMAGES})
        spec = spec.model_copy(update={"data": data})
        examples = Examples.of(data, data.load().train, readout(spec), torch.device("cpu"))
        self._batches = Batches(examples, spec.training.batch_size, spec.training.seed, drop_single=False)
        self._model: nn.Module = build_model(spec).train()
        self._loss = spec.loss.build()
        self._optimizer = torch.optim.Adam(self._model.parameters(), lr=0.001, fused=True)

    def epoch(self) -> float:
        """Trains for one epoch. Returns milliseconds per step."""
        clock = time.process_time if "--cpu" in sys.argv else time.perf_counter
        began = clock()
        for inputs, targets in self._batches.epoch():
            self._optimizer.zero_grad(set_to_none=True)
            self._loss(self._model(inputs), targets).backward()
            self._optimizer.step()
        return 1000 * (clock() - began) / self._batches.steps


def ratio(augmentations: tuple[Augmentation, ...]) -> tuple[float, float]:
    """Time of an augmented step relative to a plain one, and milliseconds of the plain one: medians over rounds of one epoch each."""
    plain, augmented = Run(()), Run(augmentations)
    rounds = [(plain.epoch(), augmented.epoch()) for _ in range(ROUNDS + 1)][1:]  # the first is warm-up
    return median([changed / unchanged for unchanged, changed in rounds]), median([unchanged for unchanged, _ in rounds])


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    measured = {}
    for kind in AUGMENTATIONS:
        measured[kind.title], step = ratio((kind(),))
        print(f"{kind.title:20} {measured[kind.title]:.3f}   (plain step {step:.2f} ms)", flush=True)
    common, _ = ratio(COMMON)
    print(json.dumps({"ratios": measured, "common set": common}))
    slowest = max(measured, key=lambda title: measured[title])
    name = f"step of the small CNN on digits, slowest augmentation alone ({slowest}), relative to the plain step"
    print(Figure(name, measured[slowest], "", TARGET, "lower"))
    print(Figure("the same with rotation, affine and noise", common, "", TARGET, "lower"))


if __name__ == "__main__":
    main()
