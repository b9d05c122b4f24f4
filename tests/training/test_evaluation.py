"""The results and views of a run, compared with scikit-learn and with the network itself."""

import itertools

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix, log_loss, mean_squared_error
from torch import Tensor, nn

from playground.catalog.answers import IGNORED
from playground.catalog.datasets import Circle, Dataset, MultiGauss, Parity, ThreeBlobs
from playground.catalog.datasets.puzzles import Rearranging
from playground.catalog.datasets.texts import PythonDocs
from playground.catalog.layers import LAYERS, BatchNorm, Dense, Dropout, Output, Tanh
from playground.catalog.losses import BCE, MSE, CrossEntropy
from playground.catalog.samples import TRAIN_SAMPLE, sample_size, train_sample_size
from playground.network import build_model
from playground.spec import ExperimentSpec, StopConditions
from playground.training import Evaluated, Snapshot, View
from playground.training.batches import sampled_rows
from playground.training.views import declared_views
from tests.training.specs import digits, of_kind, points, run

Embedding, LSTM = LAYERS["embedding"], LAYERS["lstm"]
NETWORK = (Dense(units=8), BatchNorm(), Tanh(), Dropout(rate=0.5), Output())


def trained(spec: ExperimentSpec) -> tuple[Evaluated, dict[str, View], nn.Module]:
    """The last evaluation and views of a run, and its network in evaluation mode."""
    events = run(spec)
    model = build_model(spec)
    model.load_state_dict(of_kind(events, Snapshot)[-1].tensors)
    last = of_kind(events, Evaluated)[-1]
    return last, {view.name: view for view in of_kind(events, View) if view.step == last.step}, model.eval()


@torch.no_grad()
def outputs(spec: ExperimentSpec, model: nn.Module, inputs: object) -> Tensor:
    prediction: Tensor = model(spec.data.encode(np.asarray(inputs)))
    return prediction


def test_classes() -> None:
    spec = points(*NETWORK, data=ThreeBlobs(samples=300, noise=0.4), loss=CrossEntropy())
    evaluated, views, model = trained(spec)
    data = spec.data.load()
    for split, loss, accuracy in (
        (data.test, evaluated.test_loss, evaluated.test_accuracy),
        (data.train, evaluated.train_loss, evaluated.train_accuracy),
    ):
        probabilities = torch.softmax(outputs(spec, model, split.inputs).double(), dim=1).numpy()
        assert loss == pytest.approx(log_loss(split.targets, probabilities), abs=1e-6)
        assert accuracy == pytest.approx(accuracy_score(split.targets, probabilities.argmax(axis=1)))
    answers = outputs(spec, model, data.test.inputs).argmax(dim=1).numpy()
    assert np.array_equal(views["confusion"].values, confusion_matrix(data.test.targets, answers, labels=[0, 1, 2]))
    assert views["confusion"].values.dtype == np.float32


def test_two_classes_from_one_output() -> None:
    spec = points(*NETWORK, data=Circle(samples=300, noise=0.3), loss=BCE())
    evaluated, views, model = trained(spec)
    test = spec.data.load().test
    positive = torch.sigmoid(outputs(spec, model, test.inputs).double()).squeeze(1).numpy()
    assert evaluated.test_loss == pytest.approx(log_loss(test.targets, positive), abs=1e-6)
    assert evaluated.test_accuracy == pytest.approx(accuracy_score(test.targets, positive > 0.5))
    assert np.array_equal(views["confusion"].values, confusion_matrix(test.targets, positive > 0.5))


def test_values() -> None:
    spec = points(*NETWORK, data=MultiGauss(samples=200), loss=MSE())
    evaluated, views, model = trained(spec)
    test = spec.data.load().test
    answers = outputs(spec, model, test.inputs)
    assert evaluated.test_loss == pytest.approx(mean_squared_error(test.targets, answers), abs=1e-6)
    assert evaluated.test_accuracy is None
    assert set(views) == {view.name for view in declared_views(spec)}
    np.testing.assert_allclose(views["fit"].values, np.concatenate([test.targets, answers.numpy()], axis=1), atol=1e-6)


def test_images_have_a_confusion_matrix_and_no_boundary() -> None:
    spec = digits()
    evaluated, views, model = trained(spec)
    data = spec.data.load()
    answers = outputs(spec, model, data.test.inputs).argmax(dim=1).numpy()
    assert "boundary" not in views
    assert np.array_equal(views["confusion"].values, confusion_matrix(data.test.targets, answers))
    assert len(data.train) > TRAIN_SAMPLE
    assert evaluated.train_accuracy is not None
    assert evaluated.train_accuracy * TRAIN_SAMPLE == pytest.approx(round(evaluated.train_accuracy * TRAIN_SAMPLE))


@pytest.mark.parametrize(
    ("data", "loss", "maps"),
    [
        (Circle(samples=60), BCE(), 1),
        (Circle(samples=60), CrossEntropy(), 1),
        (ThreeBlobs(samples=60), CrossEntropy(), 3),
        (MultiGauss(samples=60), MSE(), 1),
    ],
)
def test_boundary_shows_the_prediction_in_each_cell(data: Circle, loss: BCE, maps: int) -> None:
    spec = points(*NETWORK, data=data, loss=loss)
    _, views, model = trained(spec)
    values = views["boundary"].values
    assert values.shape == (maps, 64, 64)
    assert values.dtype == np.float32
    if maps == 3:
        np.testing.assert_allclose(values.sum(axis=0), 1, atol=1e-5)
    side = 12 / 64
    for row, column in itertools.product((0, 17, 63), (0, 40, 63)):  # row 0 at the smallest x2
        point = np.array([[-6 + (column + 0.5) * side, -6 + (row + 0.5) * side]], dtype=np.float32)
        prediction = outputs(spec, model, point)
        if data.task.kind != "regression":
            prediction = torch.sigmoid(prediction) if prediction.shape[1] == 1 else torch.softmax(prediction, dim=1)
            prediction = prediction[:, 1:] if prediction.shape[1] == 2 else prediction
        np.testing.assert_allclose(values[:, row, column], prediction[0].numpy(), atol=1e-5)


@pytest.mark.parametrize("data", [Rearranging(train_size=100), PythonDocs(train_size=100)], ids=lambda data: data.kind)
def test_answers_at_every_step(data: Dataset) -> None:
    network = (Embedding(width=8), LSTM(units=8, returns="all"), Output())
    spec = points(*network, data=Parity(), loss=CrossEntropy(), training={"epochs": 1, "batch_size": 50}).model_copy(update={"data": data})
    evaluated, views, model = trained(spec)
    test = data.load().test
    targets = torch.tensor(test.targets)
    known = targets != IGNORED
    scores = outputs(spec, model, test.inputs)
    right = (scores.argmax(dim=2) == targets) | ~known
    loss = torch.nn.functional.cross_entropy(scores[known].double(), targets[known].long()).item()
    assert evaluated.test_loss == pytest.approx(loss, rel=1e-5)
    assert evaluated.test_accuracy == pytest.approx(accuracy_score(targets[known], scores[known].argmax(dim=1)))
    assert views["confusion"].values.sum() == known.sum()
    if data.task.kind == "next_symbol":
        assert evaluated.test["perplexity"] == pytest.approx(np.exp(loss), rel=1e-5)
    else:
        assert evaluated.test["whole_sequences"] == right.all(dim=1).float().mean().item()


def test_the_first_evaluation_is_of_the_untrained_network() -> None:
    spec = points(*NETWORK, data=Circle(samples=300), loss=BCE())
    first = of_kind(run(spec), Evaluated)[0]
    test = spec.data.load().test
    positive = torch.sigmoid(outputs(spec, build_model(spec).eval(), test.inputs).double()).squeeze(1).numpy()
    assert (first.step, first.epoch, first.seconds) == (0, 0, 0)
    assert first.test_loss == pytest.approx(log_loss(test.targets, positive), abs=1e-6)


WINDOWS = points(
    Embedding(width=4), LSTM(units=4, returns="all"), Output(), data=PythonDocs(train_size=100), loss=CrossEntropy(),
    training={"epochs": 1, "batch_size": 50},
)  # fmt: skip


def test_until_the_end_a_large_test_set_is_evaluated_on_a_sample() -> None:
    evaluations, views = (of_kind(run(WINDOWS), kind) for kind in (Evaluated, View))
    data, model = WINDOWS.data.load(), build_model(WINDOWS).eval()
    sizes = {view.step: view.values.sum() / WINDOWS.data.tensor.size("length") for view in views if view.name == "confusion"}
    assert sizes == {0: sample_size(WINDOWS.data), evaluations[-1].step: len(data.test)}
    rows = sampled_rows(len(data.test), 64)
    sampled = outputs(WINDOWS, model, data.test.inputs[rows]).flatten(0, 1).double()
    expected = torch.nn.functional.cross_entropy(sampled, torch.tensor(data.test.targets[rows]).flatten()).item()
    assert evaluations[0].test_loss == pytest.approx(expected, rel=1e-6)
    first = next(view for view in views if view.name == "steps")
    shown = outputs(WINDOWS, model, data.test.inputs[: first.values.shape[1]])
    assert np.array_equal(first.values[0], data.test.inputs[: len(shown)])
    assert np.array_equal(first.values[2], shown.argmax(dim=2).numpy())


def test_a_run_that_ends_by_its_test_set_is_always_evaluated_on_the_whole() -> None:
    training = WINDOWS.training.model_copy(update={"stop": StopConditions(patience=5)})
    views = of_kind(run(WINDOWS.model_copy(update={"training": training})), View)
    sizes = {view.values.sum() for view in views if view.name == "confusion"}
    assert sizes == {WINDOWS.data.load().test.targets.size}


@pytest.mark.parametrize(
    ("data", "examples", "train_examples"),
    [
        (Circle(), 4096, 500), (PythonDocs(), 64, 64), (PythonDocs(window=512), 64, 64), (PythonDocs(window=16), 256, 256),
        (Rearranging(), 512, 500),
    ],
)  # fmt: skip
def test_samples_have_enough_answers_and_enough_examples(data: Dataset, examples: int, train_examples: int) -> None:
    assert (sample_size(data), train_sample_size(data)) == (examples, train_examples)
