"""Tensors for tests, by their sizes alone."""

from playground.catalog.tensors import TensorSpec


def tensor_of(*sizes: int) -> TensorSpec:
    """A vector (features), a sequence (length, features) or an image (channels, height, width)."""
    kinds = {1: TensorSpec.vector, 2: TensorSpec.sequence, 3: TensorSpec.image}
    return kinds[len(sizes)](*sizes)
