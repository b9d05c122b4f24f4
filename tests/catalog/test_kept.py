"""What each layer keeps for the backward pass, compared with what PyTorch saves on the CPU: for sequences of one and of different lengths,
and however the steps stand in memory."""

from typing import Any

import pytest
import torch
from torch import nn

from playground.catalog.layers import GRU, LAYERS, LSTM, RNN, Features, Layer
from playground.catalog.layers.shapes import Strides, measured, saved_bytes, storage_id
from playground.catalog.tensors import TensorSpec

EXAMPLES, STEPS, FEATURES = 64, 20, 12
ORDERS: dict[str, tuple[int, int, int]] = {"plain": (0, 1, 2), "feature by feature": (0, 2, 1), "step by step": (1, 0, 2)}
"""The axes (N, L, F) from the farthest apart in memory to the closest."""
READERS: list[Any] = [
    kind(units=48, layers=layers, bidirectional=both, returns=returns)
    for kind in (RNN, GRU, LSTM)
    for layers in (1, 2)
    for both in (False, True)
    for returns in ("last", "all")
]
FORMULAS = Features(formulas=(
    "sin(x1)", "cos(2*x2)", "tan(x1)", "tanh(x1+x2)", "exp(-x1^2)", "log(x1)", "sqrt(x1)", "abs(x1)", "x1*x2*x3", "x1/(x2-x3)", "1/x1",
    "2^x1", "x1^0.5", "x1^3", "-x1", "x1",
))  # fmt: skip
CASES = [
    pytest.param(layer, varies, order, id=f"{index}-{layer.kind}-{varies}-{order}")
    for index, layer in enumerate([*READERS, FORMULAS, *(kind().sized(10) for kind in LAYERS if kind not in (RNN, GRU, LSTM))])
    for varies in (False, True)
    for order in ORDERS
    if layer.fits(TensorSpec.sequence(STEPS, FEATURES)) and (layer.respects_padding or not varies)
]


def strided(examples: int, order: str) -> torch.Tensor:
    axes = ORDERS[order]
    ordered = torch.randn([(examples, STEPS, FEATURES)[axis] for axis in axes])
    return ordered.permute([axes.index(axis) for axis in range(3)]).requires_grad_()


def order_of(strides: Strides) -> list[int]:
    return sorted(range(len(strides)), key=lambda axis: -strides[axis])


def on_the_cpu(module: nn.Module, x: torch.Tensor, *mask: torch.Tensor) -> tuple[bool, bool, float, bool, float]:
    """As measured: keeps_input, keeps_output, kept_bytes, view, output_bytes."""
    with saved_bytes() as saved:
        out = module.train()(x, *mask)
    before, after = storage_id(x), storage_id(out)
    own = {before, after, *map(storage_id, (*module.parameters(), *module.buffers(), *mask))}
    kept = sum(size for storage, size in saved.items() if storage not in own) / EXAMPLES
    return before in saved, after in saved, kept, before == after, out.untyped_storage().nbytes() / EXAMPLES


@pytest.mark.parametrize(("layer", "varies", "order"), CASES)
def test_a_layer_keeps_what_pytorch_saves(layer: Layer, varies: bool, order: str) -> None:
    tensor, x = TensorSpec.sequence(STEPS, FEATURES, varies), strided(EXAMPLES, order)
    example = strided(2, order)
    found = measured(layer, tensor, () if example.is_contiguous() else example.stride())
    module = layer.build(tensor)
    mask = [torch.ones(EXAMPLES, STEPS, dtype=torch.bool)] if varies and getattr(module, "takes_mask", False) else []
    keeps_input, keeps_output, kept, view, output = on_the_cpu(module, x, *mask)
    assert (found.keeps_input, found.keeps_output, found.view, found.output_bytes) == (keeps_input, keeps_output, view, output)
    assert found.kept_bytes == pytest.approx(kept, rel=0.005, abs=8 * FEATURES)  # means and variances are of the whole batch
    if layer.kind != "batch_norm":  # here the meta device has another order than the CPU; both are dense
        assert order_of(found.strides) == order_of(() if module(x, *mask).is_contiguous() else module(x, *mask).stride())
