"""What waits for a slow server is little, and nothing that counts is lost."""

import threading

import numpy as np

from playground.runs.outbox import Outbox, joined
from playground.training.events import Evaluated, Progress, View


class SlowServer:
    """Reads its first letter only when it is told to."""

    def __init__(self) -> None:
        self.begun, self.may_read = threading.Event(), threading.Event()
        self.letters: list[object] = []

    def __call__(self, letter: object) -> None:
        self.begun.set()
        assert self.may_read.wait(30)
        self.letters.append(letter)


def progress(step: int, loss: float) -> Progress:
    return Progress((step,), (loss,), float(step), float(step), 0.1, 1.0)


def held_back(letters: list[object]) -> list[object]:
    """What arrives if the server reads only after everything was put, without the letter that blocked it."""
    server = SlowServer()
    outbox = Outbox(server)
    outbox.put("first")
    assert server.begun.wait(30)
    for letter in letters:
        outbox.put(letter)
    server.may_read.set()
    outbox.close(30)
    assert server.letters[0] == "first"
    return server.letters[1:]


def test_letters_arrive_in_order() -> None:
    assert held_back(["a", progress(1, 1.0), "b"]) == ["a", progress(1, 1.0), "b"]


def test_of_a_view_only_the_newest_waits() -> None:
    views = [View("boundary", step, np.zeros((1, 2, 2), np.float32)) for step in range(50)]
    other = View("confusion", 7, np.zeros((2, 2), np.float32))
    assert held_back([*views, other, *views[:2]]) == [other, views[1]]


def test_steps_are_joined_and_none_is_lost() -> None:
    arrived = held_back([progress(step, float(step)) for step in range(1, 1001)])
    assert len(arrived) <= 8
    steps = [step for letter in arrived if isinstance(letter, Progress) for step in letter.steps]
    assert steps == list(range(1, 1001))
    assert isinstance(arrived[-1], Progress)
    assert (arrived[-1].epoch, arrived[-1].seconds) == (1000.0, 1000.0)


def test_very_many_steps_are_thinned_and_keep_their_peaks() -> None:
    losses = np.random.default_rng(0).normal(size=50_000).tolist()
    first = Progress(tuple(range(25_000)), tuple(losses[:25_000]), 1.0, 1.0, 0.1, 1.0)
    second = Progress(tuple(range(25_000, 50_000)), tuple(losses[25_000:]), 2.0, 2.0, 0.2, 2.0)
    both = joined(first, second)
    assert len(both.steps) <= 25_000
    assert (min(both.losses), max(both.losses)) == (min(losses), max(losses))
    assert all(losses[step] == loss for step, loss in zip(both.steps, both.losses, strict=True))
    assert (both.epoch, both.learning_rate) == (2.0, 0.2)


def test_evaluations_are_bounded() -> None:
    arrived = held_back([Evaluated(step, 0.0, 0.0, 0.0, 0.0, None, None) for step in range(1500)])
    assert [letter.step for letter in arrived if isinstance(letter, Evaluated)] == list(range(500, 1500))


def test_a_server_that_has_gone_stops_nobody() -> None:
    tried: list[object] = []
    senders: list[threading.Thread] = []

    def gone(letter: object) -> None:
        tried.append(letter)
        senders.append(threading.current_thread())
        raise BrokenPipeError

    outbox = Outbox(gone)
    for step in range(100):
        outbox.put(progress(step, 0.0))
    outbox.close(30)
    assert len(tried) == 1, "who has gone once is not written to again"
    assert not senders[0].is_alive()
