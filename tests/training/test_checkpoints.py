"""A run that continues from a checkpoint is the run that was never interrupted."""

import dataclasses
from typing import Any

import pytest

from playground.catalog.augmentations import CutMix, Mixup, Rotation
from playground.catalog.datasets import Digits8, Plane
from playground.catalog.layers import BatchNorm, Conv2d, Dense, Dropout, Flatten, GaussianNoise, Output, ReLU
from playground.catalog.losses import MSE
from playground.catalog.optimizers import OPTIMIZERS, SGD, Adam
from playground.catalog.schedules import SCHEDULES, Cosine, Plateau
from playground.catalog.variant import Variant
from playground.runs.checkpoints import packed_checkpoint, unpacked_checkpoint
from playground.spec import ExperimentSpec, StopConditions
from playground.training import Checkpoint, CheckpointError, Evaluated, Progress, train
from tests.training.resuming import assert_continues, with_checkpoints
from tests.training.specs import digits, of_kind, points, run

RANDOM_LAYERS = (Flatten(), Dense(units=8), BatchNorm(), GaussianNoise(), ReLU(), Dropout(rate=0.3), Output())


@pytest.mark.parametrize("optimizer", list(OPTIMIZERS), ids=lambda kind: kind.__name__)
def test_every_optimizer(optimizer: type[Variant]) -> None:
    assert_continues(digits(training={"epochs": 2, "batch_size": 600}, optimizer=optimizer()), iter((1, 4)))


@pytest.mark.parametrize("schedule", list(SCHEDULES), ids=lambda kind: kind.__name__)
def test_every_schedule(schedule: type[Variant]) -> None:
    assert_continues(points(training={"epochs": 5, "batch_size": 30}, schedule=schedule(), optimizer=Adam(lr=0.05)))


@pytest.mark.parametrize("batch_size", [100, 256, 1000])
def test_augmentations_and_layers_that_draw_random_numbers(batch_size: int) -> None:
    """Blocks of 512 examples: checkpoints within a block, at its end, and at the end of an epoch."""
    data = Digits8(augmentations=(Rotation(), Mixup(), CutMix()))
    spec = digits(*RANDOM_LAYERS, data=data, training={"epochs": 2, "batch_size": batch_size})
    steps_per_epoch = -(-1437 // batch_size)
    assert_continues(spec, iter((1, 2, steps_per_epoch - 1, steps_per_epoch, steps_per_epoch + 1)))


def test_averaged_weights() -> None:
    assert_continues(digits(*RANDOM_LAYERS, training={"epochs": 2, "batch_size": 500, "ema": 0.9}))


def test_convolutions_with_momentum_and_a_cosine() -> None:
    spec = digits(Conv2d(filters=4), BatchNorm(), ReLU(), Flatten(), Output(), training={"epochs": 2, "batch_size": 500})
    assert_continues(spec.model_copy(update={"optimizer": SGD(momentum=0.9), "schedule": Cosine()}))


@pytest.mark.parametrize("stop", [StopConditions(patience=1), StopConditions(target_accuracy=0.75)], ids=["patience", "accuracy"])
def test_the_same_end(stop: StopConditions) -> None:
    """What has been seen of the test set is remembered, and an epoch is judged once."""
    spec = points(stop=stop, training={"epochs": 12, "batch_size": 30}, optimizer=SGD(lr=1.0), schedule=Plateau(patience=0))
    assert_continues(spec)


def test_a_run_that_diverges() -> None:
    spec = ExperimentSpec(data=Plane(), network=(Dense(units=8), ReLU(), Output()), loss=MSE(), optimizer=SGD(lr=10.0))
    assert_continues(spec, iter((1,)))


def test_continues_in_the_reports() -> None:
    """The time goes on, and the first evaluation is of the weights of the checkpoint."""
    spec = points(training={"epochs": 3, "batch_size": 10})
    events, checkpoints = with_checkpoints(spec)
    step = next(iter(sorted(checkpoints)[5:]))
    later = list(train(spec, checkpoint=dataclasses.replace(checkpoints[step], seconds=100.0)))
    assert later[0].step == step  # type: ignore[union-attr]
    first = of_kind(later, Evaluated)[0]
    same = next(event for event in of_kind(events, Evaluated) if event.step == step)
    assert (first.step, first.epoch, first.columns) == (step, same.epoch, same.columns)
    assert all(event.seconds > 100 for event in of_kind(later, Progress))


def test_made_by_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.training.checkpoint.CHECKPOINT_SECONDS", 0.0)
    monkeypatch.setattr("playground.training.engine.PROGRESS_SECONDS", 0.0)
    events = run(digits(training={"epochs": 2}))
    assert of_kind(events, Checkpoint)


def test_of_another_network() -> None:
    _, checkpoints = with_checkpoints(points(training={"epochs": 1}))
    with pytest.raises(CheckpointError, match="not of these settings"):
        next(train(points(Dense(units=5), Output()), checkpoint=checkpoints[1]))


@pytest.mark.parametrize("damage", [lambda content: content[: len(content) // 2], lambda content: b"", lambda content: b"{}" * 400])
def test_damaged(damage: Any) -> None:
    _, checkpoints = with_checkpoints(points(training={"epochs": 1}))
    with pytest.raises(CheckpointError, match="damaged"):
        unpacked_checkpoint(damage(packed_checkpoint(checkpoints[1])))
