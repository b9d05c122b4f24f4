"""Images that a network makes from images."""

from collections.abc import Generator
from typing import ClassVar

import torch

from playground.spec import ExperimentSpec
from playground.training.views.base import Seen, Values, ViewInParts, values_of

IMAGES = 10
"""Test images that are shown: the first ones."""


class Reconstruction(ViewInParts):
    """(3, M, C, H, W) in [0, 1]: inputs, outputs and targets of test images."""

    name: ClassVar[str] = "reconstruction"
    title: ClassVar[str] = "Reconstructions of test images"
    tab: ClassVar[str] = "images"
    form: ClassVar[str] = "images"
    axes: ClassVar[tuple[str, ...]] = ("input", "output", "target")

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.task.name() == "reconstruction"

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        return "Top: the input. Middle: the network's output. Bottom: the target."

    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        outputs = yield from seen.first(IMAGES)
        rows = (self.data.numbers(seen.test.raw[:IMAGES]), seen.readout.predicted(outputs), seen.test.targets[:IMAGES])
        images = [values.detach().to("cpu", torch.float32).reshape(-1, *self.data.shape) for values in rows]
        return values_of(torch.stack(images).clamp(0, 1))
