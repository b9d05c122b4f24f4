"""Digits that users draw."""

from typing import ClassVar, Literal

from pydantic import Field

from playground.artifacts.uploads import Upload
from playground.catalog.datasets import own
from playground.catalog.datasets.examples import Array, Data
from playground.catalog.datasets.images import Images
from playground.catalog.datasets.mnist_sample import MnistSample
from playground.catalog.encodings import Encoding, ImageEncoding


class OwnDigits(Images):
    """Digits that you drew, prepared like those of MNIST; alone or added to the digits of MNIST."""

    title: ClassVar[str] = "My digits"
    source: ClassVar[str] = own.UPLOADED
    license: ClassVar[str] = own.LICENSE
    encoding: ClassVar[Encoding] = ImageEncoding(1, 28, 28)
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")

    kind: Literal["own_digits"] = "own_digits"
    key: own.Key = own.key_field()
    called: own.Name = own.called_field()
    beside: Literal["none", "mnist_sample"] = Field(
        "none",
        title="Train together with",
        description="mnist_sample: train on all your digits and MNIST's, test on MNIST's; none: hold out some of your digits for testing",
    )
    test_share: float = own.test_share_field()
    seed: int = own.seed_field()

    def read(self) -> tuple[Array, Array]:
        upload = self._upload()
        return upload.inputs, upload.targets

    def examples(self) -> Data:
        return self.arranged(self._upload())

    def arranged(self, upload: Upload) -> Data:
        """The digits of an upload, split, or prepended to those of MNIST."""
        if self.beside == "none":
            return own.split_by_share(upload.inputs, upload.targets, self.test_share, self.seed)
        mnist = MnistSample().examples()
        drawn = own.split_by_share(upload.inputs, upload.targets, 0.5, self.seed)
        return Data(own.concatenated(own.concatenated(drawn.train, drawn.test), mnist.train), mnist.test)

    def _upload(self) -> Upload:
        return own.uploaded(self.key, self.called, "draw some digits", "digits", self.shape, self.classes)
