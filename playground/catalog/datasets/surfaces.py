"""Heights over the plane, for regression."""

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np

from playground.catalog.datasets.points import TENSORFLOW_PLAYGROUND, Floats, Points
from playground.catalog.tasks import Regression, Task


class Surface(Points):
    """Points spread uniformly over the plane, each with the height of a surface there, from −1 to 1.

    Noise moves a point before its height is determined, then moves it back."""

    task: ClassVar[Task] = Regression()
    target_range: ClassVar[tuple[float, float] | None] = (-1.0, 1.0)

    @abstractmethod
    def height(self, points: Floats) -> Floats:
        """Points (N, 2) → the surface's height (N,)."""

    def draw(self, rng: np.random.Generator) -> tuple[Floats, Floats]:
        points = rng.uniform(*self.bounds, (self.samples, 2))
        seen = points + self.noise * rng.uniform(*self.bounds, points.shape)
        return points, self.height(seen)[:, None]


class Plane(Surface):
    """A tilted plane, (x1 + x2) / 10: a single neuron without activation can learn it."""

    title: ClassVar[str] = "Plane"
    source: ClassVar[str] = TENSORFLOW_PLAYGROUND

    kind: Literal["plane"] = "plane"

    def height(self, points: Floats) -> Floats:
        heights: Floats = points.sum(axis=1) / 10
        return heights


class MultiGauss(Surface):
    """Three hills and three valleys in two rows: a landscape that needs hidden layers.

    Each is a cone of radius 2 and height 1; where two overlap, the value further from 0 counts."""

    title: ClassVar[str] = "Hills and valleys"
    source: ClassVar[str] = TENSORFLOW_PLAYGROUND
    linear: ClassVar[bool] = False
    peaks: ClassVar[tuple[tuple[float, float, float], ...]] = (
        (-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1),
        (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1),
    )  # fmt: skip
    """x1, x2 and height of each peak."""

    kind: Literal["multi_gauss"] = "multi_gauss"

    def height(self, points: Floats) -> Floats:
        x1, x2, sign = np.array(self.peaks).T
        distance = np.hypot(points[:, :1] - x1, points[:, 1:] - x2)
        heights: Floats = sign * np.clip(1 - distance / 2, 0, 1)
        furthest = np.abs(heights).argmax(axis=1)[:, None]
        return np.take_along_axis(heights, furthest, axis=1).squeeze(1)
