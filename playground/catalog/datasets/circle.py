"""A disk in a ring."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.points import TENSORFLOW_PLAYGROUND, Floats, Points
from playground.catalog.tasks import Binary, Task

RADIUS = 5.0


class Circle(Points):
    """A disk inside a ring: no straight line separates them, but a small hidden layer does.

    Class 1 is closer than 2.5 to the center. Noise moves a point before its class is determined, then moves it back,
    so points near the boundary change class."""

    title: ClassVar[str] = "Circle"
    source: ClassVar[str] = TENSORFLOW_PLAYGROUND
    task: ClassVar[Task] = Binary()
    classes: ClassVar[tuple[str, ...]] = ("ring", "disk")
    linear: ClassVar[bool] = False

    kind: Literal["circle"] = "circle"

    def draw(self, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
        ring, disc = self.halves()
        radius = np.concatenate([rng.uniform(0.7 * RADIUS, RADIUS, ring), rng.uniform(0, 0.5 * RADIUS, disc)])
        angle = rng.uniform(0, 2 * np.pi, self.samples)
        points = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
        seen = points + self.noise * rng.uniform(-RADIUS, RADIUS, points.shape)
        return points, (np.hypot(*seen.T) < 0.5 * RADIUS).astype(np.int64)
