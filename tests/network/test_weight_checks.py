"""Known mistakes with initial weights and frozen layers: what their messages say happens in training, and no longer after the fix."""

import pytest
import torch

from playground.catalog.datasets import Circle
from playground.catalog.layers import (
    SELU,
    BatchNorm,
    Conv1d,
    ConvTranspose2d,
    Dense,
    Dropout,
    Flatten,
    GaussianNoise,
    GroupNorm,
    Identity,
    Layer,
    Output,
    ReLU,
    Reshape,
    Residual,
    Tanh,
    ToSequence,
    Upsample,
)  # fmt: skip
from playground.catalog.losses import BCE
from playground.network import build_model, trace
from playground.spec import ExperimentSpec, SpecError, TrainingSettings
from playground.training import Snapshot, train


def plane(*layers: Layer) -> ExperimentSpec:
    training = TrainingSettings(epochs=2, batch_size=10, device="cpu")
    return ExperimentSpec(data=Circle(samples=60), network=layers, loss=BCE(), training=training)


def weights_after(spec: ExperimentSpec) -> dict[str, torch.Tensor]:
    return [event.tensors for event in train(spec) if isinstance(event, Snapshot)][-1]


@pytest.mark.parametrize("between", [(), (BatchNorm(),), (Dropout(rate=0.1), Identity())], ids=["nothing", "batch norm", "dropout"])
def test_zeros_before_relu_never_learn(between: tuple[Layer, ...]) -> None:
    spec = plane(Dense(units=6), Tanh(), Dense(units=5, init="zeros"), *between, ReLU(), Output())
    (note,) = trace(spec).problems
    assert (note.path, note.severity) == ("network[2]", "warning")
    assert "never learns" in note.message
    before, after = build_model(spec).state_dict(), weights_after(spec)
    for name in ("0.weight", "0.bias", "2.weight"):
        assert torch.equal(before[name], after[name]), name
    assert note.fix is not None
    fixed_spec = note.fix.spec
    assert trace(fixed_spec).problems == ()
    assert not torch.equal(build_model(fixed_spec).state_dict()["0.weight"], weights_after(fixed_spec)["0.weight"])


@pytest.mark.parametrize("layers", [(Dense(units=5, init="zeros"), Tanh(), Output()), (Dense(), ReLU(), Output(init="zeros"))])
def test_zeros_that_learn_anyway_have_no_note(layers: tuple[Layer, ...]) -> None:
    spec = plane(*layers)
    assert trace(spec).problems == ()
    before, after = build_model(spec).state_dict(), weights_after(spec)
    assert not torch.equal(before["0.weight"], after["0.weight"])


def test_equal_weights_twice_stay_equal() -> None:
    spec = plane(Dense(units=4, init="constant"), Tanh(), Output(init="constant", init_value=0.3))
    (note,) = trace(spec).problems
    assert (note.path, note.severity) == ("network[0]", "warning")
    assert "no more than one unit" in note.message
    rows = weights_after(spec)["0.weight"]
    torch.testing.assert_close(rows, rows[:1].expand_as(rows))
    assert note.fix is not None
    fixed = weights_after(note.fix.spec)["0.weight"]
    assert (fixed - fixed[:1]).abs().max() > 1e-3
    assert trace(plane(Dense(units=4, init="constant"), Tanh(), Dropout(), Output(init="constant"))).problems == ()


def test_selu_needs_lecun_initialization() -> None:
    (note,) = trace(plane(Dense(units=400), Dropout(), SELU(), Output())).problems
    assert (note.path, note.severity) == ("network[2]", "note")
    assert note.fix is not None
    assert note.fix.spec.network[0] == Dense(units=400, init="lecun_normal")
    assert trace(note.fix.spec).problems == ()
    assert trace(plane(Dense(), BatchNorm(), SELU(), Output())).problems == ()
    layers = [layer for _ in range(8) for layer in (Dense(units=400, init="lecun_normal"), SELU())]
    plain = [layer.model_copy(update={"init": "default"}) if isinstance(layer, Dense) else layer for layer in layers]
    x = torch.randn(500, 2, generator=torch.Generator().manual_seed(0))
    normal, shrunk = (build_model(plane(*chain, Output()))[:-1](x).std().item() for chain in (layers, plain))
    assert normal == pytest.approx(1, abs=0.25)
    assert shrunk < 0.3


def test_a_network_with_all_layers_frozen_is_refused() -> None:
    spec = plane(Dense(frozen=True), Tanh(), BatchNorm(frozen=True), Output(frozen=True))
    (problem,) = trace(spec).problems
    assert (problem.path, problem.severity) == ("network[3]", "error")
    with pytest.raises(SpecError, match="frozen"):
        train(spec)
    assert problem.fix is not None
    assert problem.fix.spec.network[3] == Output()
    assert trace(problem.fix.spec).problems == ()
    block = plane(Residual(layers=(Dense(frozen=True),)), Tanh(), Output(frozen=True))
    assert trace(block).ok  # its shortcut can learn
    assert list(train(block))


@pytest.mark.parametrize(
    ("spec", "path", "fixed"),
    [
        (plane(Conv1d(), Flatten(), Output()), "network[0]", ToSequence()),
        (plane(Dense(units=32), Tanh(), ConvTranspose2d(), Flatten(), Output()), "network[2]", Reshape(channels=2)),
        (plane(Dense(units=36), Tanh(), ToSequence(), ConvTranspose2d(), Flatten(), Output()), "network[3]", Reshape()),
        (plane(Dense(units=10), Tanh(), GroupNorm(), Output()), "network[2]", GroupNorm(groups=2)),
        (plane(Dense(units=10), Tanh(), Reshape(channels=4), Flatten(), Output()), "network[2]", Reshape(channels=2)),
        (
            plane(Dense(units=9), Tanh(), Reshape(), ConvTranspose2d(kernel=4, stride=1), Flatten(), Output()),
            "network[3]",
            ConvTranspose2d(kernel=3, stride=1),
        ),
    ],
)
def test_a_layer_that_does_not_fit_has_a_fix(spec: ExperimentSpec, path: str, fixed: Layer) -> None:
    problem = next(problem for problem in trace(spec).problems if problem.severity == "error")
    assert problem.path == path
    assert problem.fix is not None
    assert problem.fix.spec.network[int(path[8:-1])] == fixed
    assert trace(problem.fix.spec).ok


def test_layers_between_that_are_no_activations_leave_two_dense_layers_linear() -> None:
    for between in (Identity(), GaussianNoise()):
        (note,) = trace(plane(Dense(), between, Output())).problems
        assert "linear" in note.message
    assert trace(plane(Dense(units=16), Tanh(), Reshape(), Upsample(), Flatten(), Output())).problems == ()


def test_noise_after_the_output_is_a_warning() -> None:
    (problem,) = trace(plane(Dense(), Tanh(), Output(), GaussianNoise())).problems
    assert problem.severity == "warning"
    assert "adds noise to outputs" in problem.message
    assert problem.fix is not None
    assert trace(problem.fix.spec).problems == ()
