"""Tables that users upload."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.artifacts.uploads import Upload, open_upload
from playground.catalog.datasets import own
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.columns import Columns
from playground.catalog.datasets.examples import Array, Data, DataError, Split
from playground.catalog.encodings import Encoding, RowEncoding
from playground.catalog.tasks import Task

MAX_FEATURES = 10_000
_MOST_AXES = 2
"""Features whose predictions can be plotted over their range."""
_MARGIN = 0.05
"""Around the range of a feature, as a share of it."""


class OwnTable(Dataset):
    """A table that you uploaded: rows of numbers, each with a class or a value to predict.

    Missing values that should be filled are replaced by the mean, or the most frequent category, of the training rows."""

    title: ClassVar[str] = "My table"
    source: ClassVar[str] = own.UPLOADED
    license: ClassVar[str] = own.LICENSE

    kind: Literal["own_table"] = "own_table"
    key: own.Key = own.key_field()
    called: own.Name = own.called_field()
    features: int = Field(
        2,
        ge=1,
        le=MAX_FEATURES,
        title="Features",
        description="Numbers per row, without the target",
        json_schema_extra=own.OF_CONTENT,
    )
    labels: own.Labels = own.labels_field("no", "yes")
    target_mean: float = own.target_mean_field()
    target_deviation: float = own.target_deviation_field()
    test_share: float = own.test_share_field()
    seed: int = own.seed_field()
    standardise: bool = Field(True, title="Standardize", description="Scale every feature to mean 0 and standard deviation 1")

    @property
    def task(self) -> Task:
        return own.task_of(self.labels)

    @property
    def encoding(self) -> Encoding:
        return RowEncoding(self.features, self.features <= _MOST_AXES and _extent(self.key, self.called).drawable)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.labels

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Names of the columns; x1, x2 … if the data is not on this server."""
        try:
            names = open_upload(self.key, self.called).description.get("features", ()) if self.key else ()
        except DataError:
            names = ()
        return tuple(names) if len(names) == self.features else tuple(f"x{index + 1}" for index in range(self.features))

    @property
    def target_title(self) -> str:  # type: ignore[override]
        """Name of the target column."""
        return own.target_title(self.key, self.called)

    @property
    def target_scale(self) -> tuple[float, float]:
        return self.target_mean, self.target_deviation

    @property
    def target_range(self) -> tuple[float, float] | None:  # type: ignore[override]
        """Of all rows, if values are learned and the table is on this server."""
        return None if self.labels else _extent(self.key, self.called).target

    @property
    def largest_feature(self) -> float | None:  # type: ignore[override]
        """Of all rows, if the table is on this server."""
        return _extent(self.key, self.called).largest

    @property
    def axis_names(self) -> tuple[str, ...]:
        return self.feature_names

    @property
    def axis_bounds(self) -> tuple[tuple[float, float], ...]:
        """The ranges of the features in all rows, with a margin."""
        ranges = _extent(self.key, self.called).features
        margins = (_MARGIN * (high - low) or 0.5 for low, high in ranges)
        return tuple((low - margin, high + margin) for (low, high), margin in zip(ranges, margins, strict=True))

    def table_columns(self) -> Columns:
        return Columns.of_description(self._upload().description)

    def _upload(self) -> Upload:
        return own.uploaded(self.key, self.called, "upload a CSV file", "table", self.shape, self.labels)

    def fillings(self) -> Array:
        upload = self._upload()
        return _fillings_of(upload, own.split_by_share(upload.inputs, upload.targets, self.test_share, self.seed).train)

    def examples(self) -> Data:
        return self.arranged(self._upload())

    def arranged(self, upload: Upload) -> Data:
        """The rows of an upload, split, with missing values filled."""
        data = own.split_by_share(upload.inputs, upload.targets, self.test_share, self.seed)
        fillings = _fillings_of(upload, data.train)
        return Data(_filled(data.train, fillings), _filled(data.test, fillings))


@dataclass(frozen=True)
class _Extent:
    """Of all rows of a table: the range of the target, the largest magnitude of a feature, and the range of each of few features. drawable:
    whether these are columns of numbers. Without values if the table is not on this server."""

    target: tuple[float, float] | None = None
    largest: float | None = None
    features: tuple[tuple[float, float], ...] = ()
    drawable: bool = False


def _extent(key: str, name: str) -> _Extent:
    try:
        return _measured_extent(key, name) if key else _Extent()
    except DataError:
        return _Extent()


@lru_cache(maxsize=64)
def _measured_extent(key: str, name: str) -> _Extent:
    upload = open_upload(key, name)
    rows = upload.inputs
    target = (float(upload.targets.min()), float(upload.targets.max()))
    largest = float(np.max(np.abs(rows), initial=0.0, where=np.isfinite(rows)))
    ranges = [(float(np.nanmin(column)), float(np.nanmax(column))) for column in rows[:, : _MOST_AXES + 1].T]
    columns = Columns.of_description(upload.description).columns
    numbers = len(ranges) <= _MOST_AXES and all(column.kind == "number" for column in columns)
    return _Extent(target, largest, tuple(ranges) if numbers else (), numbers)


def _fillings_of(upload: Upload, train: Split) -> Array:
    """The value that replaces a missing one of each feature: (D,)."""
    description = upload.description
    return _fillings(train.inputs, description.get("groups", ()), [index for (index,) in description.get("modes", ())])


def _fillings(rows: Array, groups: Sequence[Sequence[int]], modes: Sequence[int]) -> Array:
    """The value that replaces a missing one (NaN) of each feature: (D,). groups: [first feature, count] of each one-hot encoded column; its
    most frequent category becomes 1, the others 0. modes: features filled with their most frequent value; all others with their mean. 0 if
    no row has a value."""
    present = ~np.isnan(rows)
    counts = np.maximum(present.sum(axis=0), 1)
    fillings = np.where(present, rows, 0).sum(axis=0, dtype=np.float64) / counts
    for first, width in groups:
        shares = fillings[first : first + width]
        fillings[first : first + width] = np.arange(width) == shares.argmax()
    for index in modes:
        values, occurrences = np.unique(rows[present[:, index], index], return_counts=True)
        fillings[index] = values[occurrences.argmax()] if len(values) else 0
    result: Array = fillings.astype(np.float32)
    return result


def _filled(part: Split, fillings: Array) -> Split:
    gaps = np.isnan(part.inputs)
    return Split(np.where(gaps, fillings, part.inputs).astype(np.float32, copy=False), part.targets) if gaps.any() else part
