"""Tiny files in the formats of the downloaded datasets."""

import gzip
import hashlib
import io
import shutil
import struct
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from playground.artifacts.fetching import RemoteFile
from playground.catalog.datasets import DATASETS, Cifar10, Data, Downloaded, Split
from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.mnist import MnistLike
from playground.settings import settings

TRAINS, TESTS = 100, 40
DOWNLOADED = [kind for kind in DATASETS if issubclass(kind, Downloaded)]


def examples(kind: type[Downloaded]) -> tuple[np.ndarray, np.ndarray]:
    """Images of noise with a black and a white pixel, training first; every class in both parts, in random order."""
    rng = np.random.default_rng([len(kind.name()), TRAINS])
    images = rng.integers(0, 256, (TRAINS + TESTS, *kind.encoding.tensor.sizes), dtype=np.uint8)
    images[..., 0, 0], images[..., 0, 1] = 0, 255
    return images, np.concatenate([rng.permutation(count) % 10 for count in (TRAINS, TESTS)]).astype(np.int64)


@contextmanager
def downloaded(folder: Path) -> Iterator[None]:
    """For the block, `folder` is the data folder, in which all downloaded datasets are, as a download leaves them, with these examples."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLAYGROUND_DATA", str(folder))
        for kind in DOWNLOADED:
            images, classes = examples(kind)
            train, test = (Split(images[part], classes[part]) for part in (slice(TRAINS), slice(TRAINS, None)))
            cached(kind.name(), "; ".join(file.checksum for file in kind.needs.files), partial(Data, train, test))
        yield


def idx(array: np.ndarray) -> bytes:
    """Per the format's specification: two zero bytes, type, number of dimensions, each size as 32 bits, then the numbers."""
    head = struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape)
    return gzip.compress(head + array.astype(np.uint8).tobytes(), mtime=0)


def batch(images: np.ndarray, classes: np.ndarray) -> bytes:
    """CIFAR-10 records: one byte for the class, 3,072 for the colors."""
    return b"".join(bytes([label]) + image.tobytes() for image, label in zip(images, classes, strict=True))


def archive(members: Mapping[str, bytes]) -> bytes:
    """A gzipped tar archive with the same folder as the real one."""
    file = io.BytesIO()
    with gzip.GzipFile(fileobj=file, mode="wb", mtime=0) as packed, tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in members.items():
            info = tarfile.TarInfo(f"cifar-10-batches-bin/{name}")
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return file.getvalue()


def cifar_members() -> dict[str, bytes]:
    images, classes = examples(Cifar10)
    each = TRAINS // 5
    parts = {f"data_batch_{number + 1}.bin": slice(number * each, (number + 1) * each) for number in range(5)}
    parts["test_batch.bin"] = slice(TRAINS, None)
    batches = {name: batch(images[part], classes[part]) for name, part in parts.items()}
    return {"batches.meta.txt": b"airplane\n", "readme.html": b"<html></html>", **batches}


def contents(kind: type[Downloaded]) -> dict[str, bytes]:
    """The content of each file of the dataset, by name."""
    if not issubclass(kind, MnistLike):
        return {kind.needs.files[0].name: archive(cifar_members())}
    images, classes = examples(kind)
    arrays = images[:TRAINS, 0], classes[:TRAINS], images[TRAINS:, 0], classes[TRAINS:]
    return {file.name: idx(array) for file, array in zip(kind.needs.files, arrays, strict=True)}


def known(name: str, content: bytes) -> RemoteFile:
    return RemoteFile(name, len(content), f"sha256:{hashlib.sha256(content).hexdigest()}")


@contextmanager
def tiny_sets() -> Iterator[None]:
    """Makes every downloaded dataset expect its tiny files instead of the real ones."""
    with pytest.MonkeyPatch.context() as patch:
        for kind in DOWNLOADED:
            files = tuple(known(name, content) for name, content in contents(kind).items())
            patch.setattr(kind, "trains", TRAINS)
            patch.setattr(kind, "tests", TESTS)
            patch.setattr(kind, "needs", replace(kind.needs, files=files))
        yield


def put_down(kind: type[Downloaded]) -> None:
    """Writes the files as a download would."""
    folder = settings().data / "downloads" / kind.name()
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents(kind).items():
        (folder / name).write_bytes(content)


@contextmanager
def tiny_sets_in(data_folder: Path) -> Iterator[None]:
    """For the block, the files of all downloaded datasets are tiny, and in the data folder."""
    with tiny_sets():
        for kind in DOWNLOADED:
            put_down(kind)
        yield
        shutil.rmtree(data_folder / "downloads")
