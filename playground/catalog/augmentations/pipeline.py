"""Augmentations one after another."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.augmentations.base import Augmentation, MixingAugmentation


class Pipeline(nn.Module):
    """Applies augmentations in order: (images (N, C, H, W) in [0, 1], targets) → both.

    Where one of them mixes targets, classes (N,) become probabilities (N, outputs) before the first; probabilities, as a
    single binary output has them (N, 1), stay what they are. Without, targets are passed on untouched."""

    def __init__(self, augmentations: Sequence[Augmentation], outputs: int) -> None:
        super().__init__()
        self.steps = nn.ModuleList(augmentation.build() for augmentation in augmentations)
        self.outputs = outputs
        self.mixes = any(isinstance(augmentation, MixingAugmentation) for augmentation in augmentations)

    def forward(self, images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        if self.mixes and not targets.is_floating_point():
            targets = F.one_hot(targets, self.outputs).to(images.dtype)
        for step in self.steps:
            images, targets = step(images, targets)
        return images, targets


def pipeline(augmentations: Sequence[Augmentation], outputs: int) -> Pipeline | None:
    """A module that applies them in order, None where there is nothing to apply. outputs: how many numbers the network gives."""
    return Pipeline(augmentations, outputs) if augmentations else None
