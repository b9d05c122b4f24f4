"""Points drawn by hand."""

from typing import ClassVar, Literal

from playground.catalog.datasets.base import Dataset, Family
from playground.catalog.datasets.examples import Data
from playground.catalog.datasets.own import (
    BROUGHT,
    Key,
    Name,
    SomeLabels,
    brought,
    called_field,
    key_field,
    labels_field,
    parted,
    seed_field,
    task_of,
    test_share_field,
)  # fmt: skip
from playground.catalog.datasets.uploads import Upload
from playground.catalog.layers.base import Shape
from playground.catalog.tasks import Task


class OwnPoints(Dataset):
    """Points of the plane that you drew, each in the class of its colour."""

    title: ClassVar[str] = "My points"
    source: ClassVar[str] = BROUGHT
    family: ClassVar[Family] = "points"
    shape: ClassVar[Shape] = (2,)

    kind: Literal["own_points"] = "own_points"
    key: Key = key_field()
    called: Name = called_field()
    labels: SomeLabels = labels_field("class 1", "class 2")
    test_share: float = test_share_field()
    seed: int = seed_field()

    @property
    def task(self) -> Task:
        return task_of(self.labels)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.labels

    def examples(self) -> Data:
        return self.arranged(brought(self.key, self.called, "points, by drawing them,", "points", self.shape, self.labels))

    def arranged(self, upload: Upload) -> Data:
        """The points of an upload, split."""
        return parted(upload.inputs, upload.targets, self.test_share, self.seed)
