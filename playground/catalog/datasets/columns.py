"""The columns of a table as people know them, and how a row of them becomes the features of a network."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import torch
from torch import Tensor

from playground.catalog.datasets.examples import Array

if TYPE_CHECKING:
    from playground.catalog.datasets.base import Dataset

OTHER = "other"
"""What the feature for all rarer categories is called."""
_BETWEEN = " = "
"""Between a column and a category in the name of a feature."""
_PLAIN_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE | re.ASCII)
_MOST_DECIMALS = 6

Fill = Literal["mean", "most_frequent"]
Separator = Literal["", ",", "."]


@dataclass(frozen=True)
class TableColumn:
    """A column from which a network learns.

    position: in the table, from 0. categories: in the order of their features; () for numbers. other: whether all further categories share
    one more feature. fill: what replaces a missing value, of the training rows. separated, unit: the thousands separator of its numbers,
    and what stood beside them. missing: the category that stands for a missing value, "" if none does. codes: texts that meant a missing
    value in this table, besides the usual ones; numbers such as -200 are compared as numbers."""

    name: str
    position: int = 0
    categories: tuple[str, ...] = ()
    other: bool = False
    fill: Fill = "mean"
    separated: Separator = ""
    unit: str = ""
    missing: str = ""
    codes: tuple[str, ...] = ()

    @property
    def kind(self) -> Literal["number", "category"]:
        return "category" if self.categories or self.other else "number"

    @cached_property
    def titles(self) -> tuple[str, ...]:
        """What each of its features stands for."""
        return (*self.categories, *((OTHER,) if self.other else ())) if self.kind == "category" else (self.name,)

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(f"{self.name}{_BETWEEN}{title}" for title in self.titles) if self.kind == "category" else self.titles

    @cached_property
    def _index(self) -> dict[str, int]:
        return {category: index for index, category in enumerate(self.categories)}

    def knows(self, category: str) -> bool:
        """Whether a feature of its own stands for the category."""
        return category in self._index

    @cached_property
    def _code_numbers(self) -> frozenset[float]:
        return frozenset(float(code) for code in self.codes if _PLAIN_NUMBER.fullmatch(code))

    def is_code(self, value: str | float) -> bool:
        """Whether a text, or a number of this column, meant a missing value in its table."""
        return value in self.codes if isinstance(value, str) else value in self._code_numbers

    def features(self, cells: Sequence[Any] | Array) -> Array:
        """Cells (N,), numbers with NaN or categories with None if missing → float32 (N, features), NaN if missing.

        Raises: ValueError if a category is unknown and no feature stands for other ones."""
        if self.kind == "number":
            return np.asarray(cells, np.float32)[:, None]
        indices = np.array([-1 if cell is None else self._index.get(cell, len(self.categories)) for cell in cells], np.int64)
        if not self.other and (indices == len(self.categories)).any():
            unknown = next(cell for cell, index in zip(cells, indices, strict=True) if index == len(self.categories))
            raise ValueError(f"“{self.name}” has no category “{unknown}”")
        one_hot = indices[:, None] == np.arange(len(self.titles))
        return np.where(indices[:, None] < 0, np.nan, one_hot).astype(np.float32)


@dataclass(frozen=True)
class Columns:
    """The columns from which a network learns, in the order of their features. width: of the table, with the target and columns that were
    left out; target: the position of the target; None if there is no such table. header: whether its columns have names."""

    columns: tuple[TableColumn, ...]
    width: int | None = None
    target: int | None = None
    header: bool = True

    @classmethod
    def of_numbers(cls, names: Sequence[str]) -> "Columns":
        """Columns of numbers, each of which is a feature."""
        return cls(tuple(TableColumn(name, position) for position, name in enumerate(names)))

    @cached_property
    def feature_names(self) -> tuple[str, ...]:
        return tuple(name for column in self.columns for name in column.feature_names)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """The first feature of each column."""
        return tuple(np.cumsum([0, *(len(column.titles) for column in self.columns)])[:-1].tolist())

    def features(self, cells: Sequence[Sequence[Any] | Array]) -> Array:
        """The cells of each column (N,), as `TableColumn.features` takes them → float32 (N, D), NaN if missing."""
        return np.concatenate([column.features(values) for column, values in zip(self.columns, cells, strict=True)], axis=1)

    @property
    def filling(self) -> dict[str, list[list[int]]]:
        """How missing values are filled, for `OwnTable` and scripts: groups: [first feature, count] of each column of categories, of which
        the most frequent one becomes 1; modes: [feature] of each column of numbers that is filled with its most frequent value."""
        pairs = list(zip(self.columns, self.starts, strict=True))
        return {
            "groups": [[start, len(column.titles)] for column, start in pairs if column.kind == "category"],
            "modes": [[start] for column, start in pairs if column.kind == "number" and column.fill == "most_frequent"],
        }

    @property
    def plain(self) -> dict[str, Any]:
        """Ready for JSON, without what has its default value."""
        settings = {"width": self.width, "target": self.target, "header": self.header}
        return {"columns": [_without_defaults(column) for column in self.columns], **settings}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Columns":
        """The inverse of `plain`, after JSON."""
        columns = tuple(
            TableColumn(**{**entry, "categories": tuple(entry.get("categories", ())), "codes": tuple(entry.get("codes", ()))})
            for entry in plain["columns"]
        )
        return cls(columns, plain["width"], plain["target"], plain["header"])

    @classmethod
    def of_description(cls, description: Mapping[str, Any]) -> "Columns":
        """The columns of an uploaded table. Those of earlier versions follow from the names of the features, "color = red"."""
        if "columns" in description:
            return cls.from_plain(description["columns"])
        names: list[str] = list(description.get("features", ()))
        widths = dict(description.get("groups", ()))
        modes = {index for (index,) in description.get("modes", ())}
        columns: list[TableColumn] = []
        start = 0
        while start < len(names):
            width = widths.get(start)
            if width is None:
                columns.append(TableColumn(names[start], len(columns), fill="most_frequent" if start in modes else "mean"))
            else:
                name, titles = _ungrouped(names[start : start + width])
                other = titles[-1] == OTHER
                columns.append(TableColumn(name, len(columns), titles[:-1] if other else titles, other, "most_frequent"))
            start += width or 1
        return cls(tuple(columns))


@dataclass(frozen=True)
class FittedColumns:
    """Columns with what was measured on the training rows: all that is needed to turn a new row into an input, without the data.

    target: name of what is predicted. fillings: (D,) what replaces a missing value of each feature. lows, highs: (D,) the smallest and the
    largest value. mean, deviation: (D,) of standardized features; () if they are not standardized. decimals: (D,) digits after the decimal
    point, at most 6; () if that was not measured."""

    columns: Columns
    target: str
    fillings: tuple[float, ...]
    lows: tuple[float, ...]
    highs: tuple[float, ...]
    mean: tuple[float, ...] = ()
    deviation: tuple[float, ...] = ()
    decimals: tuple[int, ...] = ()

    def filled(self, features: Array) -> Array:
        """Features (N, D) without gaps."""
        return np.where(np.isnan(features), np.asarray(self.fillings, np.float32), features)

    def inputs(self, features: Array) -> Tensor:
        """Features (N, D), NaN if missing → inputs of the network, as `Dataset.encode` makes them from the dataset's rows."""
        numbers = torch.from_numpy(self.filled(features))
        return (numbers - torch.tensor(self.mean)) / torch.tensor(self.deviation) if self.mean else numbers

    @property
    def plain(self) -> dict[str, Any]:
        """Ready for JSON."""
        return {**asdict(self), "columns": self.columns.plain}

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "FittedColumns":
        """The inverse of `plain`, after JSON."""
        numbers = {field.name: plain[field.name] for field in fields(cls) if field.name not in ("columns", "target", "decimals")}
        measured = {name: tuple(map(float, values)) for name, values in numbers.items()}
        decimals = tuple(map(int, plain.get("decimals", ())))
        fitted = cls(Columns.from_plain(plain["columns"]), str(plain["target"]), **measured, decimals=decimals)
        if any(len(values) not in (len(fitted.columns.feature_names), 0) for values in (*measured.values(), decimals)):
            raise ValueError("has a different number of features than its columns")
        return fitted


def fitted_columns(dataset: "Dataset") -> FittedColumns | None:
    """The columns of a dataset, measured on its training rows; None if its examples are not rows of columns.

    Raises: DataError if the data cannot be loaded."""
    columns = dataset.table_columns()
    if columns is None:
        return None
    rows = np.asarray(dataset.load().train.inputs)
    mean, deviation = (tuple(map(float, values.tolist())) for values in dataset.statistics()) if dataset.standardizes else ((), ())
    measured = (dataset.fillings(), rows.min(axis=0), rows.max(axis=0))
    fillings, lows, highs = (tuple(map(float, values.tolist())) for values in measured)
    return FittedColumns(columns, dataset.target_title, fillings, lows, highs, mean, deviation, tuple(map(_decimals, rows.T)))


def _decimals(values: Array) -> int:
    """Digits after the decimal point of float32 numbers, at most `_MOST_DECIMALS`."""
    numbers = values.astype(np.float64)
    slack = np.finfo(np.float32).eps * np.abs(numbers)
    exact = (digits for digits in range(_MOST_DECIMALS) if (np.abs(numbers.round(digits) - numbers) <= slack).all())
    return next(exact, _MOST_DECIMALS)


def _without_defaults(column: TableColumn) -> dict[str, Any]:
    entries = {field.name: getattr(column, field.name) for field in fields(column) if getattr(column, field.name) != field.default}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in entries.items()}


def _ungrouped(names: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The name of the column whose features have these names, and its categories."""
    cut = next((cut for cut in _cuts(names[0]) if all(name.startswith(names[0][:cut]) for name in names)), 0)
    return names[0][: max(0, cut - len(_BETWEEN))] or names[0], tuple(name[cut:] for name in names)


def _cuts(name: str) -> list[int]:
    """Where a category may begin in the name of a feature."""
    return [index + len(_BETWEEN) for index in range(len(name)) if name.startswith(_BETWEEN, index)]
