"""The training examples most like a drawing, as a comparison of pixels sees it."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Split
from playground.explain.errors import ExplainError

_CHUNK = 8192


@dataclass(frozen=True)
class SimilarExample:
    """index: in the training set. label: its class's name. similarity: cosine in [−1, 1], 1 for the same picture. pixels: uint8 (H, W),
    or (C, H, W) in colour."""

    index: int
    label: str
    similarity: float
    pixels: NDArray[np.uint8]


def most_similar(dataset: Dataset, x: Tensor, k: int = 5) -> tuple[SimilarExample, ...]:
    """The k training images whose pixels have the largest cosine with x: (1, C, H, W) in [0, 1], most similar first.

    The first call for a dataset prepares it, later ones take about a millisecond for 4,000 digits.
    Raises: ExplainError if the dataset is no set of labelled images, x does not fit, or is all black."""
    if dataset.family != "images" or not dataset.classes:
        raise ExplainError(f"similar examples are looked up in labelled images; {dataset.title} has none")
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
    """The same examples, however they are augmented, are prepared once."""
    return dataset.model_copy(update={"augmentations": ()}) if "augmentations" in type(dataset).model_fields else dataset


@lru_cache(maxsize=4)
def _prepared(dataset: Dataset) -> tuple[Split, Tensor]:
    """The training split, and its images as rows of length 1: float32, or float16 for more than 20,000 of them."""
    train = dataset.load().train
    kept = torch.float32 if len(train) <= 20_000 else torch.float16
    rows = torch.empty(len(train), int(np.prod(dataset.shape)), dtype=kept)
    for start in range(0, len(train), _CHUNK):
        part = dataset.numbers(np.asarray(train.inputs[start : start + _CHUNK])).flatten(1)
        rows[start : start + _CHUNK] = (part / part.norm(dim=1, keepdim=True).clamp_min(1e-12)).to(kept)
    return train, rows
