"""A file is downloaded completely, however often it is interrupted."""

from pathlib import Path

import pytest

from playground.artifacts.fetching import DownloadError, DownloadStoppedError
from tests.catalog.downloads.one_file import CONTENT, FILE, get, left
from tests.catalog.file_server import Files


def test_a_file_is_downloaded_completely(server: Files, tmp_path: Path) -> None:
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
    with pytest.raises(
        DownloadError, match=r"connection was (closed|lost) after 250\.0 kB of 300\.0 kB.*250\.0 kB received so far are kept"
    ):
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


def test_a_complete_part_is_used_without_a_request(server: Files, tmp_path: Path) -> None:
    (tmp_path / f"{FILE.name}.part").write_bytes(CONTENT)
    assert get(server, tmp_path) == CONTENT
    assert server.asked == []


def test_stopped_in_the_middle_keeps_what_came(server: Files, tmp_path: Path) -> None:
    heard: list[int] = []
    with pytest.raises(DownloadStoppedError):
        get(server, tmp_path, report=heard.append, stopped=lambda: bool(heard))
    assert left(tmp_path) == {f"{FILE.name}.part": heard[-1]}
    assert 0 < heard[-1] < len(CONTENT)
    assert get(server, tmp_path) == CONTENT
