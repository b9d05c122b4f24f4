"""What an augmentation declares."""

from abc import abstractmethod

import torch
from pydantic import Field
from torch import Tensor, nn

from playground.catalog.variant import Variant


class Augmentation(Variant):
    """A random change of a training image that keeps its class; test images are never changed."""

    probability: float = Field(0.5, ge=0, le=1, title="Probability", description="Share of the images it changes")

    @abstractmethod
    def change(self, images: Tensor) -> Tensor:
        """Every image of (N, C, H, W) in [0, 1], each changed in its own random way → the same shape and range."""

    def build(self) -> nn.Module:
        """A module (N, C, H, W) in [0, 1] → the same shape and range, on the device of its input, drawing from torch's generator."""
        return RandomChange(self)


class RandomChange(nn.Module):
    """Changes each image with the augmentation's probability and leaves the others as they are, to the bit.

    Whole batches at a time and nothing read back from the device: `where` rather than an index of the chosen."""

    def __init__(self, augmentation: Augmentation) -> None:
        super().__init__()
        self.augmentation = augmentation

    def forward(self, images: Tensor) -> Tensor:
        chosen = torch.rand(len(images), 1, 1, 1, device=images.device) < self.augmentation.probability
        return torch.where(chosen, self.augmentation.change(images), images)

    def extra_repr(self) -> str:
        return repr(self.augmentation)


def uniform(images: Tensor, *spans: tuple[float, float]) -> tuple[Tensor, ...]:
    """One random number an image for each span (low, high): tensors (N,) on the images' device."""
    low, high = torch.tensor(spans, dtype=torch.float32, device=images.device).unbind(dim=1)
    return torch.lerp(low, high, torch.rand(len(images), len(spans), device=images.device)).unbind(dim=1)
