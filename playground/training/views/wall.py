"""Test images with the network's current answers."""

from collections.abc import Generator
from typing import ClassVar, Final

import torch
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d, pad

from playground.catalog.tensors import IMAGE
from playground.spec import ExperimentSpec
from playground.training.batches import Examples
from playground.training.views.base import Seen, Values, ViewInParts, classes_of, values_of

IMAGES: Final = 60
"""Test images that are shown: always the same ones."""
MOST_PIXELS: Final = 32
"""Along each side; larger images are shown smaller."""
_PACKED = 3
"""Bytes in a number of the array: as many as float32 holds exactly."""
_ANSWER = 3


class Wall(ViewInParts):
    """(1 + M, 3 + P): first the channels, height and width of the images, then for each image its class, the predicted class, the
    probability of that, and its bytes, packed by threes: 65536·a + 256·b + c."""

    name: ClassVar[str] = "wall"
    title: ClassVar[str] = "Test images with their predicted classes"
    tab: ClassVar[str] = "images"
    form: ClassVar[str] = "wall"
    asked: ClassVar[bool] = True

    def __init__(self, spec: ExperimentSpec, device: torch.device) -> None:
        super().__init__(spec, device)
        self._images: tuple[Examples, Tensor] | None = None

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.task.has_classes and not spec.data.task.per_step and spec.data.tensor.names == IMAGE

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        return "Mistakes come first, the most confident ones at the top: they have a frame, a dark corner, and after ≠ the true class."

    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        if self._images is None:
            examples = seen.test.sample(IMAGES)
            self._images = examples, packed(self.data.numbers(examples.raw))
        examples, images = self._images
        outputs = yield from seen.predictions(examples.part(0, len(examples))[0])
        predicted = seen.readout.predicted(outputs).long()
        confidence = seen.readout.probabilities(outputs).gather(1, predicted.unsqueeze(1))
        answers = torch.stack([classes_of(examples.targets), predicted], dim=1)
        return values_of(torch.cat([images[:1], torch.cat([answers, confidence, images[1:, _ANSWER:]], dim=1)]))


def packed(images: Tensor) -> Tensor:
    """(M, C, H, W) in [0, 1] → (1 + M, 3 + P): their size, then their bytes, behind three numbers that are still 0."""
    height, width = (min(side, MOST_PIXELS) for side in images.shape[2:])
    if (height, width) != images.shape[2:]:
        images = adaptive_avg_pool2d(images, (height, width))
    pixels = (images.clamp(0, 1) * 255).round().flatten(1)
    triples = pad(pixels, (0, -pixels.shape[1] % _PACKED)).reshape(len(pixels), -1, _PACKED)
    numbers = (triples * triples.new_tensor([65536.0, 256.0, 1.0])).sum(dim=2)
    rows = pad(numbers, (_ANSWER, 0, 1, 0))
    rows[0, :3] = rows.new_tensor([images.shape[1], height, width])
    return rows
