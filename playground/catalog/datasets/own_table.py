"""A table of one's own."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.catalog.datasets import own
from playground.catalog.datasets.base import Dataset, Family
from playground.catalog.datasets.examples import Array, Data, DataError, Split
from playground.catalog.datasets.uploads import Upload, opened
from playground.catalog.layers.base import Shape
from playground.catalog.tasks import Task

MAX_FEATURES = 10_000


class OwnTable(Dataset):
    """A table that you brought: rows of numbers, and for each a class or a value to be learned.

    Gaps that were to be filled are filled with what the training rows say: the mean of a number, the most frequent category."""

    title: ClassVar[str] = "My table"
    source: ClassVar[str] = own.BROUGHT
    licence: ClassVar[str] = own.LICENCE
    family: ClassVar[Family] = "tables"

    kind: Literal["own_table"] = "own_table"
    key: own.Key = own.key_field()
    called: own.Name = own.called_field()
    features: int = Field(
        2,
        ge=1,
        le=MAX_FEATURES,
        title="Features",
        description="Numbers in a row, without what is learned",
        json_schema_extra=own.OF_CONTENT,
    )
    labels: own.Labels = own.labels_field("no", "yes")
    test_share: float = own.test_share_field()
    seed: int = own.seed_field()
    standardise: bool = Field(True, title="Standardise", description="Bring every feature to mean 0 and standard deviation 1")

    @property
    def task(self) -> Task:
        return own.task_of(self.labels)

    @property
    def shape(self) -> Shape:
        return (self.features,)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.labels

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Of the columns, as the data have them; x1, x2 … where they are not on this server."""
        try:
            names = opened(self.key, self.called).description.get("features", ()) if self.key else ()
        except DataError:
            names = ()
        return tuple(names) if len(names) == self.features else tuple(f"x{place + 1}" for place in range(self.features))

    @property
    def target_title(self) -> str:  # type: ignore[override]
        """Name of the column that is learned."""
        try:
            return str(opened(self.key, self.called).description.get("target", "Target")) if self.key else "Target"
        except DataError:
            return "Target"

    def examples(self) -> Data:
        return self.arranged(own.brought(self.key, self.called, "a CSV file", "table", self.shape, self.labels))

    def arranged(self, upload: Upload) -> Data:
        """The rows of an upload, split, with their gaps filled."""
        data = own.parted(upload.inputs, upload.targets, self.test_share, self.seed)
        description = upload.description
        fillings = _fillings(data.train.inputs, description.get("groups", ()), [place for (place,) in description.get("modes", ())])
        return Data(_filled(data.train, fillings), _filled(data.test, fillings))


def _fillings(rows: Array, groups: Sequence[Sequence[int]], modes: Sequence[int]) -> Array:
    """What a gap (NaN) of each feature becomes: (D,). groups: [first feature, how many] of each category's features, of which the most
    frequent becomes 1 and the others 0. modes: features that become their most frequent value; all others become their mean. 0 where no
    row has a value."""
    present = ~np.isnan(rows)
    counts = np.maximum(present.sum(axis=0), 1)
    fillings = np.where(present, rows, 0).sum(axis=0, dtype=np.float64) / counts
    for first, width in groups:
        shares = fillings[first : first + width]
        fillings[first : first + width] = np.arange(width) == shares.argmax()
    for place in modes:
        values, occurrences = np.unique(rows[present[:, place], place], return_counts=True)
        fillings[place] = values[occurrences.argmax()] if len(values) else 0
    result: Array = fillings.astype(np.float32)
    return result


def _filled(part: Split, fillings: Array) -> Split:
    gaps = np.isnan(part.inputs)
    return Split(np.where(gaps, fillings, part.inputs).astype(np.float32, copy=False), part.targets) if gaps.any() else part
