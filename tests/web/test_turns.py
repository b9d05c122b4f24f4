"""Computations in the background take turns, end when nobody wants them, and are shared."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from playground.explain import ExplainError
from playground.web.turns import Turns, Work


@pytest.fixture
def turns() -> Iterator[Turns]:
    running = Turns(patience_seconds=0.3)
    yield running
    running.close()


def counting(to: int, log: list[Any], name: str = "") -> Callable[[], Work]:
    def work() -> Work:
        try:
            for index in range(to):
                log.append((name, index))
                time.sleep(0.002)
                yield (index + 1) / to
        finally:
            log.append((name, "over"))
        return f"{name} done"

    return work


def until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.002)


def over(turns: Turns, who: str, key: object) -> bool:
    return turns.progress(who, key) is None


def test_the_share_grows_and_the_result_is_kept(turns: Turns) -> None:
    log: list[Any] = []
    turns.start("ann", "key", counting(10, log, "a"))
    shares = []
    until(lambda: shares.append(turns.progress("ann", "key")) or shares[-1] is None)
    numbers = [share for share in shares if share is not None]
    assert numbers == sorted(numbers)
    assert turns.result("key") == "a done"
    turns.start("bob", "key", counting(10, log, "a"))
    assert turns.progress("bob", "key") is None
    assert log == [*(("a", index) for index in range(10)), ("a", "over")]


def test_thirty_computations_advance_together(turns: Turns) -> None:
    log: list[Any] = []
    for index in range(30):
        turns.start(f"visitor {index}", index, counting(5, log, str(index)))
    until(lambda: sum(over(turns, f"visitor {index}", index) for index in range(30)) == 30)
    first_over = log.index(next(entry for entry in log if entry[1] == "over"))
    assert {name for name, _ in log[:first_over]} == {str(index) for index in range(30)}
    assert all(turns.result(index) == f"{index} done" for index in range(30))


def test_the_newest_computation_of_a_visitor_replaces_the_one_before(turns: Turns) -> None:
    log: list[Any] = []
    turns.start("ann", "long", counting(10_000, log, "long"))
    until(lambda: log)
    turns.start("ann", "short", counting(3, log, "short"))
    until(lambda: over(turns, "ann", "short") and ("long", "over") in log)
    assert turns.result("short") == "short done"
    assert turns.result("long") is None


def test_what_somebody_else_waits_for_goes_on(turns: Turns) -> None:
    log: list[Any] = []
    turns.start("ann", "both", counting(20, log, "both"))
    turns.start("bob", "both", counting(20, log, "both"))
    turns.cancel("ann")
    until(lambda: over(turns, "bob", "both"))
    assert turns.result("both") == "both done"
    assert log.count(("both", 0)) == 1


def test_what_nobody_waits_for_any_longer_ends(turns: Turns) -> None:
    log: list[Any] = []
    turns.start("ann", "forgotten", counting(10_000, log, "forgotten"))
    until(lambda: ("forgotten", "over") in log)
    assert len(log) < 500
    log.clear()
    turns.start("ann", "canceled", counting(10_000, log, "canceled"))
    until(lambda: log)
    turns.cancel("ann")
    assert turns.progress("ann", "canceled") is None
    until(lambda: ("canceled", "over") in log)
    assert len(log) < 100


def test_an_error_is_kept_until_the_computation_is_started_again(turns: Turns, caplog: pytest.LogCaptureFixture) -> None:
    errors: list[Exception] = [ExplainError("diverged"), ZeroDivisionError()]

    def failing() -> Work:
        yield 0.5
        if errors:
            raise errors.pop(0)
        return "at last"

    for message in ("diverged", "the server's log says why"):
        turns.start("ann", "key", failing)
        until(lambda: over(turns, "ann", "key"))
        for _ in range(2):
            with pytest.raises(ExplainError, match=message):
                turns.result("key")
    assert "ZeroDivisionError" in caplog.text
    turns.start("ann", "key", failing)
    until(lambda: over(turns, "ann", "key"))
    assert turns.result("key") == "at last"


def test_closing_ends_everything_at_once() -> None:
    log: list[Any] = []
    closing = Turns(threads=2)
    for index in range(10):
        closing.start(str(index), index, counting(10_000, log))
    closing.close()
    assert not any(thread.is_alive() for thread in closing._threads)
