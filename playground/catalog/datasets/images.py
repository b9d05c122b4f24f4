"""Base class of image datasets: a fixed split, cached as arrays, and augmentations for training."""

from abc import abstractmethod
from typing import ClassVar

from pydantic import Field

from playground.catalog.augmentations import AnyAugmentation
from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data
from playground.catalog.datasets.splitting import split
from playground.catalog.tasks import Multiclass, Task

MAX_AUGMENTATIONS = 20
_SPLIT_SEED = 0


class Images(Dataset):
    """Images in classes, with a fixed test set in which each class has its share."""

    task: ClassVar[Task] = Multiclass()
    tests: ClassVar[int]
    """Number of test images."""

    augmentations: tuple[AnyAugmentation, ...] = Field(
        (),
        max_length=MAX_AUGMENTATIONS,
        title="Augmentation",
        description="Random changes to the training images, applied in order and drawn anew every epoch",
    )

    @abstractmethod
    def read(self) -> tuple[Array, Array]:
        """All images, uint8 (N, C, H, W), and their classes, int64 (N,), from the source.

        Raises: DataError if the source is damaged or missing."""

    def examples(self) -> Data:
        recipe = f"{self.source}; {self.tests} for the test, seed {_SPLIT_SEED}"
        return cached(self.name(), recipe, lambda: split(*self.read(), self.tests, _SPLIT_SEED))
