"""What metrics must beat, against closed forms and scikit-learn's dummies."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.dummy import DummyClassifier, DummyRegressor

from playground.catalog.answers import IGNORED
from playground.catalog.baselines import Baselines, baselines, constant
from playground.catalog.datasets import Airline, Circle, Data, Dataset, Plane, Rearranging, Split
from playground.catalog.losses import BCE, MAE, MSE, CrossEntropy, Hinge, Loss, WeightedCrossEntropy
from playground.catalog.metrics import metrics_of
from playground.catalog.readouts import readout_of


def measured(dataset: Dataset, loss: Loss, data: Data, outputs: int) -> Baselines:
    readout, module = readout_of(dataset.task, loss, outputs), loss.build(data.train.counts(len(dataset.classes)))
    return baselines(dataset, data, metrics_of(dataset, loss), module, readout, constant(dataset, data.train, module, readout))


def classes(*counts: int) -> Split:
    targets = np.repeat(np.arange(len(counts)), counts)
    return Split(np.zeros((len(targets), 2), np.float32), targets)


@pytest.mark.parametrize(
    ("loss", "outputs"), [(BCE(), 1), (CrossEntropy(), 2), (WeightedCrossEntropy(), 2), (Hinge(), 1), (MSE(), 1), (MSE(), 2)]
)
def test_the_accuracy_of_a_classifier_is_the_share_of_the_largest_class_whatever_the_loss(loss: Loss, outputs: int) -> None:
    data = Data(classes(30, 70), classes(40, 10))
    accuracy = measured(Circle(), loss, data, outputs)["accuracy"]
    dummy = DummyClassifier(strategy="most_frequent").fit(data.train.inputs, data.train.targets)
    assert accuracy == {
        "title": f"guessing “{Circle().classes[1]}”",
        "value": pytest.approx(dummy.score(data.test.inputs, data.test.targets)),
    }


def test_the_loss_of_classes_is_their_cross_entropy() -> None:
    loss = measured(Circle(), BCE(), Data(classes(300, 700), classes(40, 10)), 1)["loss"]
    assert loss["title"] == "best fixed guess"
    assert loss["value"] == pytest.approx(-(0.8 * math.log(0.3) + 0.2 * math.log(0.7)), abs=0.05)


@pytest.mark.parametrize(("loss", "strategy"), [(MSE(), "mean"), (MAE(), "median")])
def test_values_are_compared_with_the_mean_or_the_median(loss: Loss, strategy: str) -> None:
    rng = np.random.default_rng(0)
    train, test = (Split(np.zeros((200, 2), np.float32), rng.exponential(size=(200, 1)).astype(np.float32)) for _ in range(2))
    dummy = DummyRegressor(strategy=strategy).fit(train.inputs, train.targets[:, 0]).predict(test.inputs)[:, None]
    error = np.abs(test.targets - dummy)
    expected = (error**2).mean() if strategy == "mean" else error.mean()
    assert measured(Plane(), loss, Data(train, test), 1)["loss"] == {
        "title": f"always the {strategy}",
        "value": pytest.approx(expected, rel=1e-2),
    }


def test_a_forecast_is_compared_with_the_last_value() -> None:
    series = Airline(horizon=1)
    data = series.load()
    naive = float(((data.test.inputs[:, -1] - data.test.targets) ** 2).mean())
    assert measured(series, MSE(), data, 1)["loss"] == {"title": "always the last value", "value": pytest.approx(naive, rel=1e-5)}


def test_tasks_per_step_ignore_steps_without_an_answer() -> None:
    puzzle = Rearranging()
    data = puzzle.load()
    rows = data.train.targets.copy()
    rows[:] = IGNORED
    rows[:, 0], rows[:, 1], rows[::4, 1] = 3, 3, 1
    split = Split(data.train.inputs, rows)
    found: Any = measured(puzzle, CrossEntropy(), Data(split, split), len(puzzle.classes))
    assert found["accuracy"] == {"title": f"guessing “{puzzle.classes[3]}”", "value": pytest.approx(7 / 8, abs=2e-3)}
    assert found["whole_sequences"]["value"] == pytest.approx(3 / 4, abs=4e-3)
    assert found["loss"]["value"] == pytest.approx(-(7 / 8 * math.log(7 / 8) + 1 / 8 * math.log(1 / 8)), abs=0.02)


def test_large_test_sets_are_measured_on_a_sample(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.catalog.baselines._NUMBERS", 1000)
    accuracy = measured(Circle(), CrossEntropy(), Data(classes(3000, 7000), classes(3000, 7000)), 2)["accuracy"]
    assert accuracy["value"] == pytest.approx(0.7, abs=0.08)
    assert torch.tensor(accuracy["value"] * 500).frac() == 0
