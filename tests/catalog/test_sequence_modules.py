"""Positions, patches, class token and pooling against closed forms."""

import math

import pytest
import torch
from torch import nn
from torch.nn import functional as F

from playground.catalog.layers.sequence_modules import ClassToken, LearnedPositions, Patches, SequencePool, SinusoidalPositions
from tests.catalog.padded import LENGTHS, close, padded_batch


@pytest.mark.parametrize("width", [1, 6, 7])
def test_sinusoidal_positions_follow_their_formula(width: int) -> None:
    waves = SinusoidalPositions()(torch.zeros(1, 50, width))[0]
    for step in range(50):
        for feature in range(width):
            angle = step / 10000 ** ((feature - feature % 2) / width)
            assert waves[step, feature] == pytest.approx(math.cos(angle) if feature % 2 else math.sin(angle), abs=1e-5)


def test_positions_are_added() -> None:
    x = torch.randn(3, 5, 8)
    for module in (SinusoidalPositions(), LearnedPositions(9, 8)):
        close(module(x) - x, module(torch.zeros(1, 5, 8)).expand(3, -1, -1))
    learned = LearnedPositions(9, 8)
    assert torch.equal(learned(x), x + F.embedding(torch.arange(5), learned.weight))
    with pytest.raises(RuntimeError):
        learned(torch.randn(1, 10, 8))


def test_the_class_token_comes_first_and_is_always_valid() -> None:
    module, (x, mask) = ClassToken(4), padded_batch(4)
    out = module(x)
    assert torch.equal(out[:, 1:], x)
    assert torch.equal(out[:, 0], module.weight.expand(4, -1))
    after = module.mask_after(mask)
    assert after.dtype == torch.bool
    assert torch.equal(after.sum(dim=1), mask.sum(dim=1) + 1)
    assert torch.equal(after[:, 1:], mask)


@pytest.mark.parametrize(("height", "width"), [(8, 8), (8, 12), (9, 11)])
def test_patches_are_squares_times_a_matrix(height: int, width: int) -> None:
    module, x = Patches(3, 5, 4), torch.randn(2, 3, height, width)
    rows, columns = height // 4, width // 4
    squares = [x[:, :, 4 * row : 4 * row + 4, 4 * column : 4 * column + 4].flatten(1) for row in range(rows) for column in range(columns)]
    expected = torch.stack([F.linear(square, module.weight.flatten(1), module.bias) for square in squares], dim=1)
    torch.testing.assert_close(module(x), expected, rtol=1e-5, atol=1e-5)
    theirs = nn.Conv2d(3, 5, 4, stride=4)
    theirs.load_state_dict(module.state_dict())
    assert torch.equal(theirs(x).flatten(2).transpose(1, 2), module(x))


@pytest.mark.parametrize("how", ["mean", "max", "first", "last"])
def test_pooling_looks_at_valid_steps_only(how: str) -> None:
    module, (x, mask) = SequencePool(how), padded_batch(4)
    for index, length in enumerate(LENGTHS):
        valid = x[index, :length]
        expected = {"mean": valid.mean(dim=0), "max": valid.max(dim=0).values, "first": valid[0], "last": valid[-1]}[how]
        close(module(x, mask)[index], expected)
        close(module(x[index : index + 1, :length])[0], expected)
    x.requires_grad_()
    module(x, mask).sum().backward()
    assert x.grad is not None
    assert not x.grad[~mask].any()
    close(x.grad.sum(dim=1), torch.ones(4, 4))
    assert module.mask_after(mask) is None


@pytest.mark.parametrize("how", ["mean", "max", "first", "last"])
def test_pooling_no_steps_gives_zeros(how: str) -> None:
    x, mask = padded_batch(4, (0, 2))
    x.requires_grad_()
    out = SequencePool(how)(x, mask)
    assert not out[0].any()
    assert out[1].all()
    out.sum().backward()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()
