"""What pages read from uploads is charged to the visit, and ends with it."""

from typing import Any

import pytest

from playground.own import OwnDataError
from playground.own.work import go_on
from playground.web import upload_reading
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
