"""What pages read from uploads is charged to the visit, and ends with it."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from typing import Any

import pytest

from playground.own import OwnDataError
from playground.own.work import go_on
from playground.web import upload_reading
from playground.web.reading_slots import ReadingSlots, reading_slots
from playground.web.upload_reading import left_seconds, reads, visit_reads


class LeftError(BaseException):
    """As Streamlit ends a script."""


@pytest.fixture(autouse=True)
def kept(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The choices of a visit, in which nothing has happened."""
    values: dict[str, Any] = {}
    monkeypatch.setattr(upload_reading.session, "choice", values.get)
    monkeypatch.setattr(upload_reading.session, "choose", values.__setitem__)
    monkeypatch.setattr(upload_reading.session, "give_way", lambda: None)
    return values


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds by every clock."""
    now = [1000.0]
    monkeypatch.setattr("playground.own.work.time.monotonic", lambda: now[0])
    monkeypatch.setattr("playground.own.work.Work.__init__.__defaults__", (lambda: None, float("inf"), "", lambda: now[0]))
    return now


def test_reading_ends_when_streamlit_breaks_the_script_off_and_is_done_anew_later(monkeypatch: pytest.MonkeyPatch) -> None:
    read_again = []

    @reads(kept=1)
    def read(name: str) -> str:
        read_again.append(name)
        go_on()
        return name

    def leave() -> None:
        raise LeftError

    monkeypatch.setattr(upload_reading.session, "give_way", leave)
    with pytest.raises(LeftError):
        read("a")
    monkeypatch.setattr(upload_reading.session, "give_way", lambda: None)
    assert [read("a"), read("a")] == ["a", "a"]
    assert read_again == ["a", "a"]  # the third time, it was kept


def test_a_visit_has_so_many_seconds_which_come_back_within_an_hour(monkeypatch: pytest.MonkeyPatch, clock: list[float]) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_SECONDS_PER_VISIT", "100")
    for _ in range(2):
        with visit_reads():
            clock[0] += 50
            go_on()
    assert left_seconds() == pytest.approx(0, abs=3)
    clock[0] += 360
    assert left_seconds() == pytest.approx(10, abs=3)
    with visit_reads():
        clock[0] += 20
        with pytest.raises(OwnDataError, match=r"100 seconds.*one visit.*PLAYGROUND_UPLOAD_SECONDS_PER_VISIT"):
            go_on()


def test_reading_within_reading_is_charged_once(clock: list[float]) -> None:
    before = left_seconds()
    with visit_reads():
        with visit_reads():
            clock[0] += 10
        clock[0] += 10
    assert left_seconds() == pytest.approx(before - 20, abs=1)


class Upload:
    """One that somebody else reads, in a thread of its own, until `done` is set. says: what their page has said so far."""

    def __init__(self, pool: ThreadPoolExecutor, is_wanted: Callable[[], object] = lambda: None) -> None:
        self.begun, self.done, self.changed = threading.Event(), threading.Event(), threading.Event()
        self.says: list[str] = []
        self._is_wanted = is_wanted
        self.ended: Future[None] = pool.submit(self._read)

    def _read(self) -> None:
        with visit_reads(self._is_wanted, self._say):
            self.begun.set()
            assert self.done.wait(30)

    def _say(self, text: str) -> None:
        self.says.append(text)
        self.changed.set()

    def next_said(self) -> str:
        assert self.changed.wait(30)
        self.changed.clear()
        return self.says[-1]


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> ThreadPoolExecutor:
    """Threads for uploads, of which one is read at a time."""
    slots = ReadingSlots(1)
    monkeypatch.setattr(upload_reading, "reading_slots", lambda: slots)
    return ThreadPoolExecutor(4)


def test_uploads_wait_for_others_in_the_order_in_which_they_came_and_say_so(pool: ThreadPoolExecutor) -> None:
    first = Upload(pool)
    assert first.begun.wait(30)
    second = Upload(pool)
    assert second.next_said() == "Waiting until 1 other upload has been read."
    third = Upload(pool)
    assert third.next_said() == "Waiting until 2 other uploads have been read."
    assert not second.begun.is_set()
    first.done.set()
    assert second.begun.wait(30)
    assert third.next_said() == "Waiting until 1 other upload has been read."
    assert not third.begun.is_set()
    second.done.set()
    assert third.begun.wait(30)
    third.done.set()
    for upload in (first, second, third):
        upload.ended.result(30)
    assert (first.says, second.says[-1], third.says[-1]) == ([], "", "")


def test_who_leaves_while_waiting_or_fails_while_reading_makes_others_wait_no_longer(pool: ThreadPoolExecutor) -> None:
    leaves = threading.Event()

    def is_wanted() -> None:
        if leaves.is_set():
            raise LeftError

    first = Upload(pool)
    assert first.begun.wait(30)
    second = Upload(pool, is_wanted)
    assert second.next_said()
    third = Upload(pool)
    assert third.next_said() == "Waiting until 2 other uploads have been read."
    leaves.set()
    with pytest.raises(LeftError):
        second.ended.result(30)
    assert third.next_said() == "Waiting until 1 other upload has been read."
    assert not second.begun.is_set()
    first.done.set()
    assert third.begun.wait(30)
    third.done.set()
    third.ended.result(30)
    with pytest.raises(ValueError, match="unreadable"), visit_reads():
        raise ValueError("unreadable")
    with visit_reads(say=pytest.fail):
        pass


@pytest.mark.parametrize(("processors", "at_once"), [(1, 1), (2, 1), (8, 7)])
def test_one_processor_is_left_for_pages(monkeypatch: pytest.MonkeyPatch, processors: int, at_once: int) -> None:
    monkeypatch.setattr("playground.web.reading_slots.os.cpu_count", lambda: processors)
    slots = reading_slots.__wrapped__()
    with ExitStack() as taken:
        for _ in range(at_once):
            taken.enter_context(slots.slot(pytest.fail))
        with pytest.raises(LeftError), slots.slot(_leave):
            pytest.fail("there was one slot too many")


def _leave(ahead: int) -> None:
    assert ahead == 1
    raise LeftError
