"""Noise added to the input."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field
from torch import nn

from playground.catalog.layers.base import Group, Layer
from playground.catalog.layers.noise_modules import GaussianNoise as GaussianNoiseModule
from playground.catalog.layers.ranges import Range
from playground.catalog.tensors import TensorSpec


class GaussianNoise(Layer):
    """Adds a little randomness to every number during training, so that the network cannot rely on exact values (Bishop 1995).

    Shape: (N, *) → (N, *). In evaluation mode: the identity."""

    title: ClassVar[str] = "Gaussian noise"
    source: ClassVar[str] = "Bishop 1995, Neural Computation 7(1):108"
    formula: ClassVar[str] = "y = x + σ·noise"
    group: ClassVar[Group] = "Regularization"
    changes: ClassVar[Mapping[str, tuple[str, ...]]] = {"sigma": ("sigma",)}
    keywords: ClassVar[str] = "jitter random regularization"
    stands_in_for: ClassVar[str] = "Gaussian dropout"

    kind: Literal["gaussian_noise"] = "gaussian_noise"
    sigma: float = Field(0.1, ge=0, le=2, title="Sigma", description="Standard deviation of the noise")

    def output_range(self, inside: Range, x: TensorSpec) -> Range:
        return inside

    def build(self, x: TensorSpec) -> nn.Module:
        return GaussianNoiseModule(self.sigma)
