"""Changes while a run trains, in its script: the losses are those of the app, bit for bit."""

import json
from pathlib import Path

import pytest

from playground.catalog.augmentations import Mixup, Rotation
from playground.catalog.datasets import Digits8
from playground.catalog.layers import BatchNorm, Dense, Dropout, Flatten, GaussianNoise, Output, Residual, Tanh
from playground.catalog.optimizers import LBFGS, SGD, Adam
from playground.catalog.schedules import Constant, OneCycle, Plateau, Schedule, Warmup
from playground.export.notebook import to_notebook
from playground.export.script import to_script
from playground.spec import Change, ExperimentSpec
from tests.export.running import assert_alone, of_app, of_script
from tests.training.specs import digits, points

CHANGES = tuple(
    Change(step=step, path=path, value=value)
    for step, path, value in [
        (0, "optimizer.lr", 0.05),
        (3, "network[2].sigma", 0.7),
        (3, "network[3].layers[0].rate", 0.6),
        (5, "network[0].weight[3][1]", 1.5),
        (8, "optimizer.lr", 0.3),
        (9, "network[3].layers[1].bias[2]", -0.75),
    ]
)


def spec(**fields: object) -> ExperimentSpec:
    network = (Dense(units=6), Tanh(), GaussianNoise(), Residual(layers=(Dropout(rate=0.1), Dense(units=6))), Output())
    training = {"threads": 1, "memory_format": "contiguous", "device": "cpu", **fields.pop("training", {})}  # type: ignore[dict-item]
    return points(*network, training=training, changes=CHANGES, **fields)


@pytest.mark.parametrize("schedule", [Constant(), OneCycle(), Plateau(patience=0)], ids=lambda schedule: schedule.kind)
def test_a_script_makes_the_same_changes(schedule: Schedule, tmp_path: Path) -> None:
    assert_exact(spec(optimizer=SGD(lr=0.2, momentum=0.9), schedule=schedule), tmp_path)


def test_with_averaged_weights_and_penalties(tmp_path: Path) -> None:
    assert_exact(spec(optimizer=Adam(), training={"ema": 0.9}), tmp_path)


def test_with_an_optimizer_that_evaluates_a_batch_several_times(tmp_path: Path) -> None:
    assert_exact(spec(optimizer=LBFGS(lr=0.1)), tmp_path)


BATCHES = tuple(
    Change(step=step, path=path, value=value)
    for step, path, value in [
        (1, "data.augmentations[0].degrees", 60.0),
        (2, "training.batch_size", 250),
        (2, "optimizer.lr", 0.03),
        (3, "data.label_noise", 0.4),
        (7, "training.batch_size", 33),
        (8, "data.augmentations[1].alpha", 2.0),
    ]
)


@pytest.mark.parametrize("schedule", [Constant(), OneCycle(), Warmup(), Plateau(patience=0)], ids=lambda schedule: schedule.kind)
def test_batches_that_change_between_epochs(schedule: Schedule, tmp_path: Path) -> None:
    data = Digits8(augmentations=(Rotation(), Mixup()), train_size=401)
    layers = (Flatten(), Dense(units=8), BatchNorm(), Dropout(rate=0.2), Output())
    training = {"threads": 1, "memory_format": "contiguous", "device": "cpu", "epochs": 4, "batch_size": 80}
    assert_exact(digits(*layers, data=data, schedule=schedule, optimizer=SGD(lr=0.1), training=training, changes=BATCHES), tmp_path)


def test_batches_of_points_without_anything_else(tmp_path: Path) -> None:
    for path, value in {"training.batch_size": 15, "data.label_noise": 0.3}.items():
        assert_exact(spec().model_copy(update={"changes": (Change(step=2, path=path, value=value),)}), tmp_path)


def test_the_notebook_trains_like_the_script() -> None:
    changed = spec()
    code = to_script(changed)
    made = code[code.index("def make_changes") : code.index("def train(")].strip()
    assert made in "\n".join("".join(cell["source"]) for cell in json.loads(to_notebook(changed))["cells"])
    assert "model[3].body[0].p = 0.6" in made
    assert "model[0].weight[3, 1] = 1.5" in made


def test_a_script_without_changes_does_not_mention_any() -> None:
    assert "make_changes" not in to_script(spec().model_copy(update={"changes": ()}))


def assert_exact(changed: ExperimentSpec, folder: Path) -> None:
    code = to_script(changed)
    assert_alone(code)
    app = of_app(changed)
    assert of_script(changed, folder, code).losses == app.losses
    assert app.losses != of_app(changed.model_copy(update={"changes": ()})).losses
