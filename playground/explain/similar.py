"""The training examples most similar to a drawing, by their pixels."""

from dataclasses import dataclass
from math import prod
from threading import Condition
from typing import Any

import numpy as np
import torch
from cachetools import LRUCache, cached
from numpy.typing import NDArray
from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Split
from playground.explain.errors import ExplainError

_CHUNK = 2048
"""Images that are compared at once."""
_SMALL_BYTES = 40_000_000
_CACHE_BYTES = 250_000_000
"""Of all prepared datasets together: enough for MNIST (94 MB), or for 20,000 images of 64 × 64 (164 MB)."""


@dataclass(frozen=True)
class SimilarExample:
    """index: in the training set. label: its class's name. similarity: cosine in [−1, 1], 1 for the same image. pixels: uint8 (H, W),
    or (C, H, W) in color."""

    index: int
    label: str
    similarity: float
    pixels: NDArray[np.uint8]


def most_similar(dataset: Dataset, x: Tensor, k: int = 5) -> tuple[SimilarExample, ...]:
    """The k training images whose pixels have the largest cosine similarity to x: (1, C, H, W) in [0, 1], most similar first.

    The first call for a dataset prepares it, later ones take about a millisecond for 4,000 digits.
    Raises: ExplainError if the dataset has no labeled images, or x does not fit or is all black."""
    if not dataset.tensor.has("height", "width") or not dataset.classes:
        raise ExplainError(f"similar examples need labeled images; {dataset.title} has none")
    if tuple(x.shape) != (1, *dataset.shape):
        raise ExplainError(f"x: must be one example of {'×'.join(map(str, dataset.shape))}, got {tuple(x.shape)}")
    query = x.detach().cpu().to(torch.float32).flatten()
    length = float(query.norm())
    if not 0 < length < float("inf"):
        raise ExplainError("x: is all black; there is nothing to compare")
    train, unit_rows = _prepared(_unaugmented(dataset))
    cosines = torch.cat([part.to(torch.float32) @ (query / length) for part in torch.split(unit_rows, _CHUNK)])
    best = torch.topk(cosines, min(max(k, 1), len(cosines)))
    return tuple(_example(dataset, train, index, cosine) for index, cosine in zip(best.indices.tolist(), best.values.tolist(), strict=True))


def _example(dataset: Dataset, train: Split, index: int, cosine: float) -> SimilarExample:
    pixels: NDArray[Any] = np.array(train.inputs[index])
    return SimilarExample(index, dataset.classes[int(train.targets[index])], min(cosine, 1.0), pixels[0] if len(pixels) == 1 else pixels)


def _unaugmented(dataset: Dataset) -> Dataset:
    """The same dataset without augmentations, so that its examples are prepared once."""
    return dataset.model_copy(update={"augmentations": ()}) if "augmentations" in type(dataset).model_fields else dataset


@cached(LRUCache(_CACHE_BYTES, lambda prepared: prepared[1].nbytes), condition=Condition())
def _prepared(dataset: Dataset) -> tuple[Split, Tensor]:
    """The training split, and its images as rows of length 1: float32, or float16 if they are large."""
    train = dataset.load().train
    numbers = len(train) * prod(dataset.shape)
    kept = torch.float32 if 4 * numbers <= _SMALL_BYTES else torch.float16
    rows = torch.empty(len(train), prod(dataset.shape), dtype=kept)
    for start in range(0, len(train), _CHUNK):
        part = dataset.numbers(np.asarray(train.inputs[start : start + _CHUNK])).flatten(1)
        rows[start : start + _CHUNK] = (part / part.norm(dim=1, keepdim=True).clamp_min(1e-12)).to(kept)
    return train, rows
