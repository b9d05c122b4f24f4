"""Apply augmentations in order."""

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.augmentations.base import Augmentation, MixingAugmentation


class Pipeline(nn.Module):
    """Applies augmentations in order: (images (N, C, H, W) in [0, 1], targets) → both.

    If one of them mixes targets, classes (N,) are first one-hot encoded to probabilities (N, outputs); targets that are probabilities
    already, such as those of a single binary output (N, 1), stay the same. Otherwise targets are passed on unchanged."""

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
    """A module that applies them in order, None if there are none. outputs: the number of outputs of the network."""
    return Pipeline(augmentations, outputs) if augmentations else None
