"""What an augmentation declares."""

from abc import abstractmethod
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from playground.catalog.variant import Variant

Group = Literal["Geometry", "Light and color", "Corruption", "Mixing"]


class Augmentation(Variant):
    """A random change to training images; test images are never changed."""

    group: ClassVar[Group]
    """Group in the menu."""
    results: ClassVar[int | None] = None
    """How many different images one image can become, itself included: 2 for a flip; None for a continuum, which never repeats."""
    amounts: ClassVar[tuple[str, ...]] = ()
    """Settings without any effect if all of them are 0."""
    color_only: ClassVar[frozenset[str]] = frozenset()
    """Settings that have no effect on images with one channel."""

    probability: float = Field(0.5, ge=0, le=1, title="Probability", description="Share of the images that are changed")

    @abstractmethod
    def build(self) -> nn.Module:
        """A module (images (N, C, H, W) in [0, 1], targets) → both; shape, range and device of the images stay the same.

        targets: (N, …) as the loss takes them; probabilities (N, K) for augmentations that mix images. Uses torch's generator."""

    def idle(self, channels: int) -> bool:
        """Whether it leaves all images with this number of channels unchanged."""
        effective = [name for name in self.amounts if channels > 1 or name not in self.color_only]
        return self.probability == 0 or (bool(self.amounts) and not any(getattr(self, name) for name in effective))


class ImageAugmentation(Augmentation):
    """A random change to single images that keeps their targets."""

    @abstractmethod
    def change(self, images: Tensor) -> Tensor:
        """Images (N, C, H, W) in [0, 1], each changed independently → same shape and range."""

    def build(self) -> nn.Module:
        return RandomChange(self)


class MixingAugmentation(Augmentation):
    """A random mixture of each image with another one, and of their targets in the same proportions.

    The partner of image i of N is image (i + d) mod N, with one random d from 1 to N − 1 for the batch. As batches are shuffled, any other
    image can be the partner; never the image itself if there are at least two."""

    @abstractmethod
    def blend(self, images: Tensor, partners: Tensor) -> tuple[Tensor, Tensor]:
        """Images and their partners, both (N, C, H, W) in [0, 1] → the mixtures, and the share (N,) of the original image in each."""

    def mix(self, images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        """Images (N, C, H, W) in [0, 1] and their probabilities (N, K) → both, mixed."""
        count = len(images)
        distance = int(torch.randint(1, count, ())) if count > 1 else 0
        blended, share = self.blend(images, images.roll(distance, 0))
        chosen = torch.rand(count, device=images.device) < self.probability
        share = torch.where(chosen, share, 1.0).unsqueeze(1)
        return (
            torch.where(chosen.view(-1, 1, 1, 1), blended, images),
            targets * share + targets.roll(distance, 0) * (1 - share),
        )

    def build(self) -> nn.Module:
        return RandomMixture(self)


class RandomChange(nn.Module):
    """Changes each image with the augmentation's probability and leaves the others bit-identical.

    Works on whole batches and reads nothing back from the device, hence `where` instead of indexing."""

    def __init__(self, augmentation: ImageAugmentation) -> None:
        super().__init__()
        self.augmentation = augmentation

    def forward(self, images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        chosen = torch.rand(len(images), 1, 1, 1, device=images.device) < self.augmentation.probability
        return torch.where(chosen, self.augmentation.change(images), images), targets

    def extra_repr(self) -> str:
        return repr(self.augmentation)


class RandomMixture(nn.Module):
    """Mixes each image with the augmentation's probability and leaves the others, and their targets, unchanged."""

    def __init__(self, augmentation: MixingAugmentation) -> None:
        super().__init__()
        self.augmentation = augmentation

    def forward(self, images: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
        return self.augmentation.mix(images, targets)

    def extra_repr(self) -> str:
        return repr(self.augmentation)


def uniform(images: Tensor, *spans: tuple[float, float]) -> tuple[Tensor, ...]:
    """One random number per image for each span (low, high): tensors (N,) on the images' device."""
    low, high = torch.tensor(spans, dtype=torch.float32, device=images.device).unbind(dim=1)
    return torch.lerp(low, high, torch.rand(len(images), len(spans), device=images.device)).unbind(dim=1)


def factor(images: Tensor, largest: float) -> Tensor:
    """One random factor per image, (N, 1, 1, 1), from 1 − `largest` to 1 + `largest`."""
    (drawn,) = uniform(images, (1 - largest, 1 + largest))
    return drawn.view(-1, 1, 1, 1)
