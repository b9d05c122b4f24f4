"""Base class of generated points in the plane."""

from abc import abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, JsonValue

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data
from playground.catalog.datasets.splitting import split
from playground.catalog.encodings import Encoding, PointEncoding

Floats = NDArray[np.float64]
COUNT_STOPS: list[JsonValue] = [10, 20, 50, 100, 200, 300, 400, 500, 700, 1000, 1500, 2000, 3000, 5000, 10_000, 20_000]
"""Slider stops for the number of points: finer where points are few enough to see individually."""
TENSORFLOW_PLAYGROUND = "TensorFlow Playground, Smilkov et al. 2017, arXiv:1708.03788"


class Points(Dataset):
    """Points in the plane, generated from a seed: all within the bounds, from −6 to 6."""

    encoding: ClassVar[Encoding] = PointEncoding()

    samples: int = Field(
        500, ge=10, le=20_000, title="Points", description="Number of points, training and test together",
        json_schema_extra={"stops": COUNT_STOPS},
    )  # fmt: skip
    noise: float = Field(0.0, ge=0, le=0.5, title="Noise", description="0: clean; 0.5: the pattern is hardly recognizable")
    test_share: float = Field(0.5, ge=0.1, le=0.9, title="Test share", description="Share of the points held out for testing")
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Data seed", description="Same seed, same points")

    @abstractmethod
    def draw(self, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64] | Floats]:
        """All points (N, 2), and their classes (N,) or values (N, 1)."""

    def examples(self) -> Data:
        points, targets = self.draw(np.random.default_rng(self.seed))
        tests = min(max(round(self.samples * self.test_share), 1), self.samples - 1)
        kind = np.int64 if self.classes else np.float32
        return split(points.astype(np.float32), targets.astype(kind), tests, self.seed)

    def halves(self) -> tuple[int, int]:
        """Number of points in the first and in the second class."""
        return self.samples - self.samples // 2, self.samples // 2


def scattered(rng: np.random.Generator, centers: Floats, deviation: float, bounds: tuple[float, float]) -> Floats:
    """Points (N, 2) normally distributed around centers (N, 2); those outside the bounds are drawn again."""
    points = rng.normal(centers, deviation)
    low, high = bounds
    while (outside := ((points < low) | (points > high)).any(axis=1)).any():
        points[outside] = rng.normal(centers[outside], deviation)
    return points
