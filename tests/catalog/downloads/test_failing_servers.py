"""Servers that send something else, refuse, stop sending or do not exist: reported in plain words."""

import socket
import threading
from pathlib import Path

import pytest

from playground.artifacts import fetching
from playground.artifacts.fetching import DownloadError
from tests.catalog.downloads.one_file import CONTENT, FILE, get, left
from tests.catalog.file_server import Files


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "SILENCE_SECONDS", 0.3)


def test_a_wrong_checksum_keeps_nothing(server: Files, tmp_path: Path) -> None:
    server.files[f"/{FILE.name}"] = CONTENT[:-1] + bytes([CONTENT[-1] ^ 1])
    with pytest.raises(DownloadError, match=r"a different file than expected.*checksum"):
        get(server, tmp_path)
    assert left(tmp_path) == {}


@pytest.mark.parametrize(
    ("content", "words"), [(CONTENT[:-5], "wrong size: 299,995 bytes instead of 300,000"), (CONTENT + b"more", "wrong size")]
)
@pytest.mark.parametrize("says_length", [True, False])
def test_a_wrong_size_is_reported(server: Files, tmp_path: Path, content: bytes, words: str, says_length: bool) -> None:
    server.files[f"/{FILE.name}"] = content
    server.says_length = says_length
    expected = words if says_length or len(content) > len(CONTENT) else "connection was closed after 300.0 kB of 300.0 kB"
    with pytest.raises(DownloadError, match=expected):
        get(server, tmp_path)
    assert FILE.name not in left(tmp_path)


@pytest.mark.parametrize(
    ("status", "words"),
    [(404, r"does not have the file \(404\)"), (403, "rejects the request \\(403"), (500, "rejects the request \\(500")],
)
def test_the_servers_response_is_reported(server: Files, tmp_path: Path, status: int, words: str) -> None:
    server.status = status
    with pytest.raises(DownloadError, match=f"{FILE.name} cannot be downloaded.*127.0.0.1: .*{words}.*PLAYGROUND_DOWNLOADS"):
        get(server, tmp_path)


def test_a_missing_server_is_reported(server: Files, tmp_path: Path) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}/numbers.bin"
        with pytest.raises(DownloadError, match=r"no response .connection refused.*Check the network and try again"):
            get(server, tmp_path, address)


def test_a_missing_network_is_reported(server: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_names(*_: object, **__: object) -> None:
        raise socket.gaierror(-3, "Temporary failure in name resolution")

    monkeypatch.setattr(socket, "getaddrinfo", no_names)
    with pytest.raises(DownloadError, match=r"data\.example\.org: host name not found; there may be no network connection"):
        get(server, tmp_path, "http://data.example.org/numbers.bin")


def test_an_unexpected_response_is_reported(server: Files, tmp_path: Path) -> None:
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
    with pytest.raises(DownloadError, match=r"nothing received for 0\.3 s, after .* of 300\.0 kB.*are kept"):
        get(server, tmp_path)
    assert left(tmp_path)[f"{FILE.name}.part"] >= 100_000


@pytest.mark.usefixtures("impatient")
def test_a_server_that_never_begins_is_given_up(server: Files, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(DownloadError, match=r"no response within 0\.3 s"):
        get(server, tmp_path, f"http://127.0.0.1:{listener.getsockname()[1]}/numbers.bin")


def test_a_server_that_trickles_for_ever_is_given_up(server: Files, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = iter(range(0, 10**9, 30))  # between two looks at the clock
    monkeypatch.setattr(fetching.time, "monotonic", lambda: float(next(seconds)))
    monkeypatch.setattr(fetching, "_CHUNK", 100)
    with pytest.raises(DownloadError, match=r"too slow: 300 bytes in 90 s, after 0\.3 kB of 300\.0 kB"):
        get(server, tmp_path)


def test_the_second_mirror_is_used_if_the_first_fails(server: Files, tmp_path: Path) -> None:
    assert get(server, tmp_path, f"{server.url}/not-here", f"{server.url}/numbers.bin") == CONTENT
    assert [path for path, _ in server.asked] == ["/not-here", "/numbers.bin"]


def test_the_responses_of_all_mirrors_are_reported(server: Files, tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"127\.0\.0\.1: it does not have.*localhost: it does not have"):
        get(server, tmp_path, f"{server.url}/no", f"{server.url.replace('127.0.0.1', 'localhost')}/no")
