"""Uploaded data, ready for an experiment but not stored yet."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from playground.artifacts.uploads import Upload, store_upload
from playground.catalog.datasets import Data, DataError, OwnCorpus, OwnDigits, OwnImages, OwnPoints, OwnSeries, OwnTable, OwnText
from playground.own.errors import OwnDataError

OwnDataset = OwnTable | OwnText | OwnCorpus | OwnSeries | OwnImages | OwnPoints | OwnDigits


@dataclass(frozen=True)
class Note:
    """A sentence about the data, or about what was done with it, for the user. warning: whether it may be unintended."""

    text: str
    warning: bool = False


@dataclass(frozen=True)
class Prepared:
    """Data prepared from files, points or drawings.

    dataset: for the spec, after `keep`. upload: all examples, before the split. notes: everything that was changed. excerpts: the beginning
    of the first texts as they were written; of text to be continued, the beginning."""

    dataset: OwnDataset
    upload: Upload
    notes: tuple[Note, ...] = ()
    excerpts: tuple[str, ...] = ()

    @cached_property
    def data(self) -> Data:
        """Split and filled like `dataset.examples()`, without the store."""
        return self.dataset.arranged(self.upload)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Number of examples of each class, in order; {} if the targets are values, or every step has one."""
        labels = () if self.dataset.task.per_step else self.dataset.classes
        return dict(zip(labels, np.bincount(self.upload.targets, minlength=len(labels)).tolist(), strict=True)) if labels else {}

    def check(self) -> None:
        """Raises: OwnDataError if the data cannot be split, for example because the window is longer than the series."""
        try:
            _ = self.data
        except DataError as error:
            raise OwnDataError(str(error)) from None

    def noted(self, *notes: Note) -> "Prepared":
        """The same with additional notes."""
        return replace(self, notes=(*self.notes, *notes))


def keep(prepared: Prepared) -> OwnDataset:
    """Writes the examples to the store and returns the dataset for the spec. The same content is stored only once.

    Raises: DataError if the data folder cannot be written."""
    store_upload(prepared.upload)
    return prepared.dataset
