"""Digits drawn by hand."""

from typing import ClassVar, Literal

from pydantic import Field

from playground.catalog.datasets.examples import Array, Data
from playground.catalog.datasets.images import Images
from playground.catalog.datasets.mnist_sample import MnistSample
from playground.catalog.datasets.own import (
    BROUGHT,
    Key,
    Name,
    brought,
    called_field,
    key_field,
    parted,
    seed_field,
    test_share_field,
    together,
)  # fmt: skip
from playground.catalog.datasets.uploads import Upload
from playground.catalog.layers.base import Shape


class OwnDigits(Images):
    """Digits that you drew on the canvas, prepared as MNIST's, alone or beside the digits of MNIST."""

    title: ClassVar[str] = "My digits"
    source: ClassVar[str] = BROUGHT
    shape: ClassVar[Shape] = (1, 28, 28)
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")

    kind: Literal["own_digits"] = "own_digits"
    key: Key = key_field()
    called: Name = called_field()
    beside: Literal["none", "mnist_sample"] = Field(
        "none",
        title="Learn beside",
        description="mnist_sample: all of yours are learned from, with MNIST's, whose test stays; none: a share of yours is the test",
    )
    test_share: float = test_share_field()
    seed: int = seed_field()

    def read(self) -> tuple[Array, Array]:
        upload = brought(self.key, self.called, "digits, by drawing them,", "digits", self.shape, self.classes)
        return upload.inputs, upload.targets

    def examples(self) -> Data:
        return self.arranged(brought(self.key, self.called, "digits, by drawing them,", "digits", self.shape, self.classes))

    def arranged(self, upload: Upload) -> Data:
        """The digits of an upload, split, or before those of MNIST."""
        if self.beside == "none":
            return parted(upload.inputs, upload.targets, self.test_share, self.seed)
        mnist = MnistSample().examples()
        own = parted(upload.inputs, upload.targets, 0.5, self.seed)
        return Data(together(together(own.train, own.test), mnist.train), mnist.test)
