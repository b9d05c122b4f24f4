"""The archive of CIFAR-10, intact and damaged."""

import tarfile
from dataclasses import replace
from pathlib import Path

import pytest

from playground.catalog.datasets import Cifar10, DataError
from playground.catalog.datasets.cifar10 import read_batches
from tests.catalog.downloads.damaged import assert_reported_with_a_suggestion
from tests.catalog.file_server import Files
from tests.catalog.tiny_files import TESTS, TRAINS, archive, cifar_members, known

COUNTS = {f"cifar-10-batches-bin/data_batch_{number}.bin": TRAINS // 5 for number in range(1, 6)} | {
    "cifar-10-batches-bin/test_batch.bin": TESTS
}


def without(name: str) -> dict[str, bytes]:
    return {each: content for each, content in cifar_members().items() if each != name}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "cannot be read"),
        (b"no archive", "cannot be read"),
        (archive(cifar_members())[:-5000], "cannot be read"),
        (archive(without("test_batch.bin")), "test_batch.bin is missing"),
        (archive({**cifar_members(), "data_batch_3.bin": b"\0" * 3073 * 19}), "data_batch_3.bin has 58,387 bytes instead of 61,460"),
        (archive({**cifar_members(), "readme.html": b"\0" * 3073 * 41}), "contains '.*readme.html', larger than any file of this dataset"),
    ],
    ids=["empty", "no archive", "cut short", "a batch missing", "a short batch", "a vast member"],
)
def test_a_damaged_archive_is_reported_with_a_suggestion(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "cifar.tar.gz"
    path.write_bytes(content)
    assert_reported_with_a_suggestion(path, words, lambda: read_batches(path, COUNTS))


def test_links_and_paths_in_an_archive_reach_nothing(tmp_path: Path) -> None:
    """A batch that is a link to a file of this computer is no batch, and nothing is unpacked."""
    path, secret = tmp_path / "cifar.tar.gz", tmp_path / "secret"
    secret.write_bytes(b"\0" * 3073 * 40)
    with tarfile.open(path, "w:gz") as tar:
        link = tarfile.TarInfo("cifar-10-batches-bin/test_batch.bin")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        tar.addfile(link)
        tar.addfile(tarfile.TarInfo("../../escaped"))
    with pytest.raises(DataError, match=r"data_batch_1\.bin is missing|has 0 bytes"):
        read_batches(path, COUNTS)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cifar.tar.gz", "secret"]


def test_a_class_that_is_none_is_refused(server: Files) -> None:
    members = cifar_members()
    members["test_batch.bin"] = b"\x0a" + members["test_batch.bin"][1:]
    content = archive(members)
    name = Cifar10.needs.files[0].name
    server.put("cifar10", {name: content})
    with pytest.MonkeyPatch.context() as patch:  # undone before the tiny sets are, so that the true declaration comes back
        patch.setattr(Cifar10, "needs", replace(Cifar10.needs, files=(known(name, content),)))
        with pytest.raises(DataError, match="contains class 10, but the last class is 9"):
            Cifar10.download()
