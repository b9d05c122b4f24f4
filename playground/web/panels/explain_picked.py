"""What is explained, whatever kind of data it is."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from playground.catalog.datasets.examples import Array


@dataclass(frozen=True, eq=False)
class Picked(ABC):
    """An example to explain. x: (1, …), as the network takes it. title: what it is, such as "Test image 12". target: of the dataset, None
    if unknown."""

    overlays: ClassVar[bool] = False
    """Whether values can be shown over the example."""
    readings: ClassVar[Mapping[str, str]]
    """How to read the values of each method, by its kind; {target} stands for what is explained."""

    x: Tensor
    title: str
    target: Array | None

    @property
    def steps(self) -> tuple[str, ...]:
        """The valid steps of a sequence in words; () for other examples."""
        return ()

    @abstractmethod
    def shown(self) -> str:
        """The example, as HTML."""

    @abstractmethod
    def explained(self, values: Tensor, description: str, overlaid: bool) -> str:
        """Values like x, or one for each symbol, with their legend, as HTML; "" if `draw` shows them."""

    def draw(self, values: Tensor, description: str, key: str) -> None:  # noqa: B027 - most kinds need no component
        """The same as a component with this key, where HTML is not enough."""
