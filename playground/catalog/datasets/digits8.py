"""The 8×8 digits of scikit-learn."""

from typing import ClassVar, Literal

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.catalog.datasets.images import Images
from playground.catalog.datasets.packaged import packaged_table
from playground.catalog.encodings import Encoding, ImageEncoding

WHITE = 16
"""The largest value in the source: how many pixels of a 4×4 block have ink."""


class Digits8(Images):
    """1,797 handwritten digits of 8×8 pixels: 1,437 for training, 360 for testing. So small that any network learns them in seconds."""

    title: ClassVar[str] = "Tiny digits (8×8)"
    source: ClassVar[str] = "Alpaydin & Kaynak 1998, UCI Machine Learning Repository; digits included in scikit-learn"
    license: ClassVar[str] = "CC BY 4.0, UCI Machine Learning Repository"
    encoding: ClassVar[Encoding] = ImageEncoding(1, 8, 8)
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")
    tests: ClassVar[int] = 360

    kind: Literal["digits8"] = "digits8"

    def read(self) -> tuple[Array, Array]:
        table = packaged_table("sklearn", "datasets/data/digits.csv.gz", (1797, 65), install="scikit-learn")
        images = (table[:, :-1].astype(np.float64) * (255 / WHITE)).round().astype(np.uint8)
        return images.reshape(-1, 1, 8, 8), table[:, -1].astype(np.int64)
