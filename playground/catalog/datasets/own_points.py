"""Points that users draw."""

from typing import ClassVar, Literal

from playground.artifacts.uploads import Upload
from playground.catalog.datasets import own
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data
from playground.catalog.encodings import Encoding, PointEncoding
from playground.catalog.tasks import Task


class OwnPoints(Dataset):
    """Points that you drew in the plane; the color of a point is its class."""

    title: ClassVar[str] = "My points"
    source: ClassVar[str] = own.UPLOADED
    license: ClassVar[str] = own.LICENSE
    encoding: ClassVar[Encoding] = PointEncoding()

    kind: Literal["own_points"] = "own_points"
    key: own.Key = own.key_field()
    called: own.Name = own.called_field()
    labels: own.SomeLabels = own.labels_field("class 1", "class 2")
    test_share: float = own.test_share_field()
    seed: int = own.seed_field()

    @property
    def task(self) -> Task:
        return own.task_of(self.labels)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.labels

    def examples(self) -> Data:
        return self.arranged(own.uploaded(self.key, self.called, "draw some points", "points", self.shape, self.labels))

    def arranged(self, upload: Upload) -> Data:
        """The points of an upload, split."""
        return own.split_by_share(upload.inputs, upload.targets, self.test_share, self.seed)
