"""Servers of one database learn which of them are gone."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from playground.runs.servers import BEAT_SECONDS, GONE_SECONDS, ServerLock, Servers
from playground.runs.store import Store


class Clock:
    """Moves only when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def enter(store: Store, tmp_path: Path, clock: Clock) -> Iterator[Callable[[str], Servers]]:
    """A server with its own data folder, or one that others use, too."""
    locks = []

    def enter_(folder: str) -> Servers:
        locks.append(ServerLock(tmp_path / folder))
        return Servers(locks[-1], store, clock)

    yield enter_
    for lock in locks:
        lock.close()


def wait(clock: Clock, seconds: float, *living: Servers) -> None:
    """Lets time pass for servers that live."""
    for _ in range(round(seconds / BEAT_SECONDS)):
        clock.now += BEAT_SECONDS
        for server in living:
            server.beat()


def test_a_server_alone_is_not_gone(enter: Callable[[str], Servers], clock: Clock) -> None:
    one = enter("folder")
    wait(clock, 60, one)
    assert one.alone
    assert not one.is_gone(one.name)
    assert one.gone() == set()
    assert one.is_gone("never there")


def test_servers_with_one_folder_know_at_once(enter: Callable[[str], Servers], clock: Clock, tmp_path: Path) -> None:
    one, other = enter("folder"), enter("folder")
    wait(clock, BEAT_SECONDS, one)
    assert not one.alone
    assert not one.is_gone(other.name)
    wait(clock, 3 * GONE_SECONDS, one)
    assert not one.is_gone(other.name), "it holds its lock, however slow it is"
    other._lock._lock.release()  # as the system does when a process is killed
    assert one.gone() == {other.name}
    one.forget(other.name)
    assert one.is_gone(other.name)
    assert one.gone() == set()
    wait(clock, BEAT_SECONDS, one)
    assert one.alone
    assert [path.name for path in (tmp_path / "folder").iterdir()] == [one.name]


def test_a_server_on_another_machine_is_gone_when_it_counts_no_longer(enter: Callable[[str], Servers], clock: Clock) -> None:
    one, other = enter("here"), enter("there")
    wait(clock, 3 * GONE_SECONDS, one, other)
    assert not one.is_gone(other.name)
    assert not other.is_gone(one.name)
    wait(clock, GONE_SECONDS - BEAT_SECONDS, one)
    assert not one.is_gone(other.name)
    wait(clock, 2 * BEAT_SECONDS, one)
    assert one.gone() == {other.name}


def test_a_server_that_ends_says_so(enter: Callable[[str], Servers], clock: Clock) -> None:
    one, other = enter("here"), enter("there")
    wait(clock, BEAT_SECONDS, one, other)
    other.close()
    assert one.is_gone(other.name)
    wait(clock, BEAT_SECONDS, one)
    assert one.alone
    assert one.gone() == set()


def test_time_in_which_the_database_was_away_does_not_count(enter: Callable[[str], Servers], clock: Clock) -> None:
    one, other = enter("here"), enter("there")
    wait(clock, GONE_SECONDS, one, other)
    clock.now += 10 * GONE_SECONDS
    one.beat()  # the first one to come back
    assert one.gone() == set()
    wait(clock, GONE_SECONDS, one, other)
    assert one.gone() == set()


def test_a_server_that_others_believed_gone_comes_back(enter: Callable[[str], Servers], clock: Clock) -> None:
    one, other = enter("here"), enter("there")
    wait(clock, 2 * GONE_SECONDS, one)
    one.forget(other.name)
    assert one.is_gone(other.name)
    wait(clock, BEAT_SECONDS, other)
    assert not one.is_gone(other.name)
