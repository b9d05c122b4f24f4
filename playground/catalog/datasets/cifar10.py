"""CIFAR-10, binary version."""

import tarfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np

from playground.artifacts.fetching import RemoteFile
from playground.catalog.datasets.downloaded import Downloaded, Needs, again
from playground.catalog.datasets.examples import Array, DataError
from playground.catalog.encodings import Encoding, ImageEncoding

RECORD_BYTES = 1 + 3 * 32 * 32
"""The class, then the red, green and blue channels, each row by row."""
_FOLDER = "cifar-10-batches-bin"
_TRAINING_BATCHES = 5


class Cifar10(Downloaded):
    """60,000 small color photos in ten classes, 32×32 pixels: 50,000 for training, 10,000 for testing.

    Photos are much harder than digits: a fully connected network reaches about 55 %, a small convolutional network 70 to 80 %, a residual
    network over 90 %."""

    title: ClassVar[str] = "CIFAR-10 (60,000 photos)"
    source: ClassVar[str] = "Krizhevsky 2009, Learning multiple layers of features from tiny images; University of Toronto"
    encoding: ClassVar[Encoding] = ImageEncoding(3, 32, 32)
    classes: ClassVar[tuple[str, ...]] = (
        "airplane",
        "automobile",
        "bird",
        "cat",
        "deer",
        "dog",
        "frog",
        "horse",
        "ship",
        "truck",
    )
    trains: ClassVar[int] = 50_000
    tests: ClassVar[int] = 10_000
    needs: ClassVar[Needs] = Needs(
        "None stated; the authors ask users to cite Krizhevsky 2009",
        ("https://www.cs.toronto.edu/~kriz/", "https://cave.cs.toronto.edu/kriz/"),
        (RemoteFile("cifar-10-binary.tar.gz", 170_052_171, "sha256:c4a38c50a1bc5f3a1c5537f2155ab9d68f9f25eb1ed8d9ddda3db29a59bca1dd"),),
    )

    kind: Literal["cifar10"] = "cifar10"

    def parse(self, files: Sequence[Path]) -> tuple[Array, Array]:
        (archive,) = files
        counts = {f"{_FOLDER}/data_batch_{number}.bin": self.trains // _TRAINING_BATCHES for number in range(1, _TRAINING_BATCHES + 1)}
        counts[f"{_FOLDER}/test_batch.bin"] = self.tests
        batches, total = read_batches(archive, counts), self.trains + self.tests
        images, classes, start = np.empty((total, RECORD_BYTES - 1), np.uint8), np.empty(total, np.uint8), 0
        for name, count in counts.items():
            records = np.frombuffer(batches.pop(name), np.uint8).reshape(count, RECORD_BYTES)
            images[start : start + count], classes[start : start + count] = records[:, 1:], records[:, 0]
            start += count
        return images.reshape(total, *self.shape), classes


def read_batches(archive: Path, counts: dict[str, int]) -> dict[str, bytes]:
    """The files of records in a gzipped tar archive, by name; nothing is unpacked to disk, no other files are read.

    counts: how many records each must have. Raises: DataError naming the archive, the problem, and what to do."""
    largest, batches = max(counts.values()) * RECORD_BYTES, dict[str, bytes]()
    try:
        with tarfile.open(archive, "r|gz") as members:
            for member in members:
                if member.size > largest:
                    raise DataError(f"{archive}: contains {member.name[:80]!r}, larger than any file of this dataset; {again(archive)}")
                if member.name in counts:
                    content = members.extractfile(member) if member.isreg() else None
                    batches[member.name] = b"" if content is None else content.read()
    except (OSError, EOFError, tarfile.TarError, zlib.error) as error:
        raise DataError(f"{archive}: cannot be read ({str(error) or type(error).__name__}); {again(archive)}") from error
    for name, count in counts.items():
        if name not in batches:
            raise DataError(f"{archive}: {name} is missing from it; {again(archive)}")
        if len(batches[name]) != count * RECORD_BYTES:
            raise DataError(f"{archive}: {name} has {len(batches[name]):,} bytes instead of {count * RECORD_BYTES:,}; {again(archive)}")
    return batches
