"""What a metric declares, and how it is measured."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Final, Literal

from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.losses.base import Loss
from playground.catalog.readouts import Readout
from playground.catalog.variant import Variant

SplitName = Literal["train", "test"]
Format = Literal["number", "percent", "value"]

SPLITS: Final[tuple[SplitName, ...]] = ("train", "test")
"""In the order in which their numbers are listed."""


@dataclass(frozen=True, slots=True)
class DeclaredMetric:
    """A metric of a run, as whoever shows it needs to know it; ready for JSON.

    name: identifies it; title: within a sentence. format: "percent" for numbers from 0 to 1 that are shown in percent, "value" for those
    in units of the target. better: which numbers are. chart: title of the chart that it is drawn in, shared by metrics with the same one.
    splits: on which it is measured. every_step: whether training also reports it for the batch of each step; the first such metric is
    what training minimizes. phrase: the number on the test set in words, with {} for the number. penalized: whether the number of a
    step's batch includes penalties on weights, unlike those of the splits."""

    name: str
    title: str
    chart: str
    format: Format = "number"
    better: Literal["lower", "higher"] = "lower"
    splits: tuple[SplitName, ...] = SPLITS
    every_step: bool = False
    phrase: str = ""
    penalized: bool = False

    def column(self, split: SplitName) -> str:
        """Under which the number of a split is found in tables, files and messages: "test_accuracy"."""
        return f"{split}_{self.name}"

    @property
    def columns(self) -> tuple[str, ...]:
        """All of them."""
        return tuple(self.column(split) for split in self.splits)

    def text(self, value: float, number: str = ".4g", percent: str = ".2%") -> str:
        """The number for people. number, percent: the format specifications to use for each `format`."""
        return amount(value) if self.format == "value" else format(value, percent if self.format == "percent" else number)


@dataclass(frozen=True)
class Part:
    """Examples of a split that went through a network together.

    outputs: (M, K) raw outputs, one for each example or, in tasks per step, for each step that has a target; targets: of the same, encoded
    for the loss; loss: (), their mean loss; readout: how the outputs are read. steps: in tasks per step (N, L), the targets as the dataset
    has them, from which follows what belongs to which example."""

    outputs: Tensor
    targets: Tensor
    loss: Tensor
    readout: Readout
    steps: Tensor | None = None


class Metric(Variant):
    """A number that says how good a network is on a split. It is measured part by part, on the device of the examples."""

    format: ClassVar[Format] = "number"
    better: ClassVar[Literal["lower", "higher"]] = "lower"
    chart: ClassVar[str]
    splits: ClassVar[tuple[SplitName, ...]] = SPLITS
    every_step: ClassVar[bool] = False
    in_units: ClassVar[bool] = False
    """Whether it is in units of the target."""

    @classmethod
    def of(cls, data: Dataset) -> "Metric":
        """The metric of runs on this data."""
        return cls()

    @classmethod
    @abstractmethod
    def applies(cls, data: Dataset, loss: Loss) -> bool:
        """Whether runs on this data with this loss have it."""

    @classmethod
    def phrase(cls, data: Dataset) -> str:
        """See `DeclaredMetric`."""
        return f"test {cls.spoken()} {{}}"

    @classmethod
    def declared(cls, data: Dataset) -> DeclaredMetric:
        """Its declaration, for runs on this data."""
        return DeclaredMetric(
            cls.name(), cls.spoken(), cls.chart, cls.format, cls.better, cls.splits, cls.every_step, cls.phrase(data)
        )  # fmt: skip

    @abstractmethod
    def measure(self, part: Part) -> Tensor:
        """What this part contributes: a number (), or several (K,), always as many. Must not wait for the device."""

    @abstractmethod
    def result(self, parts: Tensor, sizes: Sequence[int]) -> float:
        """The metric of the whole split. parts: (P,) or (P, K) float64 on the CPU, from `measure`; sizes: outputs in each part."""


def amount(value: float) -> str:
    """Four significant digits, in full: 48,120, 0.01234."""
    return f"{float(f'{value:.4g}'):,.12g}"
