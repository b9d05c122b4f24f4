"""Images that a network makes from images."""

from typing import ClassVar

import torch

from playground.catalog.datasets.base import Dataset
from playground.training.views.base import Seen, Values, ViewKind, values_of

IMAGES = 10
"""Test images that are shown: the first ones."""


class Reconstruction(ViewKind):
    """(3, M, C, H, W) in [0, 1]: inputs, outputs and targets of test images."""

    name: ClassVar[str] = "reconstruction"
    title: ClassVar[str] = "Reconstructions of test images"
    tab: ClassVar[str] = "images"
    form: ClassVar[str] = "images"
    axes: ClassVar[tuple[str, ...]] = ("input", "output", "target")

    @classmethod
    def applies(cls, data: Dataset) -> bool:
        return data.task.name() == "reconstruction"

    @classmethod
    def caption(cls, data: Dataset) -> str:
        return "Top: the input. Middle: the network's output. Bottom: the target."

    def compute(self, seen: Seen) -> Values:
        inputs = self.data.numbers(seen.test.raw[:IMAGES])
        rows = (inputs, seen.readout.predicted(seen.outputs), seen.truth)
        images = [values[: len(inputs)].detach().to("cpu", torch.float32).reshape(-1, *self.data.shape) for values in rows]
        return values_of(torch.stack(images).clamp(0, 1))
