"""What augmentation costs: a step of the small convolutional network on digits with it, against the same step without.

Each augmentation alone with its defaults, and a usual set: rotation, affine and noise. Training as a run does it, batches of 32, one
thread; plain and augmented epochs take turns, so that a machine that slows down slows both. Processor seconds with `--cpu`, for a
machine that is busy with other things."""

import json
import sys
import time

import torch
from torch import nn

from benchmarks.figures import Figure, median
from playground.catalog.augmentations import AUGMENTATIONS, Affine, Augmentation, Noise, Rotation
from playground.network import build_model
from playground.presets import PRESETS
from playground.training.batches import Batches, Examples

ROUNDS = 5
TARGET = 1.5
IMAGES = 1024
"""In an epoch: two blocks of augmentation, 32 steps."""

USUAL = (Rotation(), Affine(), Noise())


class Run:
    """The small network in training, for as many steps as are asked for."""

    def __init__(self, augmentations: tuple[Augmentation, ...]) -> None:
        spec = PRESETS["small_cnn"].spec
        data = spec.data.model_copy(update={"augmentations": augmentations, "train_size": IMAGES})
        spec = spec.model_copy(update={"data": data})
        examples = Examples.of(data, data.load().train, spec.loss.outputs(data), torch.device("cpu"))
        self._batches = Batches(examples, spec.training.batch_size, spec.training.seed, drop_single=False)
        self._model: nn.Module = build_model(spec).train()
        self._loss = spec.loss.build()
        self._optimizer = torch.optim.Adam(self._model.parameters(), lr=0.001, fused=True)

    def epoch(self) -> float:
        """Takes the steps of one epoch; milliseconds for each."""
        clock = time.process_time if "--cpu" in sys.argv else time.perf_counter
        began = clock()
        for inputs, targets in self._batches.epoch():
            self._optimizer.zero_grad(set_to_none=True)
            self._loss(self._model(inputs), targets).backward()
            self._optimizer.step()
        return 1000 * (clock() - began) / self._batches.steps


def ratio(augmentations: tuple[Augmentation, ...]) -> tuple[float, float]:
    """Augmented against plain, and milliseconds of the plain step: medians over rounds of an epoch each."""
    plain, augmented = Run(()), Run(augmentations)
    rounds = [(plain.epoch(), augmented.epoch()) for _ in range(ROUNDS + 1)][1:]  # the first warms up
    return median([changed / unchanged for unchanged, changed in rounds]), median([unchanged for unchanged, _ in rounds])


def main() -> None:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    measured = {}
    for kind in AUGMENTATIONS:
        measured[kind.title], step = ratio((kind(),))
        print(f"{kind.title:20} {measured[kind.title]:.3f}   (plain step {step:.2f} ms)", flush=True)
    usual, _ = ratio(USUAL)
    print(json.dumps({"ratios": measured, "usual set": usual}))
    dearest = max(measured, key=lambda title: measured[title])
    print(
        Figure(
            f"step of the small CNN on digits, dearest augmentation alone ({dearest}), against the plain step",
            measured[dearest],
            "",
            TARGET,
            "lower",
        )
    )
    print(Figure("the same with rotation, affine and noise", usual, "", TARGET, "lower"))


if __name__ == "__main__":
    main()
