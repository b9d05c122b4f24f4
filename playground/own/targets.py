"""The column to predict, as classes or as values."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.own import MAX_LABEL, MAX_LABELS
from playground.own.columns import Column, number_text
from playground.own.errors import OwnDataError
from playground.own.names import distinct, listed
from playground.own.prepared import Note
from playground.own.target_names import name_weight
from playground.settings import settings

Values = NDArray[np.int64] | NDArray[np.float32]


@dataclass(frozen=True)
class Targets:
    """What is learned. values: int64 (N,) classes or float32 (N, 1) values. labels: names of the classes, () for values. mean, deviation:
    what was removed from standardized values. notes: what was done."""

    values: Values
    labels: tuple[str, ...] = ()
    mean: float = 0.0
    deviation: float = 1.0
    notes: tuple[Note, ...] = ()


_FEW_VALUES = 10
_TYPICAL = 5.0


def is_named_target(column: Column) -> bool:
    """Whether a column has a typical name of a target."""
    return name_weight(column.name, {column.name}) >= _TYPICAL


def like_classes(column: Column) -> bool:
    """Text, or a few integers that occur repeatedly."""
    return column.kind != "number" or (column.whole and column.distinct <= min(_FEW_VALUES, column.present.sum() / 2))


def targets_of(target: Column, rows: NDArray[np.intp], task: Literal["classes", "value"], scale: bool) -> Targets:
    """The targets of these rows. scale: whether values are standardized.

    Raises: OwnDataError if there is nothing to learn, or there are too many classes."""
    values = target.values[rows]
    if task == "value":
        if target.kind != "number":
            raise OwnDataError(f"“{target.name}” contains text, not numbers; predict classes instead, or choose another target")
        spread = float(values.std())
        if spread == 0:
            raise OwnDataError(
                f"“{target.name}” is {number_text(float(values[0]))} in every row, so there is nothing to learn; choose another target"
            )
        if not scale:
            return Targets(values.astype(np.float32)[:, None])
        mean = float(values.mean())
        formula = f"(value − {number_text(mean)}) / {number_text(spread)}"
        note = Note(f"“{target.name}” is standardized for training: {formula}. Results are in its own units.")
        return Targets(((values - mean) / spread).astype(np.float32)[:, None], (), mean, spread, (note,))
    classes, indices = np.unique(values, return_inverse=True)
    if len(classes) < 2:
        raise OwnDataError(f"“{target.name}” has a single class, so there is nothing to learn; choose another target")
    most = min(settings().upload_classes, MAX_LABELS)
    if len(classes) > most:
        raise OwnDataError(
            f"“{target.name}” has {len(classes):,} classes; the limit is {most:,} (PLAYGROUND_UPLOAD_CLASSES); predict a value "
            f"instead, or choose another target"
        )
    if target.kind == "number":
        return Targets(indices.astype(np.int64), distinct((number_text(float(value)) for value in classes), MAX_LABEL))
    texts = [target.categories[int(value)] for value in classes]
    order = np.array(sorted(range(len(texts)), key=texts.__getitem__))  # by name, independent of the order of the rows
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    return Targets(rank[indices], distinct((texts[index] for index in order), MAX_LABEL))


def rare(targets: Targets) -> list[Note]:
    """A note about classes with a single example."""
    if not targets.labels:
        return []
    counts = np.bincount(targets.values.astype(np.int64), minlength=len(targets.labels))
    single = [targets.labels[index] for index in np.flatnonzero(counts < 2).tolist()]
    text = f"Classes with a single example, which can be used for training or for testing, but not both: {listed(single)}."
    return [Note(text, warning=True)] if single else []
