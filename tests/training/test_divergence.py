"""Losses that diverge."""

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from playground.catalog.datasets import Data, Plane, Split
from playground.catalog.layers import (
    BatchNorm,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Flatten,
    Layer,
    Output,
    Parallel,
    ReLU,
    Reshape,
    Residual,
    Tanh,
    ToSequence,
)
from playground.catalog.losses import MSE, Huber
from playground.catalog.optimizers import SGD, Adam
from playground.catalog.schedules import Cosine, OneCycle
from playground.network import Fix, build_model, trace
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.spec import MAX_LAYERS, ExperimentSpec, StopConditions
from playground.training import Control, Diverged, Evaluated, Event, Finished, Progress, Snapshot, train
from playground.training.divergence import diverged, remaining, suggestions
from playground.training.divergence_watch import DivergenceWatch
from tests.training.specs import losses, of_kind, points, run


def exploding(*layers: Layer, **fields: Any) -> ExperimentSpec:
    """Fifty points of a plane, trained with a learning rate that is far too high."""
    settings = {"optimizer": SGD(lr=10), "training": {"epochs": 50}, **fields}
    return points(*(layers or (Dense(units=8), ReLU(), Output())), data=Plane(samples=100), loss=MSE(), **settings)


def losses_of_plain_loop(spec: ExperimentSpec) -> list[float]:
    """Up to and including the first loss that is not finite; the learning rate follows half a cosine if the spec says so."""
    data, model, size = spec.data.load(), build_model(spec), spec.training.batch_size
    x, y = torch.tensor(data.train.inputs), torch.tensor(data.train.targets)
    order, values = torch.Generator().manual_seed(spec.training.seed), []
    total = spec.training.epochs * -(-len(x) // size)
    while not values or math.isfinite(values[-1]):
        for rows in torch.randperm(len(x), generator=order).split(size):
            lr = spec.optimizer.lr
            if isinstance(spec.schedule, Cosine):
                lr *= (1 + math.cos(math.pi * len(values) / total)) / 2
            loss = nn.functional.mse_loss(model(x[rows]), y[rows])
            values.append(loss.item())
            if not math.isfinite(values[-1]):
                break
            for parameter, slope in zip(model.parameters(), torch.autograd.grad(loss, list(model.parameters())), strict=True):
                parameter.data -= lr * slope
    return values


def checked(events: list[Event]) -> Diverged:
    """The last event; asserts that all losses and weights before it are finite."""
    last = events[-1]
    assert isinstance(last, Diverged)
    assert not of_kind(events, Finished)
    assert all(math.isfinite(loss) for loss in losses(events))
    snapshots = of_kind(events, Snapshot)
    assert snapshots
    for event in snapshots:
        assert all(bool(torch.isfinite(tensor).all()) for tensor in event.tensors.values())
    return last


@pytest.mark.parametrize("pace", ["clock", "batch", "epoch"])
def test_the_step_that_diverges_is_reported(pace: str) -> None:
    spec = exploding()
    expected = losses_of_plain_loop(spec)
    assert 2 < len(expected) < 100
    events = run(spec, Control(pace=pace))  # type: ignore[arg-type]
    event = checked(events)
    assert event.step == len(expected)
    assert len(losses(events)) == len(expected) - 1
    assert not math.isfinite(event.loss)
    assert event.learning_rate == 10.0
    assert f"step {len(expected)}," in event.message
    assert "mean squared error" in event.message
    assert "learning rate of 10" in event.message


def test_the_learning_rate_is_that_of_the_step() -> None:
    spec = exploding(schedule=Cosine(), training={"epochs": 2})
    expected = losses_of_plain_loop(spec)
    event = checked(run(spec))
    total = 2 * 7  # 50 examples in batches of 8
    assert event.step == len(expected) < total
    assert event.learning_rate == pytest.approx(10 * (1 + math.cos(math.pi * (event.step - 1) / total)) / 2)


def test_advice_depends_on_the_settings() -> None:
    first = checked(run(exploding(optimizer=SGD(lr=10, momentum=0.9)))).advice
    assert "usual learning rate of SGD, 0.01" in first[0]
    assert "1,000 times larger" in first[0]
    assert "ten times smaller: 0.02." in diverged(exploding(optimizer=SGD(lr=0.2)), 1, math.inf, 0.2).advice[0]
    assert any("momentum" in line and "10 times longer" in line for line in first)
    assert any("Adam" in line for line in first)
    assert any("Huber" in line for line in first)
    deep = (*(layer for _ in range(4) for layer in (Dense(units=64), ReLU())), Output())
    second = checked(run(exploding(*deep, optimizer=Adam(lr=100, beta2=0), training={"epochs": 1000}))).advice
    assert not any("Try Adam" in line or "momentum" in line for line in second)
    assert any("normalization" in line for line in second)


def fixes(spec: ExperimentSpec) -> dict[str, Fix]:
    return {suggestion.fix.title: suggestion.fix for suggestion in suggestions(spec) if suggestion.fix}


def test_each_suggestion_edits_only_what_it_names() -> None:
    spec = exploding(optimizer=SGD(lr=0.3, momentum=0.9, nesterov=True, weight_decay=0.01))
    edits = fixes(spec)
    assert list(edits) == [
        "Use learning rate 0.03",
        "Use momentum 0.5",
        "Clip gradients at norm 1",
        "Standardize the data",
        "Use Adam",
        "Use the Huber loss",
        "Use the one-cycle schedule",
    ]
    assert edits["Use learning rate 0.03"].spec == spec.model_copy(
        update={"optimizer": SGD(lr=0.03, momentum=0.9, nesterov=True, weight_decay=0.01)}
    )
    assert edits["Use momentum 0.5"].spec.optimizer == SGD(lr=0.3, momentum=0.5, nesterov=True, weight_decay=0.01)
    clipped = spec.training.model_copy(update={"clip_norm": 1})
    assert edits["Clip gradients at norm 1"].spec == spec.model_copy(update={"training": clipped})
    assert edits["Standardize the data"].spec.data == Plane(samples=100, standardise=True)
    assert not fixes(edits["Clip gradients at norm 1"].spec).keys() & {"Clip gradients at norm 1"}
    assert not fixes(edits["Standardize the data"].spec).keys() & {"Standardize the data"}
    assert edits["Use Adam"].spec == spec.model_copy(update={"optimizer": Adam()})
    assert edits["Use the Huber loss"].spec == spec.model_copy(update={"loss": Huber()})
    assert edits["Use the one-cycle schedule"].spec == spec.model_copy(update={"schedule": OneCycle()})


def test_without_momentum_nesterov_is_turned_off() -> None:
    spec = exploding(optimizer=SGD(lr=0.3, momentum=0.4, nesterov=True))
    assert fixes(spec)["Use no momentum"].spec.optimizer == SGD(lr=0.3)


def test_the_usual_learning_rate_fixes_one_that_is_far_too_high() -> None:
    spec = exploding()
    checked(run(spec))
    assert isinstance(run(fixes(spec)["Use learning rate 0.01"].spec)[-1], Finished)


def test_clipped_gradients_fix_a_run_that_diverges() -> None:
    spec = exploding(optimizer=SGD(lr=0.3))
    checked(run(spec))
    assert isinstance(run(fixes(spec)["Clip gradients at norm 1"].spec)[-1], Finished)


@pytest.mark.parametrize("preset", PRESETS)
def test_every_suggestion_leads_to_a_spec_that_can_be_trained(preset: str) -> None:
    for momentum in (0.0, 0.3, 0.9):
        spec = PRESETS[preset].spec.model_copy(update={"optimizer": SGD(lr=50, momentum=momentum, nesterov=momentum > 0)})
        for fix in fixes(spec).values():
            assert parse_spec(fix.spec.to_json()) == fix.spec
            assert not [problem for problem in trace(fix.spec).problems if problem.severity == "error"]


def test_batch_normalization_goes_after_every_layer_with_weights_except_the_last() -> None:
    fix = fixes(exploding(*(layer for _ in range(4) for layer in (Dense(units=64), ReLU())), Output()))["Add batch normalization"]
    assert [layer.kind for layer in fix.spec.network] == ["dense", "batch_norm", "relu"] * 4 + ["output"]
    full = exploding(*[Dense(units=2)] * (MAX_LAYERS - 1), Output())
    assert any("normalization" in suggestion.message and suggestion.fix is None for suggestion in suggestions(full))


def test_a_second_suggestion_keeps_the_first() -> None:
    made_from = exploding()
    first = {fix.title: fix for _, fix in remaining(made_from, made_from)}
    second = {fix.title: fix for _, fix in remaining(made_from, first["Use learning rate 0.01"].spec)}
    assert first.keys() - second.keys() == {"Use learning rate 0.01"}
    both = second["Use the Huber loss"].spec
    assert (both.optimizer, both.loss) == (SGD(lr=0.01), Huber())
    assert both.network == made_from.network


def test_a_first_step_that_diverges_leaves_the_initial_weights() -> None:
    spec = exploding()
    data = spec.data.load()
    far = Data(Split(data.train.inputs, np.full_like(data.train.targets, 1e30)), data.test)  # its square is beyond float32
    events = list(train(spec, data=far))
    event = checked(events)
    assert (event.step, event.loss) == (1, math.inf)
    assert "became infinite" in event.message
    (snapshot,) = of_kind(events, Snapshot)
    assert snapshot.step == 0
    assert all(torch.equal(tensor, snapshot.tensors[name]) for name, tensor in build_model(spec).state_dict().items())


def test_a_last_step_that_breaks_the_network_counts_as_diverged() -> None:
    """Its epochs end between the last finite loss and the first that would not be."""
    spec = exploding(optimizer=SGD(lr=100), training={"batch_size": 50, "epochs": 1000})
    steps = checked(run(spec)).step
    shorter = spec.model_copy(update={"training": spec.training.model_copy(update={"epochs": steps - 1})})
    events = run(shorter)
    assert len(losses(events)) == steps - 1
    event = checked(events)
    assert event.step == steps - 1


def test_stop_conditions_do_not_hide_divergence() -> None:
    spec = exploding()
    conditions = StopConditions(patience=1000)
    careful = spec.model_copy(update={"training": spec.training.model_copy(update={"stop": conditions})})
    assert checked(run(careful)).step == checked(run(spec)).step


def test_a_suitable_learning_rate_does_not_diverge() -> None:
    events = run(points(Dense(units=8), Tanh(), Output(), data=Plane(samples=100), loss=MSE(), optimizer=SGD(lr=0.01)))
    assert isinstance(events[-1], Finished)
    assert of_kind(events, Progress)


def kinds(layers: tuple[Layer, ...]) -> list[object]:
    """Kinds of a chain; a block as its kind and those of its chains."""
    return [(layer.kind, *(kinds(chain) for _, chain in layer.branches())) if layer.branches() else layer.kind for layer in layers]


def test_batch_normalization_goes_into_blocks_and_after_every_convolution() -> None:
    network = (
        ToSequence(), Conv1d(), ReLU(), Reshape(), ConvTranspose2d(), Conv2d(),
        Residual(layers=(Conv2d(), ReLU(), Parallel(branch=((Conv2d(),), (ReLU(),))))), Flatten(), Dense(), Output(),
    )  # fmt: skip
    assert kinds(fixes(exploding(*network))["Add batch normalization"].spec.network) == [
        "to_sequence", "conv1d", "batch_norm", "relu", "reshape", "conv_transpose2d", "batch_norm", "conv2d", "batch_norm",
        ("residual", ["conv2d", "batch_norm", "relu", ("parallel", ["conv2d", "batch_norm"], ["relu"])]),
        "flatten", "dense", "batch_norm", "output",
    ]  # fmt: skip


def test_the_last_layer_of_the_network_is_not_normalized_inside_a_block_either() -> None:
    ending = Parallel(branch=((Dense(units=8), ReLU(), Dense(units=1)), (Dense(units=1),)), join="add")
    network = (*(layer for _ in range(3) for layer in (Dense(units=8), ReLU())), ending)
    assert kinds(fixes(exploding(*network))["Add batch normalization"].spec.network)[-1] == (
        "parallel", ["dense", "batch_norm", "relu", "dense"], ["dense"],
    )  # fmt: skip


def test_layers_in_blocks_make_a_network_deep_and_normalization_in_them_counts() -> None:
    deep = Residual(layers=tuple(layer for _ in range(3) for layer in (Dense(units=8), ReLU())))
    assert "Add batch normalization" in fixes(exploding(Dense(units=8), deep, Output()))
    normalized = Residual(layers=(*deep.layers, BatchNorm()))
    assert not any("normalization" in suggestion.message for suggestion in suggestions(exploding(Dense(units=8), normalized, Output())))


def test_no_suggestion_exceeds_the_layers_allowed_in_a_block() -> None:
    full = Residual(layers=tuple(Dense(units=8) for _ in range(50)))
    offered = [suggestion for suggestion in suggestions(exploding(Dense(units=8), full, Output())) if "normalization" in suggestion.message]
    assert [suggestion.fix for suggestion in offered] == [None]


def growing(lr: float, **training: Any) -> list[Event]:
    """A straight line through points whose features are a hundred times too large: each step multiplies the error."""
    spec = points(Output(), data=Plane(samples=100), loss=MSE(), optimizer=SGD(lr=lr), training={"batch_size": 50, **training})
    data = spec.data.load()
    far = Data(Split(100 * data.train.inputs, data.train.targets), Split(100 * data.test.inputs, data.test.targets))
    return list(train(spec, data=far))


def test_a_finite_loss_that_grows_without_bound_is_reported_and_ends_as_diverged() -> None:
    events = growing(1.05e-5, epochs=40)
    flags = [event.diverging for event in of_kind(events, Progress)]
    assert flags[-1]
    last = checked(events)
    assert 1000 * losses(events)[0] < last.loss < math.inf
    assert "has grown to" in last.message
    assert f"step {last.step:,}" in last.message
    assert of_kind(events, Evaluated)[-1].step == last.step  # the result is shown anyway


def test_a_run_that_is_stopped_while_it_diverges_counts_as_diverged() -> None:
    control = Control(pace="batch")
    spec = points(Output(), data=Plane(samples=100), loss=MSE(), optimizer=SGD(lr=1.05e-5), training={"batch_size": 50, "epochs": 500})
    data = spec.data.load()
    far = Data(Split(100 * data.train.inputs, data.train.targets), Split(100 * data.test.inputs, data.test.targets))
    events: list[Event] = []
    for event in train(spec, data=far, control=control):
        events.append(event)
        control.stop = control.stop or (isinstance(event, Progress) and event.diverging)
    last = checked(events)
    assert last.step < 500


def test_ten_consecutive_losses_decide_either_way() -> None:
    asked = []

    def constant_loss() -> float:
        asked.append(1)
        return 5.0

    watch = DivergenceWatch(constant_loss)
    watch.add([2.0, *[1999.0] * 20])
    assert not watch.diverging
    assert not asked  # up to a thousand times the first loss nothing has to be known
    watch.add([2500.0] * 20)
    assert not watch.diverging  # of the first loss and the constant prediction's, the larger counts
    watch.add([6000.0] * 9 + [1.0] + [6000.0] * 9)
    assert not watch.diverging
    watch.add([6000.0])
    assert watch.diverging
    watch.add([1.0] * 9)
    assert watch.diverging
    watch.add([1.0])
    assert not watch.diverging
    assert len(asked) == 1
    assert not watch.out_of_bounds(math.inf)  # no number: another end
    assert watch.out_of_bounds(5001.0)


def test_a_loss_that_starts_at_zero_or_below_may_grow_a_little() -> None:
    watch = DivergenceWatch(lambda: -0.1)
    watch.add([-0.1, *[0.9] * 20])
    assert not watch.diverging
    watch.add([1.1] * 10)
    assert watch.diverging
