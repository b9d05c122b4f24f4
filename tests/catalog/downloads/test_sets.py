"""Whole datasets: downloaded once, from the declared or configured servers, and loaded unchanged."""

import hashlib
from pathlib import Path

import numpy as np
import pytest

from playground.catalog.datasets import Downloaded, FashionMnist, Mnist, NotDownloadedError
from playground.settings import settings
from tests.catalog.file_server import Files
from tests.catalog.tiny_files import DOWNLOADED, TRAINS, examples

KINDS = pytest.mark.parametrize("kind", DOWNLOADED, ids=lambda kind: kind.name())


@KINDS
def test_a_downloaded_dataset_equals_its_source(server: Files, kind: type[Downloaded]) -> None:
    assert not kind.is_here()
    heard: list[int] = []
    kind.download(heard.append)
    images, classes = examples(kind)
    loaded = kind().load()
    assert np.array_equal(loaded.train.inputs, images[:TRAINS])
    assert np.array_equal(loaded.train.targets, classes[:TRAINS])
    assert np.array_equal(loaded.test.inputs, images[TRAINS:])
    assert np.array_equal(loaded.test.targets, classes[TRAINS:])
    assert isinstance(loaded.train.inputs, np.memmap)
    assert heard == sorted(heard)
    assert heard[-1] == kind.needs.bytes == kind.bytes_here()
    assert [path for path, _ in server.asked] == [f"/{kind.name()}/{file.name}" for file in kind.needs.files]


@KINDS
def test_existing_files_are_not_requested_again(server: Files, kind: type[Downloaded]) -> None:
    kind.download()
    before = len(server.asked)
    kind.download()
    kind().load()
    assert kind.is_here()
    assert len(server.asked) == before


@KINDS
def test_loading_never_downloads_and_says_how(server: Files, kind: type[Downloaded]) -> None:
    with pytest.raises(NotDownloadedError, match=f"not downloaded yet .* to download.*playground download {kind.name()}"):
        kind().load()
    assert server.asked == []


def test_loads_from_its_arrays_when_the_files_are_gone(server: Files) -> None:
    Mnist.download()
    for file in Mnist.folder().glob("*.gz"):
        file.unlink()
    assert Mnist.is_here()
    assert len(Mnist().load().train) == TRAINS


def test_a_damaged_file_is_named_and_downloaded_again(server: Files, data: Path) -> None:
    Mnist.download()
    for array in (data / "datasets").rglob("checksums.json"):
        array.unlink()
    (victim := Mnist.folder() / Mnist.needs.files[0].name).write_bytes(b"\0" * Mnist.needs.files[0].bytes)
    with pytest.raises(NotDownloadedError, match=r"train-images-idx3-ubyte\.gz is damaged.*download"):
        Mnist().load()
    server.asked.clear()
    Mnist.download()
    assert [path for path, _ in server.asked] == [f"/mnist/{victim.name}"]
    assert np.array_equal(Mnist().load().train.inputs, examples(Mnist)[0][:TRAINS])


def test_one_set_is_not_the_other(server: Files) -> None:
    Mnist.download()
    assert not FashionMnist.is_here()


def test_every_set_says_what_it_needs_in_earnest() -> None:
    """The declarations themselves, not the tiny ones."""
    for kind in DOWNLOADED:
        assert kind.needs.license
        assert all(mirror.startswith(("http://", "https://")) and mirror.endswith("/") for mirror in kind.needs.mirrors)
        for file in kind.needs.files:
            algorithm, digits = file.checksum.split(":")
            assert len(bytes.fromhex(digits)) == hashlib.new(algorithm).digest_size
        assert kind.bytes_on_disk() > kind.needs.bytes > 10_000_000
    assert [(kind.trains, kind.tests) for kind in DOWNLOADED] == [(60_000, 10_000)] * 3 + [(50_000, 10_000)]


@pytest.mark.parametrize("wrong", ["files.example.org", "ftp://files.example.org", "file:///etc", "/srv/files"])
def test_a_mirror_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("PLAYGROUND_DOWNLOADS", wrong)
    with pytest.raises(ValueError, match=r"PLAYGROUND_DOWNLOADS: must start with http:// or https://, got"):
        settings()


def test_only_the_servers_own_mirror_is_used_if_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DOWNLOADS", "http://files.school.example/data/")
    assert Mnist.sources() == ("http://files.school.example/data/mnist/",)
    monkeypatch.delenv("PLAYGROUND_DOWNLOADS")
    assert Mnist.sources() == Mnist.needs.mirrors
