"""L1 and L2 penalties on single layers, and frozen layers."""

import pytest
import torch
from torch import nn

from playground.catalog.layers import BatchNorm, Conv2d, Dense, Flatten, Layer, Output, Parallel, ReLU, Residual, Tanh
from playground.catalog.optimizers import SGD
from playground.network import build_model
from playground.training import Evaluated, Snapshot, declarations
from playground.training.penalty import penalized
from tests.training.specs import digits, losses, of_kind, points, run

NESTED = (
    Conv2d(filters=2, l1=0.5),
    Residual(layers=(Conv2d(filters=2, l2=0.25), ReLU(), Parallel(branch=((), (Conv2d(filters=3, l1=0.125, l2=2e-3),))))),
    Flatten(),
    Dense(units=3, frozen=True, l1=1),
    ReLU(),
    Output(l2=0.75),
)


def plain(outputs: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    return nn.functional.cross_entropy(outputs, targets)


def test_penalties_include_the_weights_of_blocks() -> None:
    spec = digits(*NESTED)
    model = build_model(spec)
    weights = {name: weight for name, weight in model.named_parameters() if name.endswith("weight")}
    assert list(weights) == ["0.weight", "1.body.0.weight", "1.body.2.branches.1.0.weight", "1.shortcut.weight", "3.weight", "5.weight"]
    first, second, third, _, _, last = weights.values()
    by_hand = 0.5 * first.abs().sum() + 0.25 * (second**2).sum() + 0.75 * (last**2).sum()
    by_hand = by_hand + 0.125 * third.abs().sum() + 2e-3 * (third**2).sum()
    x, y = torch.rand(5, 1, 8, 8), torch.tensor([0, 3, 1, 9, 9])
    outputs = model(x)
    torch.testing.assert_close(penalized(spec, model, plain)(outputs, y), plain(outputs, y) + by_hand)


def test_without_penalties_the_loss_is_unchanged() -> None:
    spec = digits(Flatten(), Dense(init="he_normal", bias=False), ReLU(), Output())
    assert penalized(spec, build_model(spec), plain) is plain


def test_a_run_declares_whether_the_loss_of_a_batch_includes_penalties() -> None:
    def told(*layers: Layer) -> list[bool]:
        return [metric.penalized for metric in declarations(digits(*layers)).metrics]

    assert told(*NESTED) == [True, False]
    assert told(Flatten(), Dense(units=3, frozen=True, l1=1), Output()) == [False, False]


def test_l2_is_the_weight_decay_of_sgd_on_weights_alone() -> None:
    layers = (Dense(units=4, l2=0.05), Tanh(), Output(l2=0.05))
    spec = points(*layers, optimizer=SGD(lr=0.1), training={"batch_size": 30, "epochs": 20})
    model = build_model(spec)
    decayed = [parameter for name, parameter in model.named_parameters() if name.endswith("weight")]
    free = [parameter for name, parameter in model.named_parameters() if name.endswith("bias")]
    optimizer = torch.optim.SGD([{"params": decayed, "weight_decay": 0.1}, {"params": free}], lr=0.1)
    data = spec.data.load()
    x, y = torch.tensor(data.train.inputs), torch.tensor(data.train.targets).float()
    for _ in range(20):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(model(x).squeeze(1), y).backward()
        optimizer.step()
    torch.testing.assert_close(of_kind(run(spec), Snapshot)[-1].tensors, dict(model.state_dict()), rtol=0, atol=1e-5)


def test_progress_reports_the_loss_with_penalties_and_evaluations_without() -> None:
    whole = {"batch_size": 30, "epochs": 1}
    without, with_ = (points(Dense(units=4, l1=l1), Tanh(), Output(), training=whole) for l1 in (0.0, 0.5))
    penalty = 0.5 * build_model(with_)[0].get_parameter("weight").abs().sum().item()
    assert losses(run(with_))[0] == pytest.approx(losses(run(without))[0] + penalty, rel=1e-5)
    first = [of_kind(run(spec), Evaluated)[0] for spec in (without, with_)]
    assert first[0].test_loss == first[1].test_loss
    assert first[0].train_loss == first[1].train_loss


def test_l1_brings_weights_to_0() -> None:
    training = {"batch_size": 30, "epochs": 300}
    specs = [points(Dense(units=8, l1=l1), Tanh(), Output(), optimizer=SGD(lr=0.05), training=training) for l1 in (0.0, 0.1)]
    weights = [of_kind(run(spec), Snapshot)[-1].tensors["0.weight"] for spec in specs]
    assert (weights[0].abs() < 0.01).sum() <= 2
    assert (weights[1].abs() < 0.01).sum() >= 8


def test_frozen_layers_stay_unchanged_while_others_learn() -> None:
    spec = digits(
        Conv2d(filters=3, frozen=True), BatchNorm(frozen=True), ReLU(), Flatten(), Dense(units=6), ReLU(), Output(frozen=True, l2=1)
    )
    before, after = build_model(spec).state_dict(), of_kind(run(spec), Snapshot)[-1].tensors
    for name in before:
        still = name.startswith(("0.", "1.", "6.")) and not name.startswith(("1.running", "1.num"))
        assert torch.equal(before[name], after[name]) == still, name
