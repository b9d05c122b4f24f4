"""Layers against formulas and against what PyTorch computes by other means."""

import math

import pytest
import torch
from torch.nn import functional as F

from playground.catalog.layers import (
    ELU,
    SELU,
    AdaptiveAvgPool2d,
    BatchNorm,
    Conv1d,
    ConvTranspose2d,
    GaussianNoise,
    GroupNorm,
    HardTanh,
    Layer,
    LayerNorm,
    MaxPool1d,
    Mish,
    PReLU,
    Reshape,
    SiLU,
    Softplus,
    ToSequence,
    Upsample,
)
from playground.catalog.layers.shapes import measured
from tests.tensors import tensor_of


@pytest.mark.parametrize(
    ("layer", "before", "after"),
    [
        (Conv1d(filters=5, kernel=3), (10, 2), (10, 5)),
        (Conv1d(filters=5, kernel=4), (10, 2), (10, 5)),
        (Conv1d(filters=5, kernel=3, stride=3), (10, 2), (4, 5)),
        (Conv1d(filters=5, kernel=4, stride=2, padding="valid"), (11, 2), (4, 5)),
        (ConvTranspose2d(filters=5), (2, 7, 3), (5, 14, 6)),
        *[(ConvTranspose2d(filters=1, kernel=kernel, stride=stride), (2, 4, 5), (1, 4 * stride, 5 * stride))
          for kernel in range(1, 16) for stride in range(1, 9) if stride > 1 or kernel % 2],
        (ConvTranspose2d(filters=5, kernel=3, stride=2, padding="valid"), (2, 4, 5), (5, 9, 11)),
        (Upsample(factor=3), (2, 4, 5), (2, 12, 15)),
        (Upsample(factor=2, mode="bilinear"), (4, 2), (8, 2)),
        (AdaptiveAvgPool2d(size=3), (2, 7, 5), (2, 3, 3)),
        (MaxPool1d(size=3), (10, 2), (3, 2)),
        (Reshape(), (784,), (1, 28, 28)),
        (Reshape(channels=2), (24,), (2, 3, 4)),
        (Reshape(channels=8, width=2), (2, 8, 8), (8, 8, 2)),
        (Reshape(height=1), (13,), (1, 1, 13)),
        (ToSequence(), (9,), (9, 1)),
        (ToSequence(), (3, 4, 5), (20, 3)),
        (ToSequence(steps="columns"), (3, 4, 5), (5, 12)),
        (ToSequence(), (3, 4), (3, 4)),
        (BatchNorm(), (3, 4), (3, 4)),
    ],
)  # fmt: skip
def test_shapes(layer: Layer, before: tuple[int, ...], after: tuple[int, ...]) -> None:
    assert measured(layer, tensor_of(*before)).tensor == tensor_of(*after)
    assert layer.build(tensor_of(*before))(torch.rand(2, *before)).shape == (2, *after)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (ELU(alpha=2), lambda x: torch.where(x > 0, x, 2 * (torch.exp(x) - 1))),
        (SELU(), lambda x: 1.0507009873554805 * torch.where(x > 0, x, 1.6732632423543772 * (torch.exp(x) - 1))),
        (SiLU(), lambda x: x / (1 + torch.exp(-x))),
        (Mish(), lambda x: x * torch.tanh(torch.log(1 + torch.exp(x)))),
        (Softplus(beta=3), lambda x: torch.log(1 + torch.exp(3 * x)) / 3),
        (HardTanh(limit=0.5), lambda x: torch.minimum(torch.maximum(x, torch.tensor(-0.5)), torch.tensor(0.5))),
        (PReLU(per_channel=True), lambda x: torch.where(x > 0, x, x / 4)),
    ],
    ids=lambda each: each.name() if isinstance(each, Layer) else "",
)
def test_activations_are_their_formulas(layer: Layer, expected) -> None:  # type: ignore[no-untyped-def]
    x = torch.linspace(-4, 4, 24).reshape(2, 12)
    torch.testing.assert_close(layer.build(tensor_of(12))(x).detach(), expected(x))


def test_norms_leave_mean_0_and_variance_1_where_they_should() -> None:
    x = torch.randn(3, 4, 8, 8, generator=torch.Generator().manual_seed(0)) * 5 + 2
    whole = LayerNorm().build(tensor_of(4, 8, 8))(x).reshape(3, -1)
    groups = GroupNorm(groups=2).build(tensor_of(4, 8, 8))(x).reshape(3, 2, -1)
    batch = BatchNorm().build(tensor_of(64, 4))(x.reshape(3, 4, 64).transpose(1, 2)).flatten(0, 1).T
    for found in (whole, groups, batch):
        torch.testing.assert_close(found.mean(-1), torch.zeros(found.shape[:-1]), rtol=0, atol=1e-5)
        torch.testing.assert_close(found.var(-1, correction=0), torch.ones(found.shape[:-1]), rtol=0, atol=1e-3)


def test_transposed_convolution_is_the_gradient_of_a_convolution() -> None:
    module = ConvTranspose2d(filters=3, bias=False).build(tensor_of(2, 5, 5))
    x = torch.rand(1, 2, 5, 5)
    image = torch.zeros(1, 3, 10, 10, requires_grad=True)
    (F.conv2d(image, module.get_parameter("weight"), stride=2, padding=1) * x).sum().backward()
    torch.testing.assert_close(module(x), image.grad)


def test_reshape_and_to_sequence_keep_every_number_in_its_order() -> None:
    x = torch.arange(120.0).reshape(2, 60)
    assert torch.equal(Reshape(channels=3).build(tensor_of(60))(x), x.reshape(2, 3, 4, 5))
    image = x.reshape(2, 3, 4, 5)
    assert torch.equal(Reshape(channels=5, height=12, width=1).build(tensor_of(3, 4, 5))(image), x.reshape(2, 5, 12, 1))
    assert torch.equal(ToSequence().build(tensor_of(3, 4, 5))(image)[0, :, 1], image[0, 1].flatten())
    assert torch.equal(ToSequence(steps="columns").build(tensor_of(3, 4, 5))(image)[0, 2], image[0, :, :, 2].flatten())


def test_noise_has_its_deviation_and_only_while_training() -> None:
    module, x = GaussianNoise(sigma=0.3).build(tensor_of(500)), torch.ones(200, 500)
    torch.manual_seed(0)
    added = module(x) - x
    assert added.std().item() == pytest.approx(0.3, rel=0.01)
    assert added.mean().item() == pytest.approx(0, abs=0.3 * 4 / math.sqrt(added.numel()))
    assert torch.equal(module.eval()(x), x)


@pytest.mark.parametrize(
    ("layer", "shape", "words"),
    [
        (GroupNorm(groups=4), (6, 3, 3), "6 channels cannot be divided into 4"),
        (GroupNorm(groups=4), (4,), "would all become 0"),
        (Reshape(channels=5), (12,), "12 numbers cannot be reshaped to 5×…×…"),
        (Reshape(height=5, width=2), (12,), "12 numbers cannot be reshaped to 1×5×2"),
        (Conv1d(kernel=9, padding="valid"), (5, 3), "does not fit"),
        (ConvTranspose2d(kernel=4, stride=1), (3, 5, 5), "odd kernel"),
        (MaxPool1d(size=8), (5, 3), "does not fit"),
    ],
)
def test_a_shape_that_does_not_fit_is_reported_and_the_suggestion_fits(layer: Layer, shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layer.build(tensor_of(*shape))
    suggestion = layer.suggestion(tensor_of(*shape))
    if suggestion is not None:
        assert suggestion[1].build(tensor_of(*shape))(torch.rand(2, *shape)).shape[0] == 2
    assert (suggestion is None) == isinstance(layer, MaxPool1d)
