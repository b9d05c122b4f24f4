"""What every layer says about the numbers it can give, against the numbers that it gives."""

import math

import pytest
import torch
from torch import Tensor, nn

from playground.catalog.layers import (
    ELU,
    GELU,
    LAYERS,
    SELU,
    Conv2d,
    Dense,
    Dropout,
    GroupNorm,
    HardTanh,
    LeakyReLU,
    Mish,
    Output,
    Parallel,
    PReLU,
    ReLU,
    Residual,
    Sigmoid,
    SiLU,
    Softmax,
    Tanh,
)
from playground.catalog.layers.base import Layer
from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.tensors import TensorSpec
from playground.network.endings import ending
from tests.tensors import tensor_of

TENSORS = (tensor_of(12), tensor_of(1), tensor_of(10, 4), tensor_of(4, 8, 8))
VECTOR = tensor_of(4)
INSIDE = (ANY, Range(-2, 3), Range(0, 1), Range(0, math.inf), Range(1, 1))
CASES = [
    pytest.param(kind, tensor, inside, id=f"{kind.name()}-{tensor}-{inside.low}..{inside.high}")
    for kind in LAYERS
    for tensor in TENSORS
    if kind.fits(tensor) and (kind, tensor) != (GroupNorm, tensor_of(1))  # one channel makes no four groups
    for inside in INSIDE
]


def sampled(inside: Range, *shape: int) -> Tensor:
    """Numbers of the range, its ends among them; of an infinite one, some far out."""
    low, high = max(inside.low, -50.0), min(inside.high, 50.0)
    generator = torch.Generator().manual_seed(1)
    numbers = low + (high - low) * torch.rand(shape, generator=generator)
    numbers.view(-1)[0], numbers.view(-1)[-1] = low, high
    return numbers


@pytest.mark.parametrize(("kind", "tensor", "inside"), CASES)
def test_no_output_is_outside_of_its_range(kind: type[Layer], tensor: TensorSpec, inside: Range) -> None:
    torch.manual_seed(0)
    layer = kind()
    module: nn.Module = layer.sized(5).build(tensor).eval()
    outputs = module(sampled(inside, 16, *tensor.sizes)).detach()
    after = layer.output_range(inside, tensor)
    slack = 1e-5 * (1 + outputs.abs().max().item())
    assert outputs.min().item() >= after.low - slack
    assert outputs.max().item() <= after.high + slack
    if after.sums_to_one:
        sums = outputs.sum(dim=2 if tensor.has("length") else 1)
        torch.testing.assert_close(sums, torch.ones_like(sums))
    if after.constant:
        assert outputs.max() - outputs.min() <= slack


EXACT = [
    (ReLU(), 0.0, math.inf), (Sigmoid(), 0.0, 1.0), (Tanh(), -1.0, 1.0), (LeakyReLU(), -math.inf, math.inf), (PReLU(), -math.inf, math.inf),
    (ELU(), -1.0, math.inf), (SELU(), -1.7581, math.inf), (GELU(), -0.17, math.inf), (SiLU(), -0.2785, math.inf),
    (Mish(), -0.3089, math.inf), (HardTanh(), -1.0, 1.0), (Softmax(), 0.0, 1.0),
]  # fmt: skip


@pytest.mark.parametrize(("layer", "low", "high"), EXACT, ids=lambda value: value.kind if isinstance(value, Layer) else "")
def test_ranges_of_activations_are_those_of_their_papers(layer: Layer, low: float, high: float) -> None:
    after = layer.output_range(ANY, tensor_of(3))
    assert after.low == pytest.approx(low, abs=1e-3)
    assert after.high == pytest.approx(high, abs=1e-3)


def test_the_ending_is_the_last_layer_that_narrows() -> None:
    def of(*layers: Layer, tensor: TensorSpec = VECTOR) -> tuple[Range, int | None]:
        found = ending(layers, [tensor] * len(layers))
        return found.range, found.index

    assert of(Dense(), ReLU(), Output()) == (ANY, None)
    assert of(Dense(), ReLU()) == (Range(0, math.inf, blocks_gradient=True), 1)
    narrowed, index = of(Output(), Tanh(), ReLU(), Dropout())
    assert (narrowed.low, narrowed.high, index) == (0, 1, 2)
    assert of(Output(), Softmax(), tensor=tensor_of(1))[0].constant
    assert not of(Output(), Residual(layers=(ReLU(),)))[0].bounded
    both, _ = of(Output(), Parallel(branch=((ReLU(),), (Sigmoid(),))))
    assert (both.low, both.high) == (0, math.inf)
    assert of(Conv2d(), ReLU(), tensor=tensor_of(4, 8, 8))[0].low == 0
