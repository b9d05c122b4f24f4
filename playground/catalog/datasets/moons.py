"""Two interleaved half circles."""

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.points import Floats, Points, scattered
from playground.catalog.tasks import Binary, Task

RADIUS = 3.2
MIDDLE = (0.5, 0.25)
"""Center of scikit-learn's moons, whose radius is 1."""


class Moons(Points):
    """Two interleaved half circles: a curved boundary, but a simple one.

    scikit-learn's moons, centered and scaled by 3.2; the noise is its standard deviation before scaling."""

    title: ClassVar[str] = "Moons"
    source: ClassVar[str] = "Pedregosa et al. 2011, JMLR 12:2825 (scikit-learn's make_moons)"
    task: ClassVar[Task] = Binary()
    classes: ClassVar[tuple[str, ...]] = ("upper moon", "lower moon")
    linear: ClassVar[bool] = False

    kind: Literal["moons"] = "moons"

    def draw(self, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
        upper, lower = (np.linspace(0, np.pi, count) for count in self.halves())
        unit = np.concatenate(
            [
                np.stack([np.cos(upper), np.sin(upper)], axis=1),
                np.stack([1 - np.cos(lower), 0.5 - np.sin(lower)], axis=1),
            ]
        )
        classes = np.repeat([0, 1], self.halves()).astype(np.int64)
        return scattered(rng, RADIUS * (unit - MIDDLE), RADIUS * self.noise, self.bounds), classes
