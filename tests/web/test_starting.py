"""What prevents a start is said in plain words."""

import logging
import resource
import sqlite3
from pathlib import Path

import pytest

from playground.web import readiness, starting
from playground.web.starting import CannotStartError, available_bytes, check_start, warn


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    return tmp_path / "data"


def refusal() -> str:
    with pytest.raises(CannotStartError) as error:
        check_start()
    return str(error.value)


def test_a_usable_machine_starts_and_keeps_nothing_of_the_check(data: Path) -> None:
    check_start()
    assert {path.name.split("-")[0] for path in data.iterdir()} == {"playground.db"}


def test_a_data_folder_that_cannot_be_written_is_named(data: Path) -> None:
    data.write_text("a file")
    assert refusal() == (
        f"the data folder {data} cannot be written (File exists); let the user of this process write there, free some disk space, or set "
        "PLAYGROUND_DATA to another folder"
    )


def test_a_full_disk_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LEAST_FREE_BYTES", 10**18)
    assert "the disk of the data folder" in refusal()
    assert "MB left; free some space" in refusal()


def test_a_database_that_cannot_be_used_is_named(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data.mkdir()
    (data / "playground.db").write_text("not a database, but a text that is long enough to be one" * 100)
    assert "the database cannot be used: sqlite:///" in refusal()
    assert "move the file away to start with an empty one" in refusal()
    monkeypatch.setenv("PLAYGROUND_DATABASE", "mysql://nowhere")
    assert "install it" in refusal() or "not the URL of a database" in refusal()


def test_a_database_of_the_future_is_named(data: Path) -> None:
    check_start()
    with sqlite3.connect(data / "playground.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    assert "later version of the playground" in refusal()


def test_all_problems_are_said_at_once(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readiness, "LEAST_FREE_BYTES", 10**18)
    monkeypatch.setenv("PLAYGROUND_STORAGE", "nosuch://x")
    lines = refusal().splitlines()
    assert len(lines) == 2
    assert lines[1].startswith("PLAYGROUND_STORAGE: nosuch://x is not the URL of a folder")


def test_wrong_settings_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_ROWS", "many")
    assert refusal() == "PLAYGROUND_UPLOAD_ROWS: must be a positive integer, got 'many'"


def test_little_memory_and_misspelled_variables_are_warnings(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(starting, "available_bytes", lambda: 100_000_000)
    monkeypatch.setattr(starting, "memory_bytes", lambda: {"server": 150_000_000, "workers": 50_000_000})
    monkeypatch.setenv("PLAYGROUND_UPLOAD_ROW", "5")
    with caplog.at_level(logging.WARNING):
        warn()
    said = [record.getMessage() for record in caplog.records]
    assert any("did you mean PLAYGROUND_UPLOAD_ROWS?" in line for line in said)
    assert any(line.startswith("only 300 MB of memory are available") for line in said)
    caplog.clear()
    monkeypatch.setattr(starting, "memory_bytes", lambda: {"server": 500_000_000})
    warn()
    assert "memory" not in caplog.text, "what the server has already needs not be free"


def test_the_limit_of_a_container_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {"max": "1000000", "current": "700000", "stat": "anon 400000\ninactive_file 200000"}.items():
        (tmp_path / f"memory.{name}").write_text(f"{text}\n")
    monkeypatch.setattr(starting, "_LIMITS", ((tmp_path, "memory.max", "memory.current"),))
    assert available_bytes() == 1_000_000 - 700_000 + 200_000
    (tmp_path / "memory.max").write_text("max\n")
    assert available_bytes() != 500_000


def test_the_available_memory_is_a_plausible_number() -> None:
    available = available_bytes()
    assert available is None or 0 < available < 10**15


def test_many_connections_are_allowed_where_the_system_lets_us() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (512, hard))
        check_start()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == (min(hard, 65_536) if hard != resource.RLIM_INFINITY else 65_536)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
