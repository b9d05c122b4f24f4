"""What an augmentation declares."""

from abc import abstractmethod

from pydantic import Field
from torch import nn

from playground.catalog.variant import Variant


class Augmentation(Variant):
    """A random change of a training image that keeps its class; test images are never changed."""

    probability: float = Field(0.5, ge=0, le=1, title="Probability", description="Share of the images it changes")

    @abstractmethod
    def build(self) -> nn.Module:
        """A module (N, C, H, W) in [0, 1] → the same shape and range, on the device of its input, drawing from torch's generator."""
