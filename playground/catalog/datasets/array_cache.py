"""Datasets in the cache of arrays."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from playground.artifacts.arrays import Arrays, cached_arrays
from playground.catalog.datasets.examples import Data, Split

if TYPE_CHECKING:
    from playground.catalog.datasets.base import Dataset

_ARRAYS = ("train_inputs", "train_targets", "test_inputs", "test_targets")


class Generator:
    """generate: generates `dataset.examples()` in another process, which writes them to the cache. A server sets it so that it stays
    responsive; if it is None, this process generates them."""

    generate: Callable[["Dataset"], None] | None = None


def cached(name: str, recipe: str, make: Callable[[], Data], *, keep: int | None = None, dataset: "Dataset | None" = None) -> Data:
    """The result of `make`, or its files, as `cached_arrays` keeps them.

    dataset: whose examples these are, if they take long to generate (see `Generator`).
    Raises: DataError if the folder cannot be written, and whatever `make` raises."""

    def arrays() -> Arrays:
        data = make()
        return dict(zip(_ARRAYS, (data.train.inputs, data.train.targets, data.test.inputs, data.test.targets), strict=True))

    elsewhere = None if dataset is None or Generator.generate is None else partial(Generator.generate, dataset)
    kept = cached_arrays(name, recipe, _ARRAYS, arrays, keep=keep, make_elsewhere=elsewhere)
    train_inputs, train_targets, test_inputs, test_targets = (kept[title] for title in _ARRAYS)
    return Data(Split(train_inputs, train_targets), Split(test_inputs, test_targets))
