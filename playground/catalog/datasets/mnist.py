"""The full MNIST, and two datasets in the same format."""

from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from playground.artifacts.fetching import RemoteFile
from playground.catalog.datasets.downloaded import Downloaded, Needs
from playground.catalog.datasets.examples import Array
from playground.catalog.datasets.idx import read_idx
from playground.catalog.encodings import Encoding, ImageEncoding


class MnistLike(Downloaded):
    """Four files: images and classes for training, images and classes for the test."""

    encoding: ClassVar[Encoding] = ImageEncoding(1, 28, 28)
    trains: ClassVar[int] = 60_000
    tests: ClassVar[int] = 10_000

    def parse(self, files: Sequence[Path]) -> tuple[Array, Array]:
        counts = self.trains, self.tests
        images = [read_idx(file, (count, *self.shape[1:])) for file, count in zip(files[::2], counts, strict=True)]
        classes = [read_idx(file, (count,)) for file, count in zip(files[1::2], counts, strict=True)]
        return np.concatenate(images)[:, None], np.concatenate(classes)


def _four_files(*known: tuple[int, str]) -> tuple[RemoteFile, ...]:
    """known: bytes and SHA-256 of each."""
    names = (f"{part}-{what}-ubyte.gz" for part in ("train", "t10k") for what in ("images-idx3", "labels-idx1"))
    return tuple(RemoteFile(name, count, f"sha256:{digits}") for name, (count, digits) in zip(names, known, strict=True))


class Mnist(MnistLike):
    """70,000 handwritten digits of 28×28 pixels, the classic benchmark: 60,000 for training, 10,000 for testing.

    A fully connected network reaches 98 %, a convolutional one over 99 %."""

    title: ClassVar[str] = "MNIST (70,000 digits)"
    source: ClassVar[str] = "LeCun et al. 1998, Proc. IEEE 86:2278; the MNIST database, derived from NIST"
    classes: ClassVar[tuple[str, ...]] = tuple("0123456789")
    needs: ClassVar[Needs] = Needs(
        "CC BY-SA 3.0, Yann LeCun and Corinna Cortes",
        ("https://ossci-datasets.s3.amazonaws.com/mnist/", "https://storage.googleapis.com/cvdf-datasets/mnist/"),
        _four_files(
            (9_912_422, "440fcabf73cc546fa21475e81ea370265605f56be210a4024d2ca8f203523609"),
            (28_881, "3552534a0a558bbed6aed32b30c495cca23d567ec52cac8be1a0730e8010255c"),
            (1_648_877, "8d422c7b0a1c1c79245a5bcf07fe86e33eeafee792b84584aec276f5a2dbc4e6"),
            (4_542, "f7ae60f92e00ec6debd23a6088c31dbd2371eca3ffa0defaefb259924204aec6"),
        ),
    )

    kind: Literal["mnist"] = "mnist"


class FashionMnist(MnistLike):
    """70,000 images of clothing in the format of MNIST, and much harder: shirts, pullovers and coats look alike.

    60,000 for training, 10,000 for testing. A convolutional network reaches 92 to 94 %."""

    title: ClassVar[str] = "Fashion-MNIST (70,000 garments)"
    source: ClassVar[str] = "Xiao, Rasul & Vollgraf 2017, arXiv:1708.07747; Zalando Research"
    classes: ClassVar[tuple[str, ...]] = (
        "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot",
    )  # fmt: skip
    needs: ClassVar[Needs] = Needs(
        "MIT, Zalando SE",
        (
            "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
            "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
        ),
        _four_files(
            (26_421_880, "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84"),
            (29_515, "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845"),
            (4_422_102, "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073"),
            (5_148, "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5"),
        ),
    )

    kind: Literal["fashion_mnist"] = "fashion_mnist"


class Kmnist(MnistLike):
    """70,000 handwritten Japanese characters from old books in the format of MNIST: a class can have several quite different shapes.

    60,000 for training, 10,000 for testing. A convolutional network reaches 95 to 98 %."""

    title: ClassVar[str] = "KMNIST (70,000 Japanese characters)"
    source: ClassVar[str] = "Clanuwat et al. 2018, arXiv:1812.01718; KMNIST, made by CODH from the Kuzushiji dataset of NIJL and others"
    classes: ClassVar[tuple[str, ...]] = ("o", "ki", "su", "tsu", "na", "ha", "ma", "ya", "re", "wo")
    needs: ClassVar[Needs] = Needs(
        "CC BY-SA 4.0, ROIS-DS Center for Open Data in the Humanities",
        ("https://codh.rois.ac.jp/kmnist/dataset/kmnist/", "http://codh.rois.ac.jp/kmnist/dataset/kmnist/"),
        _four_files(
            (18_165_135, "51467d22d8cc72929e2a028a0428f2086b092bb31cfb79c69cc0a90ce135fde4"),
            (29_497, "e38f9ebcd0f3ebcdec7fc8eabdcdaef93bb0df8ea12bee65224341c8183d8e17"),
            (3_041_136, "edd7a857845ad6bb1d0ba43fe7e794d164fe2dce499a1694695a792adfac43c5"),
            (5_120, "20bb9a0ef54c7db3efc55a92eef5582c109615df22683c380526788f98e42a1c"),
        ),
    )

    kind: Literal["kmnist"] = "kmnist"
