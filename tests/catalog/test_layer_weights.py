"""First weights, bias and freezing, against closed forms and against PyTorch's own layers."""

import inspect
import math

import pytest
import torch
from torch import nn

from playground.catalog.layers import (
    LAYERS,
    BatchNorm,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dense,
    GroupNorm,
    Layer,
    LayerNorm,
    Output,
    Weighted,
)
from playground.catalog.layers.initial_weights import initialize
from playground.spec import compact
from tests.tensors import tensor_of

CASES: tuple[tuple[type[Weighted], dict[str, int], tuple[int, ...], int, int], ...] = (
    (Dense, {"units": 300}, (200,), 200, 300),
    (Conv2d, {"filters": 100, "kernel": 3}, (50, 4, 4), 450, 900),
    (Conv1d, {"filters": 150, "kernel": 3}, (4, 100), 300, 450),
    (ConvTranspose2d, {"filters": 50, "kernel": 4}, (60, 4, 4), 800, 960),
)
"""With how many numbers go into a unit and come out of one, as `torch.nn.init` counts them."""


@pytest.mark.parametrize(("kind", "fields", "shape", "fan_in", "fan_out"), CASES, ids=lambda each: getattr(each, "__name__", ""))
def test_spread_of_first_weights(kind: type[Weighted], fields: dict[str, int], shape: tuple[int, ...], fan_in: int, fan_out: int) -> None:
    def weights(init: str, **more: float) -> torch.Tensor:
        torch.manual_seed(0)
        module = kind.model_validate({**fields, "init": init, **more}).build(tensor_of(*shape))
        assert torch.equal(module.get_parameter("bias"), torch.zeros_like(module.get_parameter("bias")))
        return module.get_parameter("weight").detach()

    variances = {"xavier": 2 / (fan_in + fan_out), "he": 2 / fan_in, "lecun": 1 / fan_in}
    for init in ("xavier_uniform", "xavier_normal", "he_uniform", "he_normal", "lecun_normal"):
        family, _, form = init.partition("_")
        drawn, deviation = weights(init), math.sqrt(variances[family])
        assert drawn.std().item() == pytest.approx(deviation, rel=0.02), init
        assert abs(drawn.mean().item()) < 4 * deviation / math.sqrt(drawn.numel()), init
        if form == "uniform":
            assert drawn.abs().max().item() == pytest.approx(math.sqrt(3) * deviation, rel=0.001)
        else:
            assert drawn.abs().max().item() > 3 * deviation
    rows = weights("orthogonal").flatten(1)
    product = rows @ rows.T if rows.shape[0] <= rows.shape[1] else rows.T @ rows
    torch.testing.assert_close(product, torch.eye(len(product)), rtol=0, atol=1e-4)
    assert not weights("zeros").any()
    assert (weights("constant", init_value=-0.25) == -0.25).all()
    for spread in (0.05, -2.0):
        normal, uniform = weights("normal", init_value=spread), weights("uniform", init_value=spread)
        assert normal.std().item() == pytest.approx(abs(spread), rel=0.02)
        assert normal.abs().max().item() > 3 * abs(spread)
        assert uniform.std().item() == pytest.approx(abs(spread) / math.sqrt(3), rel=0.02)
        assert uniform.abs().max().item() == pytest.approx(abs(spread), rel=0.001)


@pytest.mark.parametrize(
    ("layer", "shape", "plain"),
    [
        (Dense(units=7), (5,), lambda: nn.Linear(5, 7)),
        (Output().sized(7), (5,), lambda: nn.Linear(5, 7)),
        (Conv2d(filters=7), (5, 6, 6), lambda: nn.Conv2d(5, 7, 3, padding=1)),
        (Conv1d(filters=7), (6, 5), lambda: nn.Conv1d(5, 7, 3, padding=1)),
        (ConvTranspose2d(filters=7), (5, 6, 6), lambda: nn.ConvTranspose2d(5, 7, 4, stride=2, padding=1)),
    ],
    ids=lambda each: each.name() if isinstance(each, Layer) else "",
)
def test_left_alone_they_are_pytorchs_own_to_the_bit(layer: Layer, shape: tuple[int, ...], plain) -> None:  # type: ignore[no-untyped-def]
    torch.manual_seed(3)
    expected, following = plain(), torch.rand(3)
    torch.manual_seed(3)
    module = layer.build(tensor_of(*shape))
    assert repr(module) == repr(expected)
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(module.parameters(), expected.parameters(), strict=True))
    assert torch.equal(torch.rand(3), following)


def test_without_bias() -> None:
    for kind, fields, shape, _, _ in CASES:
        for init in ("default", "he_normal"):
            module = kind.model_validate({**fields, "bias": False, "init": init}).build(tensor_of(*shape))
            assert [name for name, _ in module.named_parameters()] == ["weight"]


@pytest.mark.parametrize(
    "layer", [Dense(frozen=True), Output(frozen=True).sized(3), BatchNorm(frozen=True), LayerNorm(frozen=True), GroupNorm(frozen=True)]
)
def test_frozen_weights_ask_for_no_gradient_but_let_it_through(layer: Layer) -> None:
    module, x = layer.build(tensor_of(8)), torch.rand(4, 8, requires_grad=True)
    (module(x) ** 3).sum().backward()
    assert x.grad is not None
    assert x.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in module.parameters())


def test_the_output_layer_hands_its_settings_on() -> None:
    output = Output(init="constant", init_value=0.5, bias=False, l1=0.1, l2=0.2, frozen=True)
    assert output.sized(4) == Dense(units=4, init="constant", init_value=0.5, bias=False, l1=0.1, l2=0.2, frozen=True)


def test_what_is_left_alone_is_left_out_of_files() -> None:
    assert [compact(kind()) for kind in LAYERS] == [{"kind": kind.name()} for kind in LAYERS]
    assert compact(Dense(l2=0.01)) == {"kind": "dense", "l2": 0.01}


def test_first_weights_for_scripts_need_nothing_but_torch() -> None:
    namespace = {"nn": nn}
    exec(inspect.getsource(initialize), namespace)  # noqa: S102
    torch.manual_seed(0)
    module = nn.Linear(4, 3)
    namespace["initialize"](module, "he_normal")  # type: ignore[operator]
    torch.manual_seed(0)
    assert torch.equal(module.weight, Dense(units=3, init="he_normal").build(tensor_of(4)).get_parameter("weight"))
