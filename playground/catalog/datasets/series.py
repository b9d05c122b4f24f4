"""Time series to forecast: from the last values, what are the next ones?"""

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data
from playground.catalog.encodings import Encoding, SequenceEncoding
from playground.catalog.sequences.recordings import airline, heartbeats
from playground.catalog.sequences.series import forecasts, mixture
from playground.catalog.tasks import Forecast, Task


class Series(Dataset):
    """A time series, cut in time and taken apart into windows. Training never sees a value of the test part."""

    task: ClassVar[Task] = Forecast()
    target_title: ClassVar[str] = "Next values"
    measured: ClassVar[tuple[str, ...]]
    """What is measured, with its unit."""

    window: int = Field(
        24, ge=2, le=2000, title="Window", description="How many past values the network sees", json_schema_extra={"unit": "steps"}
    )
    horizon: int = Field(1, ge=1, le=500, title="Horizon", description="How many values it predicts", json_schema_extra={"unit": "steps"})
    test_share: float = Field(0.25, ge=0.1, le=0.9, title="Test share", description="Share of the series, its end, held out for testing")

    @property
    def encoding(self) -> Encoding:
        return SequenceEncoding(self.window, len(self.measured))

    @property
    def feature_names(self) -> tuple[str, ...]:
        return self.measured

    @property
    def target_size(self) -> int:
        return self.horizon * len(self.measured)

    @property
    def value_names(self) -> tuple[str, ...]:
        """Each feature at each step ahead."""
        steps = [f"{ahead} step{'s' if ahead != 1 else ''} ahead" for ahead in range(1, self.horizon + 1)]
        return tuple(step if len(self.measured) == 1 else f"{feature}, {step}" for step in steps for feature in self.measured)

    @abstractmethod
    def series(self) -> Array:
        """The whole series: float32 (T, F).

        Raises: DataError if it cannot be loaded."""

    def examples(self) -> Data:
        return forecasts(self.series(), self.window, self.horizon, 1, self.test_share)


class Airline(Series):
    """Time series: how many passengers will fly next month? 144 months from 1949 on, in hundreds of thousands.

    They grow from year to year and peak every summer: a forecast that repeats last year is hard to beat."""

    title: ClassVar[str] = "Airline passengers"
    source: ClassVar[str] = "Box and Jenkins 1976, Time Series Analysis, Series G; included in sktime"
    license: ClassVar[str] = "BSD 3-Clause, as part of sktime; the figures themselves are facts"
    measured: ClassVar[tuple[str, ...]] = ("Passengers (100,000)",)
    target_range: ClassVar[tuple[float, float] | None] = (1.04, 6.22)

    kind: Literal["airline"] = "airline"
    window: int = Field(
        12, ge=2, le=60, title="Window", description="How many past months the network sees", json_schema_extra={"unit": "months"}
    )
    horizon: int = Field(6, ge=1, le=24, title="Horizon", description="How many months it predicts", json_schema_extra={"unit": "months"})
    test_share: float = Field(0.33, ge=0.1, le=0.9, title="Test share", description="Share of the series, its end, held out for testing")

    def series(self) -> Array:
        return airline()


class Heartbeats(Series):
    """Time series of a heart (electrocardiogram, ECG): how does the curve go on? 21 seconds, 360 values a second, in mV.

    In its last second, which belongs to the test, one beat comes too early: no forecast sees it coming."""

    title: ClassVar[str] = "Heartbeats (ECG)"
    source: ClassVar[str] = "Moody and Mark 2001, IEEE Eng. Med. Biol. 20:45 (MIT-BIH Arrhythmia Database); included in sktime"
    license: ClassVar[str] = "ODC-By 1.0, PhysioNet"
    measured: ClassVar[tuple[str, ...]] = ("Voltage (mV)",)
    target_range: ClassVar[tuple[float, float] | None] = (-1.0, 1.5)

    kind: Literal["heartbeats"] = "heartbeats"
    window: int = Field(
        120,
        ge=2,
        le=1000,
        title="Window",
        description="How many past values the network sees; 360 are a second",
        json_schema_extra={"unit": "steps"},
    )
    horizon: int = Field(30, ge=1, le=360, title="Horizon", description="How many values it predicts", json_schema_extra={"unit": "steps"})
    standardise: bool = Field(
        True, title="Standardize", description="Scale the values that the network sees to mean 0 and standard deviation 1"
    )

    def series(self) -> Array:
        return heartbeats()


class Waves(Series):
    """A generated time series: sine waves on top of one another, with noise. What comes next?

    Without noise, a network can learn to continue it exactly; with noise, no forecast has a smaller error than the noise itself."""

    title: ClassVar[str] = "Mixed waves"
    source: ClassVar[str] = "Yule 1927, Phil. Trans. R. Soc. A 226:267 (periodic series with noise)"
    measured: ClassVar[tuple[str, ...]] = ("Value",)
    target_range: ClassVar[tuple[float, float] | None] = (-4.0, 4.0)

    kind: Literal["waves"] = "waves"
    steps: int = Field(4000, ge=200, le=100_000, title="Steps", description="Length of the whole series")
    waves: int = Field(3, ge=1, le=10, title="Waves", description="Number of sine waves")
    period: float = Field(24.0, ge=4, le=500, title="Period", description="Period of the largest wave", json_schema_extra={"unit": "steps"})
    noise: float = Field(0.1, ge=0, le=1, title="Noise", description="Standard deviation of the noise; the largest wave has amplitude 1")
    window: int = Field(
        48, ge=2, le=2000, title="Window", description="How many past values the network sees", json_schema_extra={"unit": "steps"}
    )
    horizon: int = Field(12, ge=1, le=500, title="Horizon", description="How many values it predicts", json_schema_extra={"unit": "steps"})
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Data seed", description="Same seed, same series")

    def series(self) -> Array:
        return mixture(self.steps, self.waves, self.period, self.noise, np.random.default_rng(self.seed))
