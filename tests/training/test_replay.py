"""What is shown of an earlier moment is what training showed at that moment."""

from collections.abc import Generator, Mapping

import numpy as np
import pytest
from torch import Tensor

from playground.catalog.datasets import Curve, NoisyDigits, Parity, Plane, ThreeBlobs, Waves
from playground.catalog.layers import LSTM, BatchNorm, Conv2d, Dense, Dropout, Embedding, Flatten, Output, ReLU, Tanh
from playground.catalog.losses import MSE, CrossEntropy
from playground.catalog.schedules import Plateau
from playground.spec import ExperimentSpec
from playground.training import Control, Evaluated, Finished, Snapshot, View
from playground.training.evaluation import Examination
from playground.training.replay import Replay
from tests.training.specs import digits, of_kind, points, run

SPECS = {
    "points": points(Dense(units=4), BatchNorm(), ReLU(), Dropout(), Output(), training={"ema": 0.9}),
    "plane": points(data=Plane(samples=60), loss=MSE()),
    "blobs": points(data=ThreeBlobs(samples=60), loss=CrossEntropy()),
    "curve": points(data=Curve(samples=60, standardise=True), loss=MSE()),
    "digits": digits(Conv2d(filters=4), ReLU(), Flatten(), Output(), training={"memory_format": "channels_last"}),
    "plateau": digits(schedule=Plateau()),
    "denoising": points(Flatten(), Dense(units=8), Output(), data=NoisyDigits(train_size=100), loss=MSE()),
    "steps": points(
        Embedding(width=4), LSTM(units=4, returns="all"), Output(), data=Parity(answers="steps", samples=60), loss=CrossEntropy()
    ),
    "waves": points(Flatten(), Tanh(), Output(), data=Waves(steps=700, window=24), loss=MSE()),
}


def result(parts: Generator[None, None, Examination]) -> Examination:
    while True:
        try:
            next(parts)
        except StopIteration as done:
            examination: Examination = done.value
            return examination


@pytest.mark.parametrize("name", SPECS)
def test_metrics_and_views_of_kept_weights_are_those_that_training_reported(name: str, one_thread: None) -> None:
    spec = SPECS[name]
    events = run(spec, Control(pace="batch"))
    kept: Mapping[int, dict[str, Tensor]] = {event.step: event.tensors for event in of_kind(events, Snapshot)}
    (last,) = (event.step for event in of_kind(events, Finished))
    replay, compared = Replay(spec), 0
    for evaluated in of_kind(events, Evaluated):
        if evaluated.step not in kept:
            continue
        again = result(replay.examine(kept[evaluated.step], evaluated.step, evaluated.epoch, whole=evaluated.step == last))
        assert (again.evaluated.epoch, again.evaluated.columns) == (evaluated.epoch, evaluated.columns)
        shown = {view.name: view.values for view in of_kind(events, View) if view.step == evaluated.step}
        assert shown.keys() - {"layers"} == {view.name for view in again.views}  # which is of the whole run
        for view in again.views:
            if view.name != "embedding":  # which is turned to fit the picture before
                np.testing.assert_array_equal(view.values, shown[view.name])
        compared += 1
    assert compared > 10


def test_a_large_test_set_is_sampled_as_in_training(monkeypatch: pytest.MonkeyPatch, one_thread: None) -> None:
    monkeypatch.setattr("playground.catalog.samples._ANSWERS", 20)
    spec: ExperimentSpec = points()
    events = run(spec, Control(pace="batch"))
    first, last = (of_kind(events, Evaluated)[index] for index in (0, -1))
    weights = {event.step: event.tensors for event in of_kind(events, Snapshot)}
    replay = Replay(spec)
    assert result(replay.examine(weights[0], 0, 0.0)).evaluated.test == first.test
    assert result(replay.examine(weights[last.step], last.step, last.epoch, whole=True)).evaluated.test == last.test
    assert result(replay.examine(weights[last.step], last.step, last.epoch)).evaluated.test != last.test
