"""Rows of numbers."""

from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

from playground.catalog.encodings.base import Domain, Encoding, Picture
from playground.catalog.tensors import TensorSpec


@dataclass(frozen=True)
class RowEncoding(Encoding):
    """Rows of features of a table, stored as float32 (N, D)."""

    title: ClassVar[str] = "Tables"
    examples: ClassVar[str] = "rows of numbers"
    keywords: ClassVar[str] = "tabular CSV spreadsheet columns rows"
    picture: ClassVar[Picture] = "table"
    has_columns: ClassVar[bool] = True

    features: int
    drawable: bool = False
    """Whether one or two features are numbers whose range is known, so that predictions can be plotted over it."""

    @property
    def domain(self) -> Domain | None:  # type: ignore[override]
        domains: dict[int, Domain] = {1: "line", 2: "plane"}
        return domains.get(self.features) if self.drawable else None

    @cached_property
    def tensor(self) -> TensorSpec:
        return TensorSpec.vector(self.features)

    @property
    def size(self) -> str:
        return f"{self.features} number{'s' if self.features != 1 else ''}"


@dataclass(frozen=True)
class PointEncoding(Encoding):
    """Points in the plane, stored as float32 (N, 2)."""

    title: ClassVar[str] = "Points"
    examples: ClassVar[str] = "points in the plane"
    keywords: ClassVar[str] = "2D plane scatter toy"
    picture: ClassVar[Picture] = "points"
    domain: ClassVar[Domain | None] = "plane"
    size: ClassVar[str] = "2 numbers"
    tensor: ClassVar[TensorSpec] = TensorSpec.vector(2)


@dataclass(frozen=True)
class CurveEncoding(Encoding):
    """Points on an axis, at which a curve has a value: float32 (N, 1)."""

    title: ClassVar[str] = "Curves"
    examples: ClassVar[str] = "single numbers"
    keywords: ClassVar[str] = "function 1D line"
    picture: ClassVar[Picture] = "curve"
    domain: ClassVar[Domain | None] = "line"
    size: ClassVar[str] = "1 number"
    tensor: ClassVar[TensorSpec] = TensorSpec.vector(1)
