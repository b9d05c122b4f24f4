"""Data that no straight line separates: compared with scikit-learn's linear models; training shows that the fix works."""

import numpy as np
import pytest
from sklearn.linear_model import LinearRegression, LogisticRegression

from playground.catalog.datasets import DATASETS, Circle, Curve, Dataset, Gaussian, MnistSample, Moons, MultiGauss, Spiral, Xor
from playground.catalog.layers import BatchNorm, Dense, Dropout, Flatten, Identity, Layer, Output, ReLU, Residual, Sigmoid, Tanh
from playground.catalog.losses import BCE, MSE
from playground.catalog.optimizers import Adam
from playground.network import trace
from playground.presets import PRESETS
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import Finished, train

PLANE = [kind for kind in DATASETS if kind().encoding.domain is not None and not kind.name().startswith("own")]
NONLINEAR = [Circle(), Xor(), Spiral(), Moons(), MultiGauss(), Curve()]


def network(data: Dataset, *layers: Layer) -> ExperimentSpec:
    training = TrainingSettings(epochs=40, batch_size=10, device="cpu")
    loss = BCE() if data.classes else MSE()
    return ExperimentSpec(data=data, network=layers or (Output(),), loss=loss, optimizer=Adam(lr=0.03), training=training)


@pytest.mark.parametrize("kind", PLANE, ids=lambda kind: kind.name())
def test_a_dataset_declares_whether_a_linear_model_is_enough(kind: type[Dataset]) -> None:
    train_set = kind().load().train
    model = LogisticRegression(C=100) if kind().classes else LinearRegression()
    targets = np.ravel(train_set.targets)
    score = model.fit(train_set.inputs, targets).score(train_set.inputs, targets)
    assert score > 0.97 if kind.linear else score < 0.93


@pytest.mark.parametrize("data", NONLINEAR, ids=lambda data: data.kind)
def test_a_network_without_hidden_layer_on_nonlinear_data_is_a_note_with_a_fix(data: Dataset) -> None:
    (note,) = trace(network(data)).problems
    assert (note.path, note.severity) == ("network[0]", "note")
    assert "Without a hidden layer" in note.message
    assert data.title in note.message
    assert note.fix is not None
    assert note.fix.title == "Add a hidden layer with tanh"
    assert [layer.kind for layer in note.fix.spec.network] == ["dense", "tanh", "output"]
    assert trace(note.fix.spec).problems == ()


def test_the_perceptron_fails_on_xor_and_the_fix_learns_it() -> None:
    perceptron = PRESETS["perceptron"].spec
    (note,) = trace(perceptron).problems
    assert "no straight line separates the classes of XOR" in note.message
    assert note.fix is not None
    assert accuracy(perceptron) <= 0.75 < 0.9 < accuracy(note.fix.spec)


def accuracy(spec: ExperimentSpec) -> float:
    (finished,) = [event for event in train(spec) if isinstance(event, Finished)]
    assert finished.test_accuracy is not None
    return finished.test_accuracy


@pytest.mark.parametrize("before", [(Flatten(),), (Identity(), Dropout()), (BatchNorm(),)], ids=["flatten", "dropout", "batch norm"])
def test_linear_layers_before_the_output_change_nothing(before: tuple[Layer, ...]) -> None:
    (note,) = trace(network(Xor(), *before, Output())).problems
    assert note.path == f"network[{len(before)}]"
    assert note.fix is not None
    assert trace(note.fix.spec).problems == ()


@pytest.mark.parametrize(
    "layers",
    [(Dense(), Tanh(), Output()), (ReLU(), Output()), (Residual(layers=(Dense(units=4), ReLU(), Dense(units=2))), Output())],
    ids=["hidden layer", "activation", "block"],
)
def test_a_nonlinear_network_has_no_note(layers: tuple[Layer, ...]) -> None:
    assert trace(network(Xor(), *layers)).problems == ()


def test_two_linear_layers_have_only_their_own_note() -> None:
    (note,) = trace(network(Spiral(), Dense(), Output())).problems
    assert "No activation between these two layers" in note.message


def test_an_activation_after_the_output_does_not_help() -> None:
    messages = [problem.message for problem in trace(network(Circle(), Output(), Sigmoid())).problems]
    assert any("no straight line separates" in message for message in messages)


@pytest.mark.parametrize("data", [Gaussian(), MnistSample()], ids=lambda data: data.kind)
def test_linearly_separable_data_has_no_note(data: Dataset) -> None:
    layers = (Flatten(), Output()) if len(data.shape) > 1 else (Output(),)
    assert not [problem for problem in trace(network(data, *layers)).problems if "hidden" in problem.message]
