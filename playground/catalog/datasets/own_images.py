"""Images that users upload."""

from typing import ClassVar, Literal

from pydantic import Field

from playground.artifacts.uploads import Upload
from playground.catalog.datasets import own
from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.examples import Array, Data
from playground.catalog.datasets.images import Images
from playground.catalog.encodings import Encoding, ImageEncoding
from playground.catalog.tasks import Task

Resize = Literal["fit", "crop", "stretch"]
Background = Literal["white", "black"]


class OwnImages(Images):
    """Images that you uploaded, in classes, all resized to the same size."""

    title: ClassVar[str] = "My images"
    source: ClassVar[str] = own.UPLOADED
    license: ClassVar[str] = own.LICENSE

    kind: Literal["own_images"] = "own_images"
    key: own.Key = own.key_field()
    called: own.Name = own.called_field()
    side: int = Field(32, ge=8, le=128, title="Side", description="Width and height of every image", json_schema_extra=own.OF_CONTENT)
    colour: bool = Field(True, title="Color", description="Three channels (RGB) instead of one (gray)", json_schema_extra=own.OF_CONTENT)
    labels: own.SomeLabels = own.labels_field("no", "yes")
    split: Literal["random", "given"] = Field(
        "random", title="Split", description="A random share for testing, or the test images that came with the data",
        json_schema_extra=own.OF_CONTENT,
    )  # fmt: skip
    resize: Resize = Field(
        "fit", title="Made square", description="Margins around the image, its center, or distorted", json_schema_extra=own.OF_CONTENT
    )
    background: Background = Field(
        "white", title="Background", description="Behind transparent areas and in the margins", json_schema_extra=own.OF_CONTENT
    )
    deep_range: tuple[float, float] | None = Field(
        None,
        max_length=2,
        title="Range",
        description="Of images with more than 8 bits, the values that became 0 and 255",
        json_schema_extra=own.OF_CONTENT,
    )
    test_share: float = own.test_share_field()
    seed: int = own.seed_field()

    @property
    def task(self) -> Task:  # type: ignore[override]
        return own.task_of(self.labels)

    @property
    def encoding(self) -> Encoding:
        return ImageEncoding(3 if self.colour else 1, self.side, self.side)

    @property
    def ineffective(self) -> tuple[str, ...]:
        return ("test_share", "seed") if self.split == "given" else ()

    @property
    def classes(self) -> tuple[str, ...]:
        return self.labels

    def read(self) -> tuple[Array, Array]:
        upload = own.uploaded(self.key, self.called, "upload a ZIP of images", "images", self.shape, self.labels)
        return upload.inputs, upload.targets

    def examples(self) -> Data:
        upload = own.uploaded(self.key, self.called, "upload a ZIP of images", "images", self.shape, self.labels)
        share = "as given" if self.split == "given" else f"{self.test_share} for the test"
        recipe = f"{self.key}; {share}, seed {self.seed}"
        return cached(self.name(), recipe, lambda: self.arranged(upload))

    def arranged(self, upload: Upload) -> Data:
        """The images of an upload, split.

        Raises: DataError if it has no given split, but that is to be used."""
        if self.split == "given":
            return own.split_as_given(upload.inputs, upload.targets, upload.description.get("tests", 0), self.seed)
        return own.split_by_share(upload.inputs, upload.targets, self.test_share, self.seed)
