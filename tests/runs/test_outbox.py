"""With a slow server few messages wait, and nothing important is lost."""

import threading

import numpy as np

from playground.runs.messages import Weights
from playground.runs.outbox import Outbox, joined
from playground.training.events import Evaluated, Progress, View


class SlowServer:
    """Reads its first message only when allowed to."""

    def __init__(self) -> None:
        self.started, self.may_read = threading.Event(), threading.Event()
        self.messages: list[object] = []

    def __call__(self, message: object) -> None:
        self.started.set()
        assert self.may_read.wait(30)
        self.messages.append(message)


def progress(step: int, loss: float) -> Progress:
    return Progress((step,), (loss,), float(step), float(step), 0.1, 1.0)


def held_back(messages: list[object]) -> list[object]:
    """The messages that arrive if the server reads only after all were put, without the first, which blocked it."""
    server = SlowServer()
    outbox = Outbox(server)
    outbox.put("first")
    assert server.started.wait(30)
    for message in messages:
        outbox.put(message)
    server.may_read.set()
    outbox.close(30)
    assert server.messages[0] == "first"
    return server.messages[1:]


def test_messages_arrive_in_order() -> None:
    assert held_back(["a", progress(1, 1.0), "b"]) == ["a", progress(1, 1.0), "b"]


def test_only_the_newest_view_of_each_name_waits() -> None:
    views = [View("boundary", step, np.zeros((1, 2, 2), np.float32)) for step in range(50)]
    other = View("confusion", 7, np.zeros((2, 2), np.float32))
    assert held_back([*views, other, *views[:2]]) == [other, views[1]]


def test_only_the_newest_weights_wait() -> None:
    weights = [Weights(b"content", step, final=False) for step in range(50)]
    assert held_back([*weights, progress(1, 1.0), Weights(b"last", 50, final=True)]) == [progress(1, 1.0), Weights(b"last", 50, final=True)]


def test_steps_are_joined_and_none_is_lost() -> None:
    arrived = held_back([progress(step, float(step)) for step in range(1, 1001)])
    assert len(arrived) <= 8
    steps = [step for message in arrived if isinstance(message, Progress) for step in message.steps]
    assert steps == list(range(1, 1001))
    assert isinstance(arrived[-1], Progress)
    assert (arrived[-1].epoch, arrived[-1].seconds) == (1000.0, 1000.0)


def test_many_steps_are_thinned_and_keep_their_peaks() -> None:
    losses = np.random.default_rng(0).normal(size=50_000).tolist()
    first = Progress(tuple(range(25_000)), tuple(losses[:25_000]), 1.0, 1.0, 0.1, 1.0)
    second = Progress(tuple(range(25_000, 50_000)), tuple(losses[25_000:]), 2.0, 2.0, 0.2, 2.0)
    both = joined(first, second)
    assert len(both.steps) <= 25_000
    assert (min(both.losses), max(both.losses)) == (min(losses), max(losses))
    assert all(losses[step] == loss for step, loss in zip(both.steps, both.losses, strict=True))
    assert (both.epoch, both.learning_rate) == (2.0, 0.2)


def test_evaluations_are_bounded() -> None:
    arrived = held_back([Evaluated(step, 0.0, 0.0, {"loss": 0.0}, {"loss": 0.0}) for step in range(1500)])
    assert [message.step for message in arrived if isinstance(message, Evaluated)] == list(range(500, 1500))


def test_a_closed_connection_does_not_stop_the_worker() -> None:
    tried: list[object] = []
    senders: list[threading.Thread] = []

    def gone(message: object) -> None:
        tried.append(message)
        senders.append(threading.current_thread())
        raise BrokenPipeError

    outbox = Outbox(gone)
    for step in range(100):
        outbox.put(progress(step, 0.0))
    outbox.close(30)
    assert len(tried) == 1, "nothing is sent to a closed connection again"
    assert not senders[0].is_alive()
