"""Metrics, compared with scikit-learn, whatever the parts in which they are measured."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, log_loss, mean_absolute_error, mean_squared_error
from torch import nn
from torch.nn import functional as F

from playground.catalog.answers import IGNORED
from playground.catalog.datasets import Airline, Circle, Diabetes, MnistSample, OwnSeries, OwnTable, Plane, ThreeBlobs
from playground.catalog.losses import BCE, MSE, CrossEntropy
from playground.catalog.metrics import METRICS, Accuracy, MeanLoss, Part, Perplexity, Tally, WholeSequences, declared_metrics, metrics_of
from playground.catalog.readouts import ClassProbabilities, Values
from playground.own import guess_series, keep, prepare_series, read_table


@pytest.mark.parametrize("size", [1, 7, 64, 100])
def test_metrics_do_not_depend_on_the_parts(size: int) -> None:
    generator = torch.Generator().manual_seed(0)
    outputs, targets = torch.randn(100, 3, generator=generator), torch.randint(3, (100,), generator=generator)
    tally = Tally(metrics_of(ThreeBlobs(), CrossEntropy()), nn.CrossEntropyLoss(), ClassProbabilities(outputs=3))
    for start in range(0, 100, size):
        tally.add(outputs[start : start + size], targets[start : start + size])
    results = tally.results()
    assert list(results) == ["loss", "accuracy"]
    assert results["loss"] == pytest.approx(log_loss(targets, torch.softmax(outputs.double(), dim=1)), abs=1e-6)
    assert results["accuracy"] == accuracy_score(targets, outputs.argmax(dim=1))


@pytest.mark.parametrize("size", [1, 3, 8])
def test_in_tasks_per_step_every_step_with_a_target_counts_once(size: int) -> None:
    generator = torch.Generator().manual_seed(1)
    outputs, targets = torch.randn(8, 5, 3, generator=generator), torch.randint(3, (8, 5), generator=generator)
    targets[:, 3:] = IGNORED
    targets[0, 1] = IGNORED
    tally = Tally((MeanLoss(), Accuracy()), nn.CrossEntropyLoss(), ClassProbabilities(outputs=3), per_step=True)
    answered = torch.cat([tally.add(outputs[start : start + size], targets[start : start + size]) for start in range(0, 8, size)])
    known = targets != IGNORED
    assert torch.equal(answered, outputs[known])
    assert tally.results() == {
        "loss": pytest.approx(log_loss(targets[known], torch.softmax(answered.double(), dim=1), labels=[0, 1, 2]), abs=1e-6),
        "accuracy": accuracy_score(targets[known], answered.argmax(dim=1)),
    }


@pytest.mark.parametrize("size", [1, 3, 8])
def test_a_sequence_is_right_if_every_step_is(size: int) -> None:
    targets = torch.randint(3, (8, 5), generator=torch.Generator().manual_seed(2))
    targets[1, 2:] = IGNORED
    outputs = F.one_hot(targets.clamp_min(0), 3).float()
    outputs[0, 4] = -outputs[0, 4]  # one wrong step
    outputs[1, 4] = -outputs[1, 4]  # nobody asks for this one
    tally = Tally((WholeSequences(),), nn.CrossEntropyLoss(), ClassProbabilities(outputs=3), per_step=True)
    for start in range(0, 8, size):
        tally.add(outputs[start : start + size], targets[start : start + size])
    assert tally.results() == {"whole_sequences": 7 / 8}


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_perplexity_of_a_uniform_guess_is_the_size_of_the_vocabulary(smoothing: float) -> None:
    loss = nn.CrossEntropyLoss(label_smoothing=smoothing)
    tally = Tally((Perplexity(),), loss, ClassProbabilities(outputs=7), per_step=True)
    for rows in (3, 2):
        tally.add(torch.zeros(rows, 4, 7), torch.randint(7, (rows, 4)))
    assert tally.results()["perplexity"] == pytest.approx(7)


def test_the_perplexity_is_the_exponential_of_the_cross_entropy_of_all_steps() -> None:
    outputs, targets = torch.randn(5, 4, 6), torch.randint(6, (5, 4))
    tally = Tally((Perplexity(),), nn.CrossEntropyLoss(), ClassProbabilities(outputs=6), per_step=True)
    tally.add(outputs[:2], targets[:2])
    tally.add(outputs[2:], targets[2:])
    expected = np.exp(log_loss(targets.flatten(), torch.softmax(outputs.double(), dim=2).flatten(0, 1), labels=range(6)))
    assert tally.results()["perplexity"] == pytest.approx(expected, rel=1e-5)
    assert Perplexity().result(torch.tensor([1e6], dtype=torch.float64), [10]) == float("inf")


def test_values_have_no_accuracy() -> None:
    outputs, targets = torch.randn(10, 1), torch.randn(10, 1)
    tally = Tally(metrics_of(Plane(), MSE()), nn.MSELoss(), Values(outputs=1))
    tally.add(outputs, targets)
    assert tally.results() == {
        "loss": pytest.approx(mean_squared_error(targets, outputs), abs=1e-6),
        "rmse": pytest.approx(mean_squared_error(targets, outputs) ** 0.5, abs=1e-6),
        "mae": pytest.approx(mean_absolute_error(targets, outputs), abs=1e-6),
    }
    with pytest.raises(TypeError, match="values are neither correct nor incorrect"):
        Accuracy().measure(Part(outputs, targets, torch.tensor(0.0), Values(outputs=1)))


def test_columns_texts_and_phrases() -> None:
    loss, accuracy = declared_metrics(Circle(), BCE())
    assert (loss.columns, accuracy.columns) == (("train_loss", "test_loss"), ("train_accuracy", "test_accuracy"))
    assert (loss.text(0.123456), loss.text(0.1, number=".4f"), accuracy.text(0.98765)) == ("0.1235", "0.1000", "98.77%")
    assert accuracy.phrase.format("98.8 %") == "98.8 % of test examples correct"
    assert declared_metrics(MnistSample(), CrossEntropy())[1].phrase == "{} of test images correct"
    assert [metric.name for metric in declared_metrics(Plane(), MSE())] == ["loss", "rmse", "mae"]


def test_one_metric_is_minimized_and_it_comes_first() -> None:
    assert [metric for metric in METRICS if metric.every_step] == [MeanLoss]
    assert next(iter(METRICS)) is MeanLoss


def test_the_mean_loss_weighs_parts_by_their_size() -> None:
    parts = torch.tensor([1.0, 4.0], dtype=torch.float64)
    assert MeanLoss().result(parts, [3, 1]) == (3 * 1 + 4) / 4
    assert Accuracy().result(torch.tensor([2.0, 1.0], dtype=torch.float64), [3, 1]) == 3 / 4
    assert np.isnan(MeanLoss().result(torch.tensor([float("nan")], dtype=torch.float64), [1]))


@pytest.mark.parametrize("size", [1, 7, 64, 100])
def test_errors_are_in_units_of_the_target(size: int) -> None:
    generator = torch.Generator().manual_seed(0)
    outputs, targets = torch.randn(100, 1, generator=generator), torch.randn(100, 1, generator=generator)
    data = OwnTable(labels=(), target_mean=250_000, target_deviation=40_000)
    tally = Tally(metrics_of(data, MSE()), nn.MSELoss(), Values(outputs=1))
    for start in range(0, 100, size):
        tally.add(outputs[start : start + size], targets[start : start + size])
    results, (predicted, truth) = tally.results(), (data.in_units(values.numpy()) for values in (outputs, targets))
    assert list(results) == ["loss", "rmse", "mae"]
    assert results["rmse"] == pytest.approx(mean_squared_error(truth, predicted) ** 0.5, rel=1e-5)
    assert results["mae"] == pytest.approx(mean_absolute_error(truth, predicted), rel=1e-5)
    assert results["loss"] == pytest.approx(mean_squared_error(targets, outputs), rel=1e-5)


def test_errors_of_forecasts_are_in_units_of_the_series() -> None:
    _, error, _ = declared_metrics(Airline(), MSE())
    assert error.phrase == "test RMSE {} (Passengers (100,000))"
    months = "".join(f"2020-{month + 1:02d},{1000 + 50 * month}\n" for month in range(12)) + "".join(
        f"2021-{month + 1:02d},{1600 + 50 * month}\n" for month in range(12)
    )
    draft = read_table(f"month,sales\n{months}".encode(), "sales.csv")
    data = keep(prepare_series(draft, guess_series(draft)))
    outputs, targets = torch.zeros(7, data.target_size), torch.ones(7, data.target_size)
    tally = Tally(metrics_of(data, MSE()), nn.MSELoss(), Values(outputs=data.target_size))
    tally.add(outputs, targets)
    scale = data.in_units(targets.numpy()) - data.in_units(outputs.numpy())
    assert scale[0, 0] > 100
    assert tally.results() == {"loss": 1, "rmse": pytest.approx(scale[0, 0], rel=1e-6), "mae": pytest.approx(scale[0, 0], rel=1e-6)}


def test_a_series_of_several_columns_has_no_error_in_one_unit() -> None:
    assert [metric.name for metric in declared_metrics(OwnSeries(columns=2), MSE())] == ["loss"]
    assert [metric.name for metric in declared_metrics(OwnSeries(columns=1), MSE())] == ["loss", "rmse", "mae"]


def test_errors_are_named_after_the_target_and_written_in_full() -> None:
    _, error, _ = declared_metrics(Diabetes(), MSE())
    assert (error.chart, error.phrase) == ("error (Progression)", "test RMSE {} (Progression)")
    assert [error.text(value) for value in (48123.4, 0.0123456, 1.5, 2e9)] == ["48,120", "0.01235", "1.5", "2,000,000,000"]
