"""A step taken apart: against autograd, finite differences, and the engine's own next step."""

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from playground.catalog.datasets import Adding, Rearranging, Sentences
from playground.catalog.layers import (
    LSTM,
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Layer,
    MaxPool2d,
    Output,
    Parallel,
    ReLU,
    Residual,
    SequencePool,
    Tanh,
    TransformerBlock,
)
from playground.catalog.losses import LOSSES, MSE, CrossEntropy, Loss
from playground.catalog.optimizers import OPTIMIZERS, SGD, Adam, Optimizer
from playground.catalog.schedules import OneCycle
from playground.network import build_model, module_name
from playground.spec import Change, ExperimentSpec
from playground.training import Checkpoint
from playground.training.checkpoint import CheckpointError
from playground.training.one_step import OneStep, OneStepError, one_step, without_history
from tests.training.resuming import with_checkpoints
from tests.training.specs import digits, points

pytestmark = pytest.mark.usefixtures("one_thread")

CNN = (Conv2d(filters=4), ReLU(), MaxPool2d(), Residual(layers=(Conv2d(filters=4), ReLU())), Flatten(), Dense(units=8), Tanh(), Output())
SHORT = {"epochs": 1, "batch_size": 4}


def of(*layers: Layer, **fields: Any) -> ExperimentSpec:
    return points(*layers, training={**SHORT, "threads": 1, "memory_format": "contiguous", **fields.pop("training", {})}, **fields)


def rows_of(spec: ExperimentSpec, step: int) -> list[int]:
    """The examples of the step after this one, in the first epoch, as `playground.training.batches` describes them."""
    generator = torch.Generator().manual_seed(spec.training.seed)
    order = torch.randperm(len(spec.data.load().train), generator=generator)
    size = spec.training.batch_size
    return [int(row) for row in order[step * size : (step + 1) * size]]


def weights_after(checkpoint: Checkpoint) -> dict[str, Tensor]:
    return dict(checkpoint.state["weights"])


def assert_is_the_next_step(spec: ExperimentSpec, after: int = 2) -> OneStep:
    """Taking the engine's next batch apart gives the engine's next weights, bit for bit."""
    _, checkpoints = with_checkpoints(spec)
    step = one_step(spec, spec.data.load(), rows_of(spec, after), checkpoints[after])
    assert step.step == after + 1
    expected = weights_after(checkpoints[after + 1])
    assert {f"{module_name(change.path)}.{change.name}" for change in step.changes} == {
        name for name, weights in build_model(spec).named_parameters() if weights.requires_grad
    }
    for change in step.changes:
        name = f"{module_name(change.path)}.{change.name}"
        assert torch.equal(change.before, weights_after(checkpoints[after])[name])
        assert torch.equal(change.after, expected[name]), name
    return step


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.name())
def test_every_optimizer_takes_the_step_of_the_run(kind: type[Optimizer]) -> None:
    assert_is_the_next_step(of(optimizer=kind()))


@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.name())
def test_every_loss_is_that_of_the_run(kind: type[Loss]) -> None:
    loss = kind()
    step = assert_is_the_next_step(of(loss=loss))
    of_batch = loss.build(step.class_counts)(step.outputs, step.targets)
    assert step.loss == step.minimized == of_batch.item()


@pytest.mark.parametrize(
    "spec",
    [
        of(optimizer=SGD(momentum=0.9), training={"batch_size": 1}),
        of(optimizer=Adam(), schedule=OneCycle(), training={"clip_norm": 0.1, "clip_value": 0.05, "ema": 0.9}),
        of(Dense(units=6, l1=0.01, l2=0.02), ReLU(), Dropout(rate=0.4), Output()),
        of(Dense(units=6, frozen=True), ReLU(), Output(bias=False)),
        digits(*CNN, training={"threads": 1, "memory_format": "channels_last"}),
        digits(Conv2d(filters=4), BatchNorm(), ReLU(), Flatten(), Output(), training={"threads": 1}),
        of(Parallel(branch=((Dense(units=3), Tanh()), (Dense(units=2),))), Output()),
    ],
    ids=["one example", "clipped", "penalties and dropout", "frozen", "cnn", "batch normalization", "branches"],
)
def test_it_is_the_step_of_the_run(spec: ExperimentSpec) -> None:
    assert_is_the_next_step(spec)


@pytest.mark.parametrize(
    "spec",
    [
        of(Embedding(width=8), TransformerBlock(heads=2), Output(), data=Rearranging(samples=200), loss=CrossEntropy()),
        of(Embedding(width=8), SequencePool(), Output(), data=Sentences(samples=200), loss=CrossEntropy()),
        of(LSTM(units=6), Output(), data=Adding(samples=200), loss=MSE()),
    ],
    ids=["an answer at every step", "sentences of different lengths", "numbers"],
)
def test_it_is_the_step_of_a_run_on_sequences(spec: ExperimentSpec) -> None:
    assert_is_the_next_step(spec)


CHANGES = (Change(step=1, path="network[1].rate", value=0.6), Change(step=2, path="optimizer.lr", value=0.2))


def test_what_changes_at_this_step_of_the_run_has_changed() -> None:
    spec = of(Dense(units=6), Dropout(rate=0.1), Output(), optimizer=SGD(lr=0.5), changes=CHANGES)
    assert assert_is_the_next_step(spec).learning_rate == 0.2
    weights = {name: tensor.clone() for name, tensor in build_model(spec).state_dict().items()}
    ended = one_step(spec, spec.data.load(), [0], without_history(spec, spec.data.load(), weights, 30, None))
    assert ended.learning_rate == 0.2
    assert all(torch.equal(change.before, weights[f"{module_name(change.path)}.{change.name}"]) for change in ended.changes)


def test_a_weight_that_is_set_by_hand_before_the_step_counts() -> None:
    spec = of(optimizer=SGD(lr=0.5))
    _, checkpoints = with_checkpoints(spec)
    changed = spec.model_copy(update={"changes": (Change(step=2, path="network[0].weight[1][0]", value=3.0),)})
    step = one_step(changed, spec.data.load(), [0], checkpoints[2])
    before = step.changes[0].before
    assert before[1, 0] == 3.0
    before = before.clone()
    before[1, 0] = weights_after(checkpoints[2])["0.weight"][1, 0]
    assert torch.equal(before, weights_after(checkpoints[2])["0.weight"])


def one(spec: ExperimentSpec, row: int = 3, after: int = 2) -> OneStep:
    _, checkpoints = with_checkpoints(spec)
    return one_step(spec, spec.data.load(), [row], checkpoints[after])


def test_outputs_and_gradients_are_those_of_a_network_written_out() -> None:
    """2-4-1 with tanh and binary cross-entropy, by hand."""
    step = one(of(Dense(units=4), Tanh(), Output(), optimizer=SGD(lr=0.5)))
    x, y = step.inputs[0], step.targets[0]
    first, _, second = (module.state_dict() for module in step.network)
    z = first["weight"] @ x + first["bias"]
    a = torch.tanh(z)
    o = second["weight"] @ a + second["bias"]
    p = 1 / (1 + torch.exp(-o))
    for of_layer, expected in zip(step.passes, (z, a, o), strict=True):
        torch.testing.assert_close(of_layer.output[0], expected)
    assert step.loss == pytest.approx(float(-(y * p.log() + (1 - y) * (1 - p).log())), rel=1e-5)
    slope_o = p - y
    slope_a = second["weight"].T @ slope_o
    slope_z = slope_a * (1 - a**2)
    for of_layer, expected in zip(step.passes, (slope_z, slope_a, slope_o), strict=True):
        assert of_layer.gradient is not None
        torch.testing.assert_close(of_layer.gradient[0], expected)
    slopes = (torch.outer(slope_z, x), slope_z, torch.outer(slope_o, a), slope_o)
    for change, slope in zip(step.changes, slopes, strict=True):
        torch.testing.assert_close(change.gradient, slope)
        torch.testing.assert_close(change.after, change.before - 0.5 * slope)


def objective(step: OneStep, network: nn.Module) -> Tensor:
    """What the step minimizes, without penalties."""
    targets = step.targets.double() if step.targets.is_floating_point() else step.targets
    loss: Tensor = step.spec.loss.build(step.class_counts).double()(network(step.inputs.double()), targets)
    return loss


@pytest.mark.parametrize("spec", [digits(*CNN), of(Dense(units=5), ReLU(), Dense(units=3), Tanh(), Output())], ids=["cnn", "points"])
def test_gradients_are_those_of_finite_differences(spec: ExperimentSpec) -> None:
    step = one(spec)
    network = copy.deepcopy(step.network).double()
    parameters = dict(network.named_parameters())
    for change in step.changes:
        weights = parameters[f"{module_name(change.path)}.{change.name}"].data.view(-1)
        for index in {0, weights.numel() // 2, int(change.gradient.abs().argmax())}:
            kept, losses = weights[index].item(), []
            for shift in (1e-6, -1e-6):
                weights[index] = kept + shift
                losses.append(objective(step, network).item())
            weights[index] = kept
            assert change.gradient.reshape(-1)[index].item() == pytest.approx((losses[0] - losses[1]) / 2e-6, rel=1e-3, abs=1e-6)


def test_gradients_at_outputs_inside_blocks_are_those_of_autograd() -> None:
    step = one(digits(*CNN))
    assert [of_layer.path for of_layer in step.passes] == [
        "network[0]", "network[1]", "network[2]", "network[3].layers[0]", "network[3].layers[1]", "network[3]", "network[4]", "network[5]",
        "network[6]", "network[7]",
    ]  # fmt: skip
    network = copy.deepcopy(step.network)
    outputs: dict[str, Tensor] = {}
    for of_layer in step.passes:
        module = network.get_submodule(module_name(of_layer.path))
        module.register_forward_hook(lambda _, __, output, path=of_layer.path: outputs.__setitem__(path, output))
    loss = step.spec.loss.build()(network(step.inputs), step.targets)
    for of_layer in step.passes:
        assert of_layer.gradient is not None
        assert torch.equal(of_layer.output, outputs[of_layer.path])
        (expected,) = torch.autograd.grad(loss, outputs[of_layer.path], retain_graph=True)
        torch.testing.assert_close(of_layer.gradient, expected)


def test_batch_normalization_of_one_example_uses_its_running_averages_and_says_so() -> None:
    spec = of(Dense(units=4), BatchNorm(), Tanh(), Output())
    step = one(spec)
    assert step.uses_averages
    with torch.no_grad():
        torch.testing.assert_close(step.network(step.inputs), step.outputs)
    assert not one(of()).uses_averages


def test_of_a_run_that_left_only_weights_the_optimizer_starts_anew() -> None:
    spec = of(optimizer=Adam(lr=0.01))
    _, checkpoints = with_checkpoints(spec)
    data = spec.data.load()
    start = without_history(spec, data, weights_after(checkpoints[2]), 2, 0.003)
    step = one_step(spec, data, [0], start)
    assert (step.step, step.learning_rate) == (3, 0.003)
    for change in step.changes:
        assert not change.kept
        torch.testing.assert_close((change.after - change.before).abs(), torch.full_like(change.before, 0.003), atol=1e-6, rtol=1e-2)
    assert one_step(spec, data, [0], without_history(spec, data, weights_after(checkpoints[2]), 2, None)).learning_rate == 0.01


def test_nothing_of_the_run_or_of_the_caller_changes() -> None:
    spec = of(Dense(units=4), Dropout(), Tanh(), Output(), optimizer=SGD(momentum=0.9))
    _, checkpoints = with_checkpoints(spec)
    data, start = spec.data.load(), checkpoints[2]
    kept, random = copy.deepcopy(start.state), torch.get_rng_state()
    first, second = (one_step(spec, data, [1, 2], start) for _ in range(2))
    assert torch.equal(torch.get_rng_state(), random)
    assert all(torch.equal(kept["weights"][name], weights) for name, weights in start.state["weights"].items())
    for before, after in zip(kept["optimizer"]["state"].values(), start.state["optimizer"]["state"].values(), strict=True):
        assert torch.equal(before["momentum_buffer"], after["momentum_buffer"])
    assert first.loss == second.loss
    assert all(torch.equal(a.after, b.after) for a, b in zip(first.changes, second.changes, strict=True))


@pytest.mark.parametrize("rows", [[], [-1], [60], [0, 10**9]])
def test_an_example_that_does_not_exist_is_refused(rows: list[int]) -> None:
    spec = of()
    start = without_history(spec, spec.data.load(), build_model(spec).state_dict(), 0, None)
    with pytest.raises(OneStepError, match="training examples, numbered from 0 to"):
        one_step(spec, spec.data.load(), rows, start)


def test_weights_that_are_not_numbers_and_networks_that_are_too_large_say_so() -> None:
    spec = of()
    weights = build_model(spec).state_dict()
    weights["0.weight"] = torch.full_like(weights["0.weight"], torch.nan)
    with pytest.raises(OneStepError, match="weights are not finite numbers"):
        one_step(spec, spec.data.load(), [0], without_history(spec, spec.data.load(), weights, 0, None))
    large = of(Dense(units=8192), Dense(units=8192), Output())
    with pytest.raises(OneStepError, match="too large"):
        one_step(large, large.data.load(), [0], Checkpoint(0, 0.0, start_of(spec).execution, {}))


def start_of(spec: ExperimentSpec) -> Checkpoint:
    return without_history(spec, spec.data.load(), build_model(spec).state_dict(), 0, None)


def test_a_checkpoint_of_other_settings_is_refused() -> None:
    spec, other = of(Dense(units=4), Output()), of(Dense(units=5), Output())
    with pytest.raises(CheckpointError, match="is not of these settings"):
        one_step(other, other.data.load(), [0], start_of(spec))
    broken = Checkpoint(3, 0.0, start_of(spec).execution, {"weights": None})
    with pytest.raises(CheckpointError, match="step 3"):
        one_step(spec, spec.data.load(), [0], broken)


def test_many_layers_and_wide_ones() -> None:
    inside = [Dense(units=8) if index % 2 else Tanh() for index in range(197)]
    deep = digits(Flatten(), *inside, Dense(units=4096), Output())
    step = one_step(deep, deep.data.load(), [0], start_of(deep))
    assert len(step.passes) == 200
    assert step.passes[-2].output.shape == (1, 4096)
