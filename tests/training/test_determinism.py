"""The same spec gives the same run, and the run leaves its caller alone."""

import contextlib
import time
from collections.abc import Callable, Iterator

import numpy as np
import pytest
import torch

from playground.catalog.augmentations import CutMix, Mixup, Rotation
from playground.catalog.datasets import Digits8
from playground.catalog.layers import BatchNorm, Conv2d, Dense, Dropout, Flatten, MaxPool2d, Output, ReLU
from playground.network import build_model
from playground.training import Control, Evaluated, Event, Finished, Progress, Rest, Snapshot, Started, View, train
from tests.training.specs import digits, losses, of_kind, points, run

RANDOM = digits(
    Flatten(), Dense(units=16), ReLU(), Dropout(rate=0.3), Output(), data=Digits8(augmentations=(Rotation(),)), training={"epochs": 3}
)
"""An experiment whose steps draw random numbers."""


def test_same_spec_bit_identical_losses() -> None:
    first, second = run(RANDOM), run(RANDOM)
    assert losses(first) == losses(second)
    one, other = (of_kind(events, Snapshot)[-1].tensors for events in (first, second))
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_bit_identical_losses_with_convolutions_and_batch_normalization() -> None:
    spec = digits(Conv2d(filters=4), BatchNorm(), ReLU(), MaxPool2d(), Flatten(), Output(), training={"epochs": 1, "batch_size": 33})
    assert losses(run(spec)) == losses(run(spec, Control(pace="batch")))


def test_another_seed_gives_another_run() -> None:
    other = RANDOM.model_copy(update={"training": RANDOM.training.model_copy(update={"seed": 1})})
    assert losses(run(RANDOM))[0] != losses(run(other))[0]


def paused(control: Control) -> Iterator[Event]:
    for event in train(RANDOM, control=control):
        time.sleep(0.02)
        yield event


def disturbed(control: Control) -> Iterator[Event]:
    """Its reader draws random numbers, computes on other threads and trains something else between events."""
    for index, event in enumerate(train(RANDOM, control=control)):
        torch.manual_seed(index)
        torch.rand(100)
        np.random.seed(index)  # noqa: NPY002
        if index % 3 == 0:
            run(points(training={"epochs": 1}))
        yield event


def stepped(control: Control) -> Iterator[Event]:
    """By batches, then by epochs, then freely."""
    control.pace = "batch"
    for index, event in enumerate(train(RANDOM, control=control)):
        if index == 30:
            control.pace = "epoch"
        if index == 60:
            control.pace = "clock"
        yield event


def unwatched(control: Control) -> Iterator[Event]:
    control.watched = False
    yield from train(RANDOM, control=control)


def resting(control: Control) -> Iterator[Event]:
    """Rests after every step, while others compute."""
    control.rest = True
    for event in train(RANDOM, control=control):
        if isinstance(event, Rest):
            torch.rand(10)
        yield event


@pytest.mark.parametrize("way", [paused, disturbed, stepped, unwatched, resting])
def test_same_losses_however_events_are_read(way: Callable[[Control], Iterator[Event]]) -> None:
    assert losses(way(Control())) == losses(run(RANDOM))


def test_the_random_state_of_the_caller_is_unchanged() -> None:
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    events = train(RANDOM)
    drawn = []
    for _ in range(3):
        next(events)
        drawn.append(torch.rand(1))
    assert torch.equal(torch.cat(drawn), expected)
    before = torch.get_rng_state()
    events.close()
    assert torch.equal(torch.get_rng_state(), before)


def test_threads_and_gradient_mode_of_the_caller_are_unchanged() -> None:
    threads = torch.get_num_threads()
    changed = threads + 1
    spec = RANDOM.model_copy(update={"training": RANDOM.training.model_copy(update={"threads": changed})})
    with torch.no_grad():
        events = train(spec)
        for _ in range(4):
            next(events)
            assert torch.get_num_threads() == threads
            assert not torch.is_grad_enabled()
        events.close()
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_trains_even_if_its_reader_disabled_gradients(mode: type[contextlib.AbstractContextManager[None]]) -> None:
    expected = losses(run(RANDOM))
    with mode():
        assert losses(train(RANDOM)) == expected


def test_the_callers_state_is_restored_when_training_fails() -> None:
    broken = points().data.load()
    broken.train.inputs.resize((len(broken.train), 1, 2), refcheck=False)
    before = torch.get_rng_state()
    events = train(points(), data=broken)
    with pytest.raises(ValueError, match="expected examples of shape 2"):
        list(events)
    assert torch.equal(torch.get_rng_state(), before)
    assert torch.get_num_threads() >= 1


def test_two_alternating_runs_do_not_interfere() -> None:
    expected = losses(run(RANDOM))
    together = list(zip(train(RANDOM, control=Control(pace="batch")), train(RANDOM, control=Control(pace="batch")), strict=True))
    assert losses(first for first, _ in together) == losses(second for _, second in together) == expected


def test_a_run_that_never_started_or_was_closed_yields_nothing_more() -> None:
    train(RANDOM).close()
    events = train(RANDOM)
    assert isinstance(next(events), Started)
    events.close()
    assert list(events) == []


def test_a_snapshot_is_a_copy() -> None:
    events = train(digits(training={"epochs": 50}))
    first = next(event for event in events if isinstance(event, Snapshot))
    kept = {name: tensor.clone() for name, tensor in first.tensors.items()}
    for event in events:
        if isinstance(event, Progress) and event.steps[-1] > first.step + 20:
            break
    assert all(torch.equal(kept[name], first.tensors[name]) for name in kept)
    for tensor in first.tensors.values():
        tensor.fill_(float("nan"))
    rest = losses_after(events)
    assert all(np.isfinite(rest))


def losses_after(events: Iterator[Event]) -> list[float]:
    return [loss for event in events if isinstance(event, Progress) for loss in event.losses]


def test_a_snapshot_fits_the_network_and_reproduces_the_evaluation() -> None:
    spec = digits()
    events = run(spec)
    model = build_model(spec)
    model.load_state_dict(of_kind(events, Snapshot)[-1].tensors)
    data = spec.data.load()
    with torch.no_grad():
        outputs = model.eval()(spec.data.encode(data.test.inputs))
    right = (outputs.argmax(dim=1).numpy() == data.test.targets).mean()
    last = of_kind(events, Evaluated)[-1]
    assert right == pytest.approx(last.test_accuracy, abs=1e-9)
    assert isinstance(events[-1], Finished)
    assert of_kind(events, View)[-1].step == last.step


def test_bit_identical_losses_with_mixed_images_however_events_are_read() -> None:
    mixed = digits(data=Digits8(augmentations=(Rotation(), Mixup(), CutMix())), training={"epochs": 2})
    expected = losses(run(mixed))
    assert losses(run(mixed)) == expected
    assert losses(run(mixed, Control(pace="batch"))) == expected
    assert losses(run(digits(data=Digits8(augmentations=(Rotation(),)), training={"epochs": 2}))) != expected


def test_mixing_with_probability_0_equals_the_plain_run() -> None:
    """Class probabilities of 0 and 1 give the loss of the classes themselves."""
    plain, mixed = (
        losses(run(digits(data=Digits8(augmentations=augmentations), training={"epochs": 1})))
        for augmentations in ((), (Mixup(probability=0), CutMix(probability=0)))
    )
    np.testing.assert_allclose(mixed, plain, atol=1e-5)
