"""Two intertwined spiral arms."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.points import Floats, Points
from playground.catalog.tasks import Binary, Task

RADIUS = 5.0
TURNS = 1.75


class Spiral(Points):
    """Two intertwined spiral arms: the hardest of these datasets; takes a deeper network and some patience.

    Radius r = 5 s and angle 3.5 π s along an arm, s from 0 to 1; the second arm is rotated by half a turn.
    Noise moves each coordinate by at most its value."""

    title: ClassVar[str] = "Spiral"
    source: ClassVar[str] = "Lang & Witbrock 1988, Proc. Connectionist Models Summer School:52; variant of TensorFlow Playground"
    task: ClassVar[Task] = Binary()
    classes: ClassVar[tuple[str, ...]] = ("second arm", "first arm")
    linear: ClassVar[bool] = False

    kind: Literal["spiral"] = "spiral"

    def draw(self, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
        classes = np.repeat([0, 1], self.halves()).astype(np.int64)
        along = np.concatenate([np.arange(count) / count for count in self.halves()])
        angle = TURNS * 2 * np.pi * along + np.where(classes == 1, 0, np.pi)
        points = RADIUS * along[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
        return points + self.noise * rng.uniform(-1, 1, points.shape), classes
