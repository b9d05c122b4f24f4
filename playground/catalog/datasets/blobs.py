"""Clusters of points around centers."""

import math
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.points import TENSORFLOW_PLAYGROUND, Floats, Points, scattered
from playground.catalog.tasks import Binary, Multiclass, Task


class Blobs(Points):
    """One round, normally distributed cluster per class: variance 0.5 without noise, 4 with maximum noise."""

    centers: ClassVar[tuple[tuple[float, float], ...]]

    def draw(self, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
        classes = np.arange(self.samples, dtype=np.int64) % len(self.centers)
        deviation = math.sqrt(0.5 + 7 * self.noise)
        return scattered(rng, np.array(self.centers)[classes], deviation, self.bounds), classes


class Gaussian(Blobs):
    """Two round clusters that a straight line separates: a network without hidden layers is enough."""

    title: ClassVar[str] = "Two clusters"
    source: ClassVar[str] = TENSORFLOW_PLAYGROUND
    task: ClassVar[Task] = Binary()
    classes: ClassVar[tuple[str, ...]] = ("lower left", "upper right")
    centers: ClassVar[tuple[tuple[float, float], ...]] = ((-2, -2), (2, 2))

    kind: Literal["gaussian"] = "gaussian"


class ThreeBlobs(Blobs):
    """Three round clusters at the corners of a triangle: the simplest case with more than two classes."""

    title: ClassVar[str] = "Three clusters"
    source: ClassVar[str] = "Similar to scikit-learn's make_blobs"
    task: ClassVar[Task] = Multiclass()
    classes: ClassVar[tuple[str, ...]] = ("top", "left", "right")
    centers: ClassVar[tuple[tuple[float, float], ...]] = ((0, 3), (-2.6, -1.5), (2.6, -1.5))

    kind: Literal["three_blobs"] = "three_blobs"
