"""Four quadrants, two classes."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.points import TENSORFLOW_PLAYGROUND, Floats, Points
from playground.catalog.tasks import Binary, Task

HALF_WIDTH = 5.0
GAP = 0.3


class Xor(Points):
    """Opposite quadrants of the plane have the same class: the classic problem that one layer cannot solve (Minsky & Papert 1969).

    Class 1 if x1 and x2 have the same sign. Noise moves a point before its class is determined, then moves it back."""

    title: ClassVar[str] = "XOR"
    source: ClassVar[str] = TENSORFLOW_PLAYGROUND
    task: ClassVar[Task] = Binary()
    classes: ClassVar[tuple[str, ...]] = ("signs differ", "signs agree")
    linear: ClassVar[bool] = False

    kind: Literal["xor"] = "xor"

    def draw(self, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
        points = rng.uniform(-HALF_WIDTH, HALF_WIDTH, (self.samples, 2))
        points += np.copysign(GAP, points)
        seen = points + self.noise * rng.uniform(-HALF_WIDTH, HALF_WIDTH, points.shape)
        return points, (seen.prod(axis=1) >= 0).astype(np.int64)
