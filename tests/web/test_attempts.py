"""What must not be guessed can be tried only so often."""

from hypothesis import given
from hypothesis import strategies as st

from playground.web.security.attempts import Attempts


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_many_at_once_then_one_at_a_time() -> None:
    clock = Clock()
    attempts = Attempts(3, 10.0, clock)
    for _ in range(3):
        assert attempts.wait("school") == 0
        attempts.count("school")
    assert attempts.wait("school") == 10
    assert attempts.wait("home") == 0
    clock.now += 10
    assert attempts.wait("school") == 0
    attempts.count("school")
    assert attempts.wait("school") == 10
    clock.now += 1000
    for _ in range(3):
        assert attempts.wait("school") == 0
        attempts.count("school")
    assert attempts.wait("school") > 0


@given(st.lists(st.floats(0, 40), max_size=100), st.integers(1, 10))
def test_nobody_guesses_faster_than_that(pauses: list[float], at_once: int) -> None:
    clock = Clock()
    attempts, made = Attempts(at_once, 10.0, clock), 0
    for pause in pauses:
        clock.now += pause
        if not attempts.wait("school"):
            attempts.count("school")
            made += 1
    assert made <= at_once + (clock.now - 1000.0) / 10.0 + 1e-6
