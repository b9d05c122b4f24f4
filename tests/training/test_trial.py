"""How the CPU computes a run when its spec leaves that open."""

from collections.abc import Callable

import pytest
import torch

from playground.catalog.layers import BatchNorm, Conv2d, Dense, Dropout, Flatten, Output, ReLU
from playground.catalog.optimizers import SGD, Adam
from playground.catalog.optimizers.base import Optimizer
from playground.catalog.schedules import OneCycle
from playground.presets import PRESETS
from playground.runs.checkpoints import packed_checkpoint, unpacked_checkpoint
from playground.training import Checkpoint, Control, Progress, Snapshot, Started, train
from playground.training.execution import Execution
from playground.training.trial import GAIN, fastest_format, fastest_threads
from tests.training.specs import digits, losses, of_kind

RANDOM = digits(Flatten(), Dense(units=16), BatchNorm(), ReLU(), Dropout(rate=0.3), Output(), training={"epochs": 2})


class Machine:
    """Simulated: how long a step takes follows from the number of threads."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, seconds: Callable[[int], float]) -> None:
        self.now, self.threads, self.seconds, self.tried = 0.0, 0, seconds, set[int]()
        monkeypatch.setattr("playground.training.trial.time.perf_counter", lambda: self.now)
        monkeypatch.setattr("playground.training.trial.torch.set_num_threads", self.use)

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
    assert fastest_threads(machine.step, most) == best
    assert machine.tried == tried
    assert machine.now < max(0.5, 6 * seconds(1))


def test_a_run_records_its_number_and_can_be_repeated_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """The trial changes neither weights nor random numbers."""

    def two(step: Callable[[], object], most: int) -> int:
        step()
        step()
        return min(2, most)

    monkeypatch.setattr("playground.training.trial.fastest_threads", two)
    control, events, outside = Control(pace="batch", checkpoint=True), [], torch.get_num_threads()
    for event in train(RANDOM, control=control, most_threads=4):
        assert torch.get_num_threads() == outside
        control.checkpoint = True
        events.append(event)
    assert of_kind(events, Started)[0].execution.threads == 2
    assert losses(events) == losses(train(RANDOM.computed_with(2, "contiguous")))
    checkpoint = of_kind(events, Checkpoint)[3]
    later = list(train(RANDOM, checkpoint=checkpoint, most_threads=1))
    assert of_kind(later, Started)[0].execution.threads == 2, "a run keeps its number"


def test_a_trial_may_take_more_steps_than_the_schedule_plans() -> None:
    spec = digits(Flatten(), Dense(units=512), Output(), schedule=OneCycle(), training={"epochs": 1, "batch_size": 512})
    assert len(losses(train(spec, most_threads=2))) == 3


@pytest.mark.parametrize(("chosen", "most", "threads"), [(3, 1, 3), ("auto", 1, 1)])
def test_a_number_in_the_spec_is_taken(chosen: int | str, most: int, threads: int) -> None:
    started = next(iter(train(digits(training={"threads": chosen, "epochs": 1}), most_threads=most)))
    assert isinstance(started, Started)
    assert started.execution.threads == threads


@pytest.mark.parametrize(("share", "chosen"), [(0.5, "channels_last"), (0.99, "contiguous"), (1.5, "contiguous")])
def test_the_faster_format(monkeypatch: pytest.MonkeyPatch, share: float, chosen: str) -> None:
    contiguous = Machine(monkeypatch, lambda threads: 0.01)

    def channels_last() -> None:
        contiguous.now += 0.01 * share

    assert fastest_format(contiguous.step, channels_last, 1) == chosen


def test_a_step_that_needs_its_tensors_contiguous(monkeypatch: pytest.MonkeyPatch) -> None:
    def channels_last() -> None:
        raise RuntimeError("view size is not compatible")

    assert fastest_format(Machine(monkeypatch, lambda threads: 0.01).step, channels_last, 1) == "contiguous"


CONVOLUTIONS = digits(
    Conv2d(filters=4), BatchNorm(), ReLU(), Conv2d(filters=4), Flatten(), Output(), training={"epochs": 2, "batch_size": 300, "ema": 0.9}
)


@pytest.mark.parametrize("optimizer", [Adam(), SGD(momentum=0.9)], ids=["adam", "sgd"])
def test_channels_last(monkeypatch: pytest.MonkeyPatch, optimizer: Optimizer) -> None:
    """The same but for rounding; what is kept of a run does not depend on the format."""
    monkeypatch.setattr("playground.training.trial.fastest_format", lambda contiguous, channels_last, threads: "channels_last")
    monkeypatch.setenv("PLAYGROUND_MEMORY_FORMAT", "auto")
    spec = CONVOLUTIONS.model_copy(update={"optimizer": optimizer})
    control, events = Control(pace="batch", checkpoint=True), []
    for event in train(spec, control=control):
        control.checkpoint = True
        events.append(event)
    assert of_kind(events, Started)[0].execution == Execution(1, "channels_last")
    assert losses(events) == losses(train(spec.computed_with(1, "channels_last")))
    assert losses(events) == pytest.approx(losses(train(spec.computed_with(1, "contiguous"))), rel=1e-3)
    tensors = of_kind(events, Snapshot)[-1].tensors
    assert all(tensor.is_contiguous() for tensor in tensors.values())
    checkpoint = unpacked_checkpoint(packed_checkpoint(of_kind(events, Checkpoint)[2]))
    later = list(train(spec, checkpoint=checkpoint))
    assert of_kind(later, Started)[0].execution.memory_format == "channels_last"
    resumed = of_kind(later, Snapshot)[-1].tensors
    assert all(torch.equal(resumed[name], tensors[name]) for name in tensors)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_starts_on_the_threads_and_in_the_format_that_a_trial_chooses(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_MEMORY_FORMAT", "auto")
    spec = PRESETS[preset].spec
    once = spec.model_copy(update={"training": spec.training.model_copy(update={"epochs": 1})})
    events = train(once, control=Control(watched=False), most_threads=2)
    assert any(isinstance(event, Progress) for event in events)
    events.close()
