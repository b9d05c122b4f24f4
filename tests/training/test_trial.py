"""How many threads a run takes when its spec leaves that open."""

from collections.abc import Callable

import pytest
import torch

from playground.catalog.layers import BatchNorm, Dense, Dropout, Flatten, Output, ReLU
from playground.training import Checkpoint, Control, Started, train
from playground.training.threads import GAIN, fastest_threads
from tests.training.specs import digits, losses, of_kind

RANDOM = digits(Flatten(), Dense(units=16), BatchNorm(), ReLU(), Dropout(rate=0.3), Output(), training={"epochs": 2})


class Machine:
    """Simulated: how long a step takes follows from the number of threads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: Callable[[int], float]) -> None:
        self.now, self.threads, self.seconds, self.tried = 0.0, 0, seconds, set[int]()
        monkeypatch.setattr("playground.training.threads.time.perf_counter", lambda: self.now)
        monkeypatch.setattr("playground.training.threads.torch.set_num_threads", self.use)

    def use(self, threads: int) -> None:
        self.threads = threads

    def step(self) -> None:
        self.tried.add(self.threads)
        self.now += self.seconds(self.threads)


@pytest.mark.parametrize(
    ("seconds", "most", "best", "tried"),
    [
        (lambda threads: 0.01 / threads, 8, 8, {1, 2, 4, 8}),
        (lambda threads: 0.01 / threads, 6, 6, {1, 2, 4, 6}),
        (lambda threads: 0.01 / min(threads, 2), 8, 2, {1, 2, 4}),
        (lambda threads: 0.01 * (GAIN + 0.05 if threads > 1 else 1), 8, 1, {1, 2}),
        (lambda threads: 0.00005 / threads, 8, 1, {1}),
        (lambda threads: 1.0 / threads, 2, 2, {1, 2}),
        (lambda threads: 0.01, 1, 1, {1}),
    ],
    ids=["all", "odd", "two", "not worth it", "too short", "slow", "one core"],
)
def test_as_many_as_pay_off(
    monkeypatch: pytest.MonkeyPatch, seconds: Callable[[int], float], most: int, best: int, tried: set[int]
) -> None:
    machine = Machine(monkeypatch, seconds)
    assert fastest_threads(machine.step, most) == machine.threads == best
    assert machine.tried == tried
    assert machine.now < max(0.5, 6 * seconds(1))


def test_a_run_records_its_number_and_can_be_repeated_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trial changes neither weights nor random numbers."""

    def two(step: Callable[[], object], most: int) -> int:
        step()
        step()
        return min(2, most)

    monkeypatch.setattr("playground.training.engine.fastest_threads", two)
    control, events, outside = Control(pace="batch", checkpoint=True), [], torch.get_num_threads()
    for event in train(RANDOM, control=control, most_threads=4):
        assert torch.get_num_threads() == outside
        control.checkpoint = True
        events.append(event)
    assert of_kind(events, Started)[0].threads == 2
    assert losses(events) == losses(train(RANDOM.with_threads(2)))
    checkpoint = of_kind(events, Checkpoint)[3]
    later = list(train(RANDOM, checkpoint=checkpoint, most_threads=1))
    assert of_kind(later, Started)[0].threads == 2, "a run keeps its number"


@pytest.mark.parametrize(("chosen", "most", "threads"), [(3, 1, 3), ("auto", 1, 1)])
def test_a_number_in_the_spec_is_taken(chosen: int | str, most: int, threads: int) -> None:
    started = next(iter(train(digits(training={"threads": chosen, "epochs": 1}), most_threads=most)))
    assert isinstance(started, Started)
    assert started.threads == threads
