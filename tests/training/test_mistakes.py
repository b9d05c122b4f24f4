"""Mistakes from textbooks: each can be built, is reported before or after training, and its fix helps."""

import csv
import io
import math
from collections.abc import Sequence
from dataclasses import replace

import pytest
import torch

from playground.catalog.datasets import Circle, Dataset, Spiral, Waves
from playground.catalog.layers import Dense, Flatten, Layer, Output, ReLU, Softmax, Tanh
from playground.catalog.losses import BCE, MSE, CrossEntropy
from playground.catalog.optimizers import SGD, Adam
from playground.network import Problem, build_model, readout, trace
from playground.own import TableChoices, keep, prepare_table, read_table
from playground.spec import ExperimentSpec
from playground.training import Diverged, Evaluated, Event, Finished, Snapshot
from playground.training.baseline import Baseline
from playground.training.batches import Examples
from playground.training.divergence import suggestions
from playground.training.evaluation import Examination
from playground.training.findings import findings
from tests.training.specs import digits, losses, of_kind, points, run


def table(rows: Sequence[tuple[float | str, ...]], *, classes: bool = False, standardise: bool = False) -> Dataset:
    """An uploaded table with one feature column before the target column."""
    text = io.StringIO()
    csv.writer(text).writerows([("x", "y"), *rows])
    choices = TableChoices(target=1, task="classes" if classes else "value", scale_target=False)
    dataset = keep(prepare_table(read_table(text.getvalue().encode(), "data.csv"), choices))
    return dataset.model_copy(update={"standardise": standardise})


def warnings(spec: ExperimentSpec) -> list[Problem]:
    """The warnings of a network that can be trained."""
    traced = trace(spec)
    assert traced.ok
    return [problem for problem in traced.problems if problem.severity == "warning"]


def finished(events: Sequence[Event]) -> Finished:
    last = events[-1]
    assert isinstance(last, Finished)
    return last


def fixed(spec: ExperimentSpec) -> ExperimentSpec:
    """The spec with the fix of every warning applied, one after another."""
    for _ in range(6):
        problem = next((warning for warning in warnings(spec) if warning.fix), None)
        if problem is None or problem.fix is None:
            return spec
        spec = problem.fix.spec
    raise AssertionError("the fixes never end")


def test_a_relu_after_the_last_layer_stops_half_of_all_seeds() -> None:
    """y = 2x − 1 on seven points: if all initial predictions are negative, the gradient of the ReLU is 0."""
    data = table([(x, 2 * x - 1) for x in range(-1, 6)])
    spec = points(Dense(units=1), ReLU(), data=data, loss=MSE(), optimizer=SGD(lr=0.01), training={"epochs": 200})
    (warning,) = warnings(spec)
    assert "the targets go down to -3 and cannot be reached" in warning.message
    assert "with some seeds the network never learns" in warning.message
    stuck = 0
    for seed in range(10):
        events = run(spec.model_copy(update={"training": spec.training.model_copy(update={"seed": seed})}))
        if len(set(losses(events))) == 1:
            stuck += 1
            assert "no better than always predicting the same value" in finished(events).findings[-1]
    assert 2 <= stuck <= 8
    assert warning.fix is not None
    assert finished(run(warning.fix.spec)).train_loss < 0.2


def test_raw_features_diverge_and_standardized_ones_do_not() -> None:
    """y = 2x for x from 0 to 199 and SGD with 0.001: finite losses beyond 10²⁰, which count as diverged."""
    data = table([(x, 2 * x) for x in range(200)])
    spec = points(Output(), data=data, loss=MSE(), optimizer=SGD(lr=0.001), training={"epochs": 2, "batch_size": 32})
    assert any("are not standardized" in warning.message for warning in warnings(spec))
    events = run(spec)
    last = events[-1]
    assert isinstance(last, Diverged)
    assert 1e20 < last.loss < float("inf")
    assert "more than 1,000 times the loss at the start" in last.message
    assert of_kind(events, Snapshot)
    first = suggestions(spec)[0]
    assert first.fix is not None
    assert first.fix.title == "Standardize the data"
    assert "features reach 199" in last.advice[0]
    longer = first.fix.spec.training.model_copy(update={"epochs": 600})
    result = finished(run(first.fix.spec.model_copy(update={"training": longer})))
    assert result.test_loss < 1000
    assert result.findings == ()


def test_softmax_over_one_number_learns_nothing() -> None:
    spec = points(Dense(units=8), Tanh(), Output(), Softmax(), data=Circle(samples=200), training={"epochs": 5})
    (warning,) = warnings(spec)
    assert warning.message == "The output is always 1: nothing can be learned"
    events = run(spec)
    weights = of_kind(events, Snapshot)[-1].tensors
    assert all((weights[name] == tensor).all() for name, tensor in build_model(spec).state_dict().items())
    assert "the same output for every example" in finished(events).findings[0]
    repaired = fixed(spec).model_copy(update={"optimizer": Adam(lr=0.03), "training": spec.training.model_copy(update={"epochs": 30})})
    assert (finished(run(repaired)).test_accuracy or 0) > 0.9


def test_cross_entropy_of_one_output_is_always_zero() -> None:
    spec = points(Dense(units=8), Tanh(), Dense(units=1), loss=CrossEntropy(), training={"epochs": 3})
    (warning,) = warnings(spec)
    assert (warning.path, warning.severity) == ("loss", "warning")
    assert "always 1 for a single output: nothing can be learned" in warning.message
    events = run(spec)
    assert set(losses(events)) == {0.0}
    assert "no better than always predicting" in finished(events).findings[0]


def test_a_learning_rate_of_one_leaves_ten_classes_at_ten_percent() -> None:
    deep: tuple[Layer, ...] = (Flatten(), Dense(units=64), ReLU(), Dense(units=64), ReLU(), Output())
    spec = digits(*deep, optimizer=Adam(lr=1), training={"epochs": 15, "batch_size": 32})
    (warning,) = warnings(spec)
    assert "1,000 times the usual one for Adam" in warning.message
    result = finished(run(spec))
    assert result.test_accuracy == pytest.approx(0.1, abs=0.03)
    assert any("no better than always predicting" in finding for finding in result.findings)
    assert (finished(run(fixed(spec))).test_accuracy or 0) > 0.9


def test_a_loss_no_better_than_a_constant_is_reported_even_if_the_accuracy_is_a_little_better() -> None:
    """As with a learning rate that is too large: a few more than one in ten are correct, and the loss is worse than that of a guess."""
    spec = digits(training={"epochs": 1})
    data, reading = spec.data.load(), readout(spec)
    train, test = (Examples.of(spec.data, split, reading, torch.device("cpu")) for split in (data.train, data.test))
    baseline = Baseline(spec.loss.build(), train, test, data)
    evaluated = replace(of_kind(run(spec), Evaluated)[-1], train={"loss": 2.33, "accuracy": 0.14}, test={"loss": 2.32, "accuracy": 0.14})
    examination = Examination(evaluated, (), torch.randn(len(data.test), 10), seen=None)  # type: ignore[arg-type]
    (finding,) = findings(spec, examination, baseline)
    assert "A training loss of 2.33 is no better than" in finding
    assert baseline.train_loss == pytest.approx(math.log(10), abs=0.02)
    assert f"{baseline.train_loss:.4g}" in finding
    assert findings(spec, replace(examination, evaluated=replace(evaluated, train=evaluated.train | {"loss": 1.5})), baseline) == ()
    assert findings(spec, replace(examination, evaluated=replace(evaluated, test=evaluated.test | {"accuracy": 0.9})), baseline) == ()


def test_an_imbalance_ends_at_the_share_of_the_larger_class() -> None:
    """82 to 18, and meaningless features: the accuracy looks good but means nothing."""
    rows = [((7 * index) % 11, "rare" if index % 50 < 9 else "common") for index in range(500)]
    spec = points(data=table(rows, classes=True, standardise=True), training={"epochs": 20, "batch_size": 50})
    result = finished(run(spec))
    assert result.test_accuracy == pytest.approx(0.82, abs=0.02)
    assert any("no better than always predicting “common”" in finding for finding in result.findings)


def test_a_penalty_of_ten_flattens_the_spiral() -> None:
    def spiral(l2: float) -> ExperimentSpec:
        layers = (Dense(units=24, l2=l2), Tanh(), Dense(units=24, l2=l2), Tanh(), Output(l2=l2))
        return points(*layers, data=Spiral(samples=300), optimizer=Adam(lr=0.01), training={"epochs": 120, "batch_size": 32})

    spec = spiral(10)
    assert all("L2 of 10 outweighs the loss" in warning.message for warning in warnings(spec))
    assert len(warnings(spec)) == 3
    result = finished(run(spec))
    assert result.test_loss == pytest.approx(0.693, abs=0.02)
    assert any("no better than always predicting" in finding for finding in result.findings)
    assert warnings(spiral(0)) == []
    assert (finished(run(spiral(0))).test_accuracy or 0) > 0.65


def test_squared_error_on_softmax_is_slow() -> None:
    layers = (Flatten(), Dense(units=32), ReLU(), Output())
    spec = digits(*layers, Softmax(), loss=MSE(), optimizer=SGD(lr=0.1), training={"epochs": 20})
    (warning,) = warnings(spec)
    assert "mean squared error on softmax outputs" in warning.message
    slow, fast = finished(run(spec)), finished(run(fixed(spec)))
    assert isinstance(fixed(spec).loss, CrossEntropy)
    assert (slow.test_accuracy or 0) < 0.4
    assert (fast.test_accuracy or 0) > 0.8


def test_all_zero_weights_never_move() -> None:
    spec = digits(Flatten(), Dense(units=32, init="zeros"), ReLU(), Output(init="zeros"), training={"epochs": 3})
    (warning,) = warnings(spec)
    assert "All its weights start at 0" in warning.message
    result = finished(run(spec))
    assert result.test_accuracy == pytest.approx(0.1, abs=0.02)
    assert "the same output for every example" in result.findings[0]
    assert (finished(run(fixed(spec))).test_accuracy or 0) > 0.3


def test_relu_on_the_scores_of_ten_classes_is_a_warning_with_any_kind_of_last_layer() -> None:
    for last in (Dense(units=10), Output()):
        spec = digits(Flatten(), Dense(units=32), ReLU(), last, ReLU(), training={"epochs": 15})
        (warning,) = warnings(spec)
        assert warning.path == "network[4]"
        assert "gradient is 0" in warning.message
        cut, whole = finished(run(spec)), finished(run(fixed(spec)))
        assert whole.test_loss < cut.test_loss
        assert any("it has stopped learning" in finding for finding in cut.findings)


def test_a_forecast_that_is_no_better_than_the_last_value_says_so() -> None:
    """A slow wave hardly changes from a step to the next, so a little training beats the mean, but not the last value."""
    series = Waves(steps=400, waves=1, period=200, noise=0, window=4, horizon=1)
    spec = points(Flatten(), Output(), data=series, loss=MSE(), optimizer=SGD(lr=0.05), training={"epochs": 2})
    end = finished(run(spec))
    assert end.findings[0].startswith(f"A test loss of {end.test_loss:.4g} is no better than “always the last value”")
    longer = spec.model_copy(update={"optimizer": Adam(lr=0.05), "training": spec.training.model_copy(update={"epochs": 200})})
    assert finished(run(longer)).findings == ()


def test_a_network_that_learns_has_no_findings() -> None:
    spec = digits(optimizer=Adam(lr=0.003), training={"epochs": 10})
    assert trace(spec).problems == ()
    assert finished(run(spec)).findings == ()


def test_bce_and_losses_for_values_learn_classes_like_the_usual_loss() -> None:
    for loss in (BCE(), MSE()):
        spec = digits(Flatten(), Dense(units=64), Tanh(), Output(), loss=loss, optimizer=Adam(lr=0.005), training={"epochs": 15})
        assert (finished(run(spec)).test_accuracy or 0) > 0.9


def test_a_network_that_predicts_no_better_than_the_mean_is_told_in_units_of_the_target() -> None:
    rows = "\n".join(f"{row % 7},{250_000 + 1000 * (row * 37 % 41)}" for row in range(82))
    draft = read_table(f"noise,price\n{rows}".encode(), "prices.csv")
    data = keep(prepare_table(draft, TableChoices(target=1, task="value")))
    end = finished(run(points(Output(), data=data, loss=MSE(), optimizer=SGD(lr=1e-6), training={"epochs": 1})))
    rounded = float(format(end.train["rmse"], ".4g"))
    assert end.findings[-1] == f"A training RMSE of {rounded:,.12g} (price) is no better than always predicting the same value."
    assert 8_000 < end.test["rmse"] < 40_000
