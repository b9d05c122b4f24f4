"""Data that a user brought, ready for an experiment but kept nowhere yet."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from playground.catalog.datasets import Data, OwnDigits, OwnImages, OwnPoints, OwnTable
from playground.catalog.datasets.uploads import Upload, kept

OwnDataset = OwnTable | OwnImages | OwnPoints | OwnDigits


@dataclass(frozen=True)
class Note:
    """Something that was found in the data, or done with them: a sentence for the user. warning: it may not be what was meant."""

    text: str
    warning: bool = False


@dataclass(frozen=True)
class Prepared:
    """What came out of a file, points or drawings.

    dataset: goes into the spec, once `keep` was called. upload: all examples, before the split. notes: every treatment, none is silent."""

    dataset: OwnDataset
    upload: Upload
    notes: tuple[Note, ...] = ()

    @cached_property
    def data(self) -> Data:
        """Split and filled as `dataset.examples()` gives it, without the store."""
        return self.dataset.arranged(self.upload)

    @cached_property
    def counts(self) -> dict[str, int]:
        """Examples of each class, in the order of the classes; {} where values are learned."""
        labels = self.dataset.classes
        return dict(zip(labels, np.bincount(self.upload.targets, minlength=len(labels)).tolist(), strict=True)) if labels else {}

    def noted(self, *notes: Note) -> "Prepared":
        """The same with more to tell."""
        return replace(self, notes=(*self.notes, *notes))


def keep(prepared: Prepared) -> OwnDataset:
    """Writes the examples into the store, and gives the dataset for the spec. The same content twice is kept once.

    Raises: DataError if the data folder cannot be written."""
    kept(prepared.upload)
    return prepared.dataset
