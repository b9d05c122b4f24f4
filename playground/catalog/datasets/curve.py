"""Points on a curve, for regression on one feature."""

from collections.abc import Callable
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data, Split
from playground.catalog.datasets.points import COUNT_STOPS
from playground.catalog.encodings import CurveEncoding, Encoding
from playground.catalog.tasks import Regression, Task

Floats = NDArray[np.float64]
Function = Literal["sine", "step", "polynomial", "damped", "absolute", "sawtooth", "bump"]

EDGE = 6.0
"""Curves extend from −6 to 6."""

FUNCTIONS: dict[Function, Callable[[Floats], Floats]] = {
    "sine": np.sin,
    "step": lambda x: np.where(x < 0, -1.0, 1.0),
    "polynomial": lambda x: 4 * (x / EDGE) ** 3 - 3 * (x / EDGE),
    "damped": lambda x: np.exp(-(x + EDGE) / 4) * np.cos(2.5 * (x + EDGE)),
    "absolute": lambda x: np.abs(x) / 3 - 1,
    "sawtooth": lambda x: np.mod(x / 3, 1) * 2 - 1,
    "bump": lambda x: 2 * np.exp(-(x**2)) - 1,
}
"""Each within [−1, 1]. The polynomial is Chebyshev's third."""


class Curve(Dataset):
    """Points on a curve: given x from −6 to 6, what is y? The network's prediction is a single line, drawn while it learns.

    Without activations the line stays straight. A gap removes the training points from part of the axis: there the network has to guess."""

    title: ClassVar[str] = "Curve"
    source: ClassVar[str] = "Cybenko 1989, Math. Control Signals Systems 2:303 (one hidden layer can approximate any of them)"
    target_range: ClassVar[tuple[float, float] | None] = (-1.0, 1.0)
    task: ClassVar[Task] = Regression()
    encoding: ClassVar[Encoding] = CurveEncoding()
    linear: ClassVar[bool] = False
    bounds: ClassVar[tuple[float, float]] = (-EDGE, EDGE)

    kind: Literal["curve"] = "curve"
    function: Function = Field("sine", title="Function", description="The function to learn; its values are between −1 and 1")
    samples: int = Field(
        300, ge=10, le=20_000, title="Points", description="Number of points, training and test together",
        json_schema_extra={"stops": COUNT_STOPS},
    )  # fmt: skip
    noise: float = Field(0.1, ge=0, le=0.5, title="Noise", description="Standard deviation of the points around the curve")
    test_share: float = Field(0.5, ge=0.1, le=0.9, title="Test share", description="Share of the points held out for testing")
    gap: float = Field(0.0, ge=0, le=0.8, title="Gap", description="Share of the axis without training points; test points are everywhere")
    gap_at: Literal["left", "middle", "right"] = Field(
        "middle", title="Gap position", description="At either end, the network has to extrapolate"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Data seed", description="Same seed, same points")

    def height(self, x: Floats) -> Floats:
        """The curve itself, without noise, at x: (N,) → (N,)."""
        heights: Floats = FUNCTIONS[self.function](x)
        return heights

    @property
    def hole(self) -> tuple[float, float] | None:
        """Start and end of the interval without training points; None without a gap."""
        if self.gap == 0:
            return None
        width = 2 * EDGE * self.gap
        start = {"left": -EDGE, "middle": -width / 2, "right": EDGE - width}[self.gap_at]
        return start, start + width

    def examples(self) -> Data:
        rng = np.random.default_rng(self.seed)
        tests = min(max(round(self.samples * self.test_share), 1), self.samples - 1)
        train = rng.uniform(-EDGE, EDGE * (1 - 2 * self.gap), self.samples - tests)  # of the axis without the gap, closed up
        if (hole := self.hole) is not None:
            train = np.where(train < hole[0], train, train + (hole[1] - hole[0]))
        test = rng.uniform(-EDGE, EDGE, tests)
        return Data(self._measured(train, rng), self._measured(test, rng))

    def _measured(self, x: Floats, rng: np.random.Generator) -> Split:
        y = self.height(x) + self.noise * rng.standard_normal(len(x))
        return Split(x.astype(np.float32)[:, None], y.astype(np.float32)[:, None])
