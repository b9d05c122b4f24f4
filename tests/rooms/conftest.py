"""Servers with rooms on one database, and a clock that the tests move."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from playground.rooms import Rooms
from playground.runs import Runs


class Clock:
    """The time of all servers."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 4, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def wait(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def start_server(tmp_path: Path, database: str, clock: Clock) -> Iterator[Callable[..., Rooms]]:
    """Starts a server on the database of the test."""
    opened: list[Runs] = []

    def start(**limits: float) -> Rooms:
        runs = Runs(tmp_path, 1, database)
        opened.append(runs)
        return Rooms(runs, now=clock, **limits)  # type: ignore[arg-type]

    yield start
    for runs in opened:
        runs.close()


@pytest.fixture
def rooms(start_server: Callable[..., Rooms]) -> Rooms:
    return start_server()
