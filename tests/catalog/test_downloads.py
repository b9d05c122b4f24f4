"""Downloads from a server on this computer that does everything a server can do wrong."""

import errno
import hashlib
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from playground.catalog.datasets import Cifar10, DataError, Downloaded, FashionMnist, Mnist, NotDownloadedError, fetching
from playground.catalog.datasets.cifar10 import read_batches
from playground.catalog.datasets.fetching import DownloadError, DownloadStoppedError, fetch
from playground.catalog.datasets.idx import read_idx
from playground.settings import settings
from tests.catalog import tiny_files
from tests.catalog.file_server import Files, serving
from tests.catalog.tiny_files import DOWNLOADED, TRAINS, archive, cifar_members, contents, examples, idx, known

KINDS = pytest.mark.parametrize("kind", DOWNLOADED, ids=lambda kind: kind.name())
CONTENT = np.random.default_rng(0).bytes(300_000)
FILE = known("numbers.bin", CONTENT)
DOWNLOADER = """
from playground.catalog.datasets import Mnist
from tests.catalog.tiny_files import tiny_sets
with tiny_sets():
    Mnist.download()
"""


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty data folder."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def server(data: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Files]:
    """A mirror with tiny files of every set, and `numbers.bin`."""
    with tiny_files.tiny_sets(), serving() as files:
        for kind in DOWNLOADED:
            files.put(kind.name(), contents(kind))
        files.files["/numbers.bin"] = CONTENT
        monkeypatch.setenv("PLAYGROUND_DOWNLOADS", files.url)
        yield files


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SILENCE_SECONDS", 0.3)


def get(server: Files, folder: Path, *more: str, report=lambda _: None, stopped=lambda: False) -> bytes:
    """`numbers.bin`, from the server or from `more` places."""
    folder.mkdir(exist_ok=True)
    fetch(FILE, more or [f"{server.url}/{FILE.name}"], folder, report, stopped)
    return (folder / FILE.name).read_bytes()


def left(folder: Path) -> dict[str, int]:
    """What lies in the folder, with its size."""
    return {file.name: file.stat().st_size for file in sorted(folder.iterdir()) if file.name != ".lock"}


# Whole sets


@KINDS
def test_a_set_is_downloaded_and_then_as_it_was_made(server: Files, kind: type[Downloaded]) -> None:
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
def test_what_is_here_is_not_asked_for_again(server: Files, kind: type[Downloaded]) -> None:
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


def test_a_file_damaged_on_the_disk_is_named_and_brought_again(server: Files, data: Path) -> None:
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
        assert kind.needs.licence
        assert all(mirror.startswith(("http://", "https://")) and mirror.endswith("/") for mirror in kind.needs.mirrors)
        for file in kind.needs.files:
            algorithm, digits = file.checksum.split(":")
            assert len(bytes.fromhex(digits)) == hashlib.new(algorithm).digest_size
        assert kind.bytes_on_disk() > kind.needs.bytes > 10_000_000
    assert [(kind.trains, kind.tests) for kind in DOWNLOADED] == [(60_000, 10_000)] * 3 + [(50_000, 10_000)]


# One file and what may happen to it


def test_a_file_comes_whole(server: Files, tmp_path: Path) -> None:
    heard: list[int] = []
    assert get(server, tmp_path, report=heard.append) == CONTENT
    assert heard[-1] == len(CONTENT)
    assert left(tmp_path) == {FILE.name: len(CONTENT)}


def test_a_server_that_names_no_length(server: Files, tmp_path: Path) -> None:
    server.says_length = False
    assert get(server, tmp_path) == CONTENT


def test_an_interrupted_file_goes_on_where_it_ended(server: Files, tmp_path: Path) -> None:
    server.cut_after = 200_000
    server.cuts = 1
    assert get(server, tmp_path) == CONTENT
    assert [part for _, part in server.asked] == [None, "bytes=200000-"]


def test_a_part_of_an_earlier_visit_goes_on_where_it_ended(server: Files, tmp_path: Path) -> None:
    server.cut_after = 50_000  # at every attempt, and five are made
    with pytest.raises(DownloadError, match=r"connection (ended|broke off) at 250\.0 kB of 300\.0 kB.*250\.0 kB that have come are kept"):
        get(server, tmp_path)
    assert left(tmp_path) == {f"{FILE.name}.part": 250_000}
    server.cut_after = None
    server.asked.clear()
    assert get(server, tmp_path) == CONTENT
    assert [part for _, part in server.asked] == ["bytes=250000-"]


def test_a_server_without_ranges_sends_it_from_the_start(server: Files, tmp_path: Path) -> None:
    (tmp_path / f"{FILE.name}.part").write_bytes(CONTENT[:1000])
    server.ranges = False
    assert get(server, tmp_path) == CONTENT


@pytest.mark.parametrize("part", [b"x" * 1000, CONTENT + b"more", b"x" * len(CONTENT)], ids=["other", "too long", "whole but other"])
def test_a_part_of_another_file_heals(server: Files, tmp_path: Path, part: bytes) -> None:
    (tmp_path / f"{FILE.name}.part").write_bytes(part)
    assert get(server, tmp_path) == CONTENT
    assert left(tmp_path) == {FILE.name: len(CONTENT)}


def test_a_whole_part_is_taken_without_asking(server: Files, tmp_path: Path) -> None:
    (tmp_path / f"{FILE.name}.part").write_bytes(CONTENT)
    assert get(server, tmp_path) == CONTENT
    assert server.asked == []


def test_a_wrong_checksum_keeps_nothing(server: Files, tmp_path: Path) -> None:
    server.files[f"/{FILE.name}"] = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    with pytest.raises(DownloadError, match=r"another file than the one that is known.*checksum"):
        get(server, tmp_path)
    assert left(tmp_path) == {}


@pytest.mark.parametrize(
    ("content", "words"), [(CONTENT[:-5], "wrong size: 299,995 bytes, not 300,000"), (CONTENT + b"more", "wrong size")]
)
@pytest.mark.parametrize("says_length", [True, False])
def test_a_wrong_size_is_told(server: Files, tmp_path: Path, content: bytes, words: str, says_length: bool) -> None:
    server.files[f"/{FILE.name}"] = content
    server.says_length = says_length
    expected = words if says_length or len(content) > len(CONTENT) else "connection ended at 300.0 kB of 300.0 kB"
    with pytest.raises(DownloadError, match=expected):
        get(server, tmp_path)
    assert FILE.name not in left(tmp_path)


@pytest.mark.parametrize(
    ("status", "words"), [(404, r"does not have the file \(404\)"), (403, "refuses the file \\(403"), (500, "refuses the file \\(500")]
)
def test_what_the_server_answers_is_told(server: Files, tmp_path: Path, status: int, words: str) -> None:
    server.status = status
    with pytest.raises(DownloadError, match=f"{FILE.name} cannot be downloaded.*127.0.0.1: .*{words}.*PLAYGROUND_DOWNLOADS"):
        get(server, tmp_path)


def test_no_server_is_told(server: Files, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/numbers.bin"
        with pytest.raises(DownloadError, match=r"does not answer .connection refused.*Check the network and try again"):
            get(server, tmp_path, address)


def test_no_network_is_told(server: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_names(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    with pytest.raises(DownloadError, match=r"data\.example\.org: its name is not found; there may be no network"):
        get(server, tmp_path, "http://data.example.org/numbers.bin")


def test_who_answers_something_else_is_told(server: Files, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def talk() -> None:
            connection, _ = listener.accept()
            connection.recv(1000)
            connection.sendall(b"220 this is a mail server\r\n")
            connection.close()

        thread = threading.Thread(target=talk)
        thread.start()
        with pytest.raises(DownloadError, match="no connection"):
            get(server, tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}/numbers.bin")
        thread.join()


@pytest.mark.usefixtures("impatient")
def test_a_server_that_falls_silent_is_given_up_and_what_came_is_kept(server: Files, tmp_path: Path) -> None:
    server.hold_after, server.ranges = 100_000, False  # a second attempt brings no more
    with pytest.raises(DownloadError, match=r"nothing came for 0\.3 s, at .* of 300\.0 kB.*are kept"):
        get(server, tmp_path)
    assert left(tmp_path)[f"{FILE.name}.part"] >= 100_000


@pytest.mark.usefixtures("impatient")
def test_a_server_that_never_begins_is_given_up(server: Files, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(DownloadError, match=r"no answer within 0\.3 s"):
        get(server, tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}/numbers.bin")


def test_a_server_that_trickles_for_ever_is_given_up(server: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 10**9, 30))  # between two looks at the clock
    monkeypatch.setattr(fetching.time, "monotonic", lambda: float(next(seconds)))
    monkeypatch.setattr(fetching, "_CHUNK", 100)
    with pytest.raises(DownloadError, match=r"too slow: 300 bytes in 90 s, at 0\.3 kB of 300\.0 kB"):
        get(server, tmp_path)


def test_the_second_mirror_is_asked_where_the_first_fails(server: Files, tmp_path: Path) -> None:
    assert get(server, tmp_path, f"{server.url}/not-here", f"{server.url}/numbers.bin") == CONTENT
    assert [path for path, _ in server.asked] == ["/not-here", "/numbers.bin"]


def test_all_that_the_mirrors_said_is_told(server: Files, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1: it does not have.*localhost: it does not have"):
        get(server, tmp_path, f"{server.url}/no", f"{server.url.replace('127.0.0.1', 'localhost')}/no")


def test_stopped_in_the_middle_keeps_what_came(server: Files, tmp_path: Path) -> None:
    heard: list[int] = []
    with pytest.raises(DownloadStoppedError):
        get(server, tmp_path, report=heard.append, stopped=lambda: bool(heard))
    assert left(tmp_path) == {f"{FILE.name}.part": heard[-1]}
    assert 0 < heard[-1] < len(CONTENT)
    assert get(server, tmp_path) == CONTENT


# The disk


def test_too_little_room_is_told_before_anything_is_asked(server: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(
        DownloadError, match=r"MNIST .*: not enough room in .*mnist: 20\.\d MB are needed, 1\.0 MB are free; .*PLAYGROUND_DATA"
    ):
        Mnist.download()
    assert server.asked == []


def test_a_disk_that_fills_up_meanwhile_is_told(server: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __init__(self, path: Path) -> None:
            self.path, self.file = path, open(path, "wb")  # noqa: PTH123, SIM115 - Path.open is what is replaced

        def __enter__(self) -> "Full":
            return self

        def __exit__(self, *_: object) -> None:
            self.file.close()

        def write(self, chunk: bytes) -> int:
            raise OSError(errno.ENOSPC, "No space left on device", str(self.path))

    plain = Path.open
    monkeypatch.setattr(Path, "open", lambda path, mode="r", **more: Full(path) if mode == "wb" else plain(path, mode, **more))
    with pytest.raises(DownloadError, match=r"numbers\.bin\.part: cannot be written \(No space left on device\); free its disk"):
        get(server, tmp_path, f"{server.url}/numbers.bin", f"{server.url}/numbers.bin")
    assert len(server.asked) == 1, "another mirror does not help"


def test_a_folder_that_cannot_be_written_is_told(server: Files, data: Path) -> None:
    data.mkdir()
    (data / "downloads").write_text("a file where the folder should be")
    with pytest.raises(DownloadError, match=r"downloads.mnist: cannot be written .*PLAYGROUND_DATA"):
        Mnist.download()


# Several at once


def test_threads_that_download_at_once_ask_once(server: Files) -> None:
    with ThreadPoolExecutor(6) as pool:
        for done in [pool.submit(Mnist.download) for _ in range(6)]:
            done.result(60)
    assert len(server.asked) == len(Mnist.needs.files)
    assert Mnist.is_here()


def test_processes_that_download_at_once_ask_once(server: Files) -> None:
    workers = [subprocess.Popen([sys.executable, "-c", DOWNLOADER], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    try:
        for worker in workers:
            _, errors = worker.communicate(timeout=60)
            assert worker.returncode == 0, errors
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert sorted(path for path, _ in server.asked) == sorted(f"/mnist/{file.name}" for file in Mnist.needs.files)
    assert np.array_equal(Mnist().load().train.inputs, examples(Mnist)[0][:TRAINS])


def test_a_process_that_is_killed_leaves_a_part_that_the_next_one_finishes(server: Files) -> None:
    server.hold_after = 2_000
    worker = subprocess.Popen([sys.executable, "-c", DOWNLOADER])
    part = Mnist.folder() / f"{Mnist.needs.files[0].name}.part"
    try:
        while not part.exists() or not part.stat().st_size:
            assert worker.poll() is None
            time.sleep(0.02)
    finally:
        worker.kill()
        worker.wait()
    came = part.stat().st_size
    server.release.set()
    server.hold_after = None
    server.asked.clear()
    Mnist.download()
    assert server.asked[0] == (f"/mnist/{Mnist.needs.files[0].name}", f"bytes={came}-")
    assert np.array_equal(Mnist().load().train.inputs, examples(Mnist)[0][:TRAINS])


def test_who_waits_for_another_can_stop_waiting(server: Files) -> None:
    server.hold_after = 2_000
    heard = threading.Event()
    thread = threading.Thread(target=Mnist.download, args=(lambda _: heard.set(),))
    thread.start()
    assert heard.wait(20)
    waited: list[int] = []
    with pytest.raises(DownloadStoppedError, match=r"stopped; the .* that have come are kept"):
        Mnist.download(waited.append, lambda: len(waited) >= 2)
    assert waited[0] >= 2_000, "it tells how far the other one is"
    server.release.set()
    thread.join(20)
    assert Mnist.is_here()


# The setting


@pytest.mark.parametrize("wrong", ["files.example.org", "ftp://files.example.org", "file:///etc", "/srv/files"])
def test_a_mirror_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch, wrong: str) -> None:
    monkeypatch.setenv("PLAYGROUND_DOWNLOADS", wrong)
    with pytest.raises(ValueError, match=r"PLAYGROUND_DOWNLOADS: must begin with http:// or https://, got"):
        settings()


def test_the_own_mirror_is_asked_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DOWNLOADS", "http://files.school.example/data/")
    assert Mnist.sources() == ("http://files.school.example/data/mnist/",)
    monkeypatch.delenv("PLAYGROUND_DOWNLOADS")
    assert Mnist.sources() == Mnist.needs.mirrors


# The formats

SHAPE = (3, 4, 5)
ARRAY = np.arange(60, dtype=np.uint8).reshape(SHAPE)


def packed(content: bytes) -> bytes:
    return tiny_files.gzip.compress(content, mtime=0)


UNPACKED = tiny_files.gzip.decompress(idx(ARRAY))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no IDX file"),
        (b"no gzip at all", "cannot be read"),
        (idx(ARRAY)[:-10], "cannot be read"),
        (idx(ARRAY)[:-8] + b"\0" * 8, "cannot be read"),
        (packed(b"\x01" + UNPACKED[1:]), "begins with 01000803, not 00000803"),
        (packed(UNPACKED[:2] + b"\x0d" + UNPACKED[3:]), "begins with 00000d03, not 00000803"),
        (idx(ARRAY.reshape(3, 20)), "no IDX file of bytes in 3 dimensions"),
        (packed(UNPACKED[:10]), "ends within its first 16 bytes"),
        (idx(ARRAY[:2]), "expected 3 × 4 × 5 numbers, found 2 × 4 × 5"),
        (packed(UNPACKED[:-1]), "has 59 of 60 numbers"),
        (packed(UNPACKED + b"x"), "has more than 60 numbers"),
        (packed(UNPACKED[:4] + b"\xff" * 12 + UNPACKED[16:]), "expected 3 × 4 × 5 numbers, found 4,294,967,295 ×"),
        (packed(UNPACKED + b"\0" * 10**7), "has more than 60 numbers"),
    ],
    ids=[
        "empty",
        "no gzip",
        "cut short",
        "wrong crc",
        "magic",
        "type",
        "dimensions",
        "in its head",
        "fewer",
        "less",
        "more",
        "vast",
        "bomb",
    ],
)
def test_a_damaged_idx_file_is_named_with_its_remedy(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        read_idx(path, SHAPE)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).endswith(f"remove {path} and download the dataset again")


def test_idx_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "images.gz"
    path.write_bytes(idx(ARRAY))
    assert np.array_equal(read_idx(path, SHAPE), ARRAY)
    with pytest.raises(DataError, match=r"nothing\.gz: cannot be read"):
        read_idx(tmp_path / "nothing.gz", SHAPE)


COUNTS = {f"cifar-10-batches-bin/data_batch_{number}.bin": TRAINS // 5 for number in range(1, 6)} | {
    "cifar-10-batches-bin/test_batch.bin": tiny_files.TESTS
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
        (archive({**cifar_members(), "data_batch_3.bin": b"\0" * 3073 * 19}), "data_batch_3.bin has 58,387 bytes, not 61,460"),
        (archive({**cifar_members(), "readme.html": b"\0" * 3073 * 41}), "readme.html' in it is larger than any file of the set"),
    ],
    ids=["empty", "no archive", "cut short", "a batch missing", "a short batch", "a vast member"],
)
def test_a_damaged_archive_is_named_with_its_remedy(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "cifar.tar.gz"
    path.write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        read_batches(path, COUNTS)
    assert str(caught.value).startswith(f"{path}: ")
    assert str(caught.value).endswith(f"remove {path} and download the dataset again")


def test_links_and_paths_in_an_archive_reach_nothing(tmp_path: Path) -> None:
    """A batch that is a link to a file of this computer is no batch, and nothing is unpacked."""
    path, secret = tmp_path / "cifar.tar.gz", tmp_path / "secret"
    secret.write_bytes(b"\0" * 3073 * 40)
    with tiny_files.tarfile.open(path, "w:gz") as tar:
        link = tiny_files.tarfile.TarInfo("cifar-10-batches-bin/test_batch.bin")
        link.type, link.linkname = tiny_files.tarfile.SYMTYPE, str(secret)
        tar.addfile(link)
        tar.addfile(tiny_files.tarfile.TarInfo("../../escaped"))
    with pytest.raises(DataError, match=r"data_batch_1\.bin is missing|has 0 bytes"):
        read_batches(path, COUNTS)
    assert sorted(file.name for file in tmp_path.iterdir()) == ["cifar.tar.gz", "secret"]


def test_a_class_that_is_none_is_refused(server: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    members = cifar_members()
    members["test_batch.bin"] = b"\x0a" + members["test_batch.bin"][1:]
    content = archive(members)
    monkeypatch.setattr(Cifar10, "needs", replace(Cifar10.needs, files=(known(Cifar10.needs.files[0].name, content),)))
    server.put("cifar10", {Cifar10.needs.files[0].name: content})
    with pytest.raises(DataError, match="there is a class 10 where 9 is the last"):
        Cifar10.download()
