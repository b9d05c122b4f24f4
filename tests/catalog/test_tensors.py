"""Tensor specs: axes by name, and examples to trace with."""

import pytest
import torch

from playground.catalog.tensors import TensorSpec


def test_axes_are_found_by_name() -> None:
    image = TensorSpec.image(3, 28, 32)
    assert image.sizes == (3, 28, 32)
    assert image.size("width") == 32
    assert image.has("height", "channels")
    assert not image.has("features")
    assert image.numbers == 3 * 28 * 32
    assert image.resized("height", 14) == TensorSpec.image(3, 14, 32)
    with pytest.raises(KeyError):
        image.size("length")


def test_examples_have_the_shape_and_never_padding() -> None:
    numbers = TensorSpec.sequence(7, 3).sample(5, generator=torch.Generator().manual_seed(0))
    assert numbers.shape == (5, 7, 3)
    assert numbers.dtype == torch.float32
    symbols = TensorSpec.symbols(11, 4).sample(200)
    assert symbols.shape == (200, 11)
    assert sorted(symbols.unique().tolist()) == [1, 2, 3]
    assert TensorSpec.symbols(11, 4).sample(2, "meta").dtype == torch.int64
