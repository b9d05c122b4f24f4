"""What is measured of layers, against a forward and a backward pass written out."""

import itertools
import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.datasets import Dataset, Digits8, Parity
from playground.catalog.layers import LAYERS, Conv2d, Dense, Flatten, Output, ReLU, Residual, Tanh
from playground.catalog.losses import CrossEntropy
from playground.network import build_model, readout
from playground.spec import ExperimentSpec
from playground.training import Checkpoint, Control, Finished, Snapshot, View, train
from playground.training.batches import Examples
from playground.training.layer_history import MOST_MOMENTS, LayerHistory
from playground.training.layer_probe import MEASURES, LayerProbe, probe_size, probed_layers
from tests.training.resuming import with_checkpoints
from tests.training.specs import digits, losses, of_kind, points, run

CPU = torch.device("cpu")
GRADIENTS, ACTIVATIONS, DEAD, UPDATES = range(4)


def probe_of(spec: ExperimentSpec, network: nn.Module) -> LayerProbe:
    data, outputs = spec.data.load(), readout(spec)
    train_set = Examples.of(spec.data, data.train, outputs, CPU)
    return LayerProbe(spec, network.eval(), train_set, spec.loss.build(data.train.counts(len(spec.data.classes))), outputs)


def batch_of(spec: ExperimentSpec) -> tuple[Tensor, Tensor]:
    examples = Examples.of(spec.data, spec.data.load().train, readout(spec), CPU).sample(probe_size(spec))
    return examples.part(0, len(examples))


def measured(probe: LayerProbe) -> Tensor:
    parts = probe.measure()
    while True:
        try:
            next(parts)
        except StopIteration as done:
            values: Tensor = done.value
            return values


def norm(*tensors: Tensor | None) -> float:
    return float(sum((tensor.detach().double() ** 2).sum() for tensor in tensors if tensor is not None) ** 0.5)


def test_a_dense_network_is_measured_as_written_out() -> None:
    spec = digits(Flatten(), Dense(units=16), ReLU(), Dense(units=8, frozen=True), Tanh(), Output())
    network = build_model(spec)
    (w1, b1), (w2, b2), (w3, b3) = (tuple(network[layer].parameters()) for layer in (1, 3, 5))
    with torch.no_grad():
        b1[:4] = -1000.0  # a quarter of the units is dead
    values = measured(probe_of(spec, network))

    x, targets = batch_of(spec)
    h1 = x.flatten(1) @ w1.T + b1
    a1 = h1.clamp(min=0)
    h2 = a1 @ w2.T + b2
    logits = torch.tanh(h2) @ w3.T + b3
    loss = -torch.log_softmax(logits, dim=1)[torch.arange(len(x)), targets].mean()
    gradients = torch.autograd.grad(loss, [w1, b1, w3, b3])
    none = float("nan")
    np.testing.assert_allclose(values[GRADIENTS], [none, norm(*gradients[:2]), none, none, none, norm(*gradients[2:])], rtol=1e-5)
    outputs = (x, h1, a1, h2, torch.tanh(h2), logits)
    np.testing.assert_allclose(values[ACTIVATIONS], [output.detach().abs().mean() for output in outputs], rtol=1e-5)
    assert values[DEAD, 2] == (a1 == 0).all(dim=0).float().mean() >= 0.25
    assert values[DEAD].isnan().tolist() == [True, True, False, True, True, True]


def test_a_channel_is_dead_if_it_is_zero_everywhere() -> None:
    spec = digits(Conv2d(filters=3), ReLU(), Flatten(), Output())
    network = build_model(spec)
    with torch.no_grad():
        network[0].bias.copy_(torch.tensor([-1000.0, 0.5, 0.5]))
        network[0].weight.mul_(0.01)
    values = measured(probe_of(spec, network))
    assert values[DEAD, 1] == pytest.approx(1 / 3)


def test_layers_in_blocks_have_rows_of_their_own_and_no_weight_counts_twice() -> None:
    spec = digits(Flatten(), Dense(units=8), Residual(layers=(Dense(units=12), ReLU())), Output())
    network = build_model(spec)
    probe = probe_of(spec, network)
    assert [layer.label for layer in probe.layers] == [
        "1 Flatten", "2 Dense", "3 Residual block", "3.1 Dense", "3.2 ReLU", "4 Output",
    ]  # fmt: skip
    values = measured(probe)
    x, targets = batch_of(spec)
    weights = dict(network.named_parameters())
    gradients = dict(zip(weights, torch.autograd.grad(F.cross_entropy(network(x), targets), list(weights.values())), strict=True))
    of = {layer.label: float(value) for layer, value in zip(probe.layers, values[GRADIENTS], strict=True)}
    assert of["3.1 Dense"] == pytest.approx(norm(gradients["2.body.0.weight"], gradients["2.body.0.bias"]), rel=1e-5)
    own = [gradient for name, gradient in gradients.items() if name.startswith("2.") and not name.startswith("2.body")]
    assert own  # the shortcut
    assert of["3 Residual block"] == pytest.approx(norm(*own), rel=1e-5)
    assert norm(*(torch.tensor(value) for value in of.values() if not math.isnan(value))) == pytest.approx(
        norm(*gradients.values()), rel=1e-5
    )


def test_an_update_is_the_way_between_two_networks_per_step() -> None:
    spec = digits(Flatten(), Dense(units=16, init="zeros"), ReLU(), Output())
    earlier, later = build_model(spec), build_model(spec)
    with torch.no_grad():
        for parameter in later.parameters():
            parameter += 0.01
    ratios = probe_of(spec, earlier).updates(later, steps=5)
    numbers = sum(parameter.numel() for parameter in earlier[3].parameters())
    assert ratios[3] == pytest.approx(0.01 * numbers**0.5 / norm(*earlier[3].parameters()) / 5, rel=1e-5)
    assert ratios[[0, 2]].isnan().all()
    assert ratios[1].isnan()  # all its weights are 0


def test_padding_counts_for_nothing() -> None:
    data = Parity(answers="steps")
    spec = ExperimentSpec(data=data, network=(LAYERS["embedding"](width=4), ReLU(), Output()), loss=CrossEntropy())
    values = measured(probe_of(spec, network := build_model(spec)))
    x, targets = batch_of(spec)
    valid = x != 0
    assert not valid.all()
    embedded = network[0](x)[valid]
    assert values[ACTIVATIONS, 0] == pytest.approx(embedded.abs().mean().item(), rel=1e-5)
    assert values[DEAD, 1] == (embedded <= 0).all(dim=0).float().mean()
    logits, answered = network(x), targets >= 0
    loss = F.cross_entropy(logits[answered], targets[answered])
    gradients = torch.autograd.grad(loss, list(network[2].parameters()))
    assert values[GRADIENTS, 2] == pytest.approx(norm(*gradients), rel=1e-5)


@pytest.mark.parametrize("data", [Digits8(), Parity(answers="steps")])
def test_a_step_has_fewer_examples_if_each_has_many_answers(data: Dataset) -> None:
    spec = digits(data=data) if data.encoding.domain is None and not data.task.per_step else points(data=data)
    assert probe_size(spec) == (64 if not data.task.per_step else max(8, 512 // data.tensor.size("length")))


@pytest.mark.parametrize("ema", [None, 0.9])
def test_the_last_moment_is_that_of_the_weights_that_a_run_ends_with(ema: float | None) -> None:
    spec = digits(training={"epochs": 2, "ema": ema})
    events = run(spec)
    view = [view for view in of_kind(events, View) if view.name == "layers"][-1]
    network = build_model(spec)
    network.load_state_dict(of_kind(events, Snapshot)[-1].tensors)
    rows, steps = len(spec.network), view.values[0]
    assert view.values.shape[0] == 1 + len(MEASURES) * rows
    assert (steps[0], steps[-1]) == (0, view.step)
    assert (np.diff(steps) > 0).all()
    np.testing.assert_allclose(view.values[1 : 1 + 3 * rows, -1], measured(probe_of(spec, network)).flatten(), rtol=1e-4)
    updates = view.values[1 + 3 * rows :]
    assert np.isnan(updates[:, 0]).all()
    assert (updates[[1, 3], 1:] > 0).all()


def test_losses_do_not_depend_on_what_is_measured() -> None:
    spec = digits(Flatten(), Dense(units=16), LAYERS["dropout"](), ReLU(), Output())
    assert losses(run(spec)) == losses(run(spec, Control(watched=False)))


def test_a_long_history_is_thinned_and_keeps_its_ends() -> None:
    history = LayerHistory(1, 2)
    for step in range(1000):
        history.add(step, torch.zeros(1, 2))
        history.add(step, torch.tensor([[step, torch.nan]]))  # with weights that were changed
        history.add(step, torch.tensor([[torch.nan, 2.0 * step]]))
        history.add(step - 1, torch.zeros(1, 2))
        steps, first, second = history.table
        assert len(steps) <= MOST_MOMENTS
        assert (steps[0], steps[-1]) == (0, step)
        assert torch.equal(first, steps)
        assert torch.equal(second, 2 * steps)
    gaps = [later - earlier for earlier, later in itertools.pairwise(steps.tolist())]
    assert max(gaps) <= 2 * 1000 / (MOST_MOMENTS - 1)


def test_a_history_is_that_of_one_network() -> None:
    history = LayerHistory(1, 2)
    history.add(3, torch.ones(1, 2))
    other = LayerHistory(1, 2)
    other.restore(history.state())
    assert torch.equal(other.table, history.table)
    with pytest.raises(ValueError, match="layers"):
        LayerHistory(1, 3).restore(history.state())


def test_a_resumed_run_goes_on_with_its_history() -> None:
    spec = digits(training={"epochs": 1})
    checkpoint = with_checkpoints(spec)[1][8]
    events = list(train(spec, checkpoint=checkpoint))
    steps = [view.values[0] for view in of_kind(events, View) if view.name == "layers"][-1]
    assert steps[:9].tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert steps[-1] == 15


def test_old_checkpoints_have_no_history() -> None:
    spec = digits()
    checkpoint = next(event for event in train(spec, control=Control(checkpoint=True)) if isinstance(event, Checkpoint))
    state = {name: part for name, part in checkpoint.state.items() if name != "layers"}
    older = Checkpoint(checkpoint.step, checkpoint.seconds, checkpoint.execution, state)
    assert losses_after(spec, older) == losses_after(spec, checkpoint)


def losses_after(spec: ExperimentSpec, checkpoint: Checkpoint) -> list[float]:
    return [loss for event in train(spec, checkpoint=checkpoint) for loss in getattr(event, "losses", ())]


def test_layers_are_named_by_their_numbers() -> None:
    assert [layer.label for layer in probed_layers(points())] == ["1 Dense", "2 Tanh", "3 Output"]


def test_what_cannot_be_measured_ends_nothing_but_itself(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no room for gradients")

    monkeypatch.setattr("playground.training.layer_probe.torch.autograd.grad", fail)  # which also the slopes of functions need
    spec = digits()
    events = run(spec)
    assert isinstance(events[-1], Finished)
    assert "functions" not in {view.name for view in of_kind(events, View)}
    assert {"embedding", "wall", "confusion"} <= {view.name for view in of_kind(events, View)}
    assert caplog.text.count("The layers of this run cannot be measured") == 1
    assert caplog.text.count("cannot be shown of this run") == 1
