"""Training images before and after augmentation. HTML."""

import html
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from playground.catalog.augmentations import MixingAugmentation, Pipeline, pipeline
from playground.catalog.datasets import Images
from playground.catalog.datasets.examples import Array
from playground.catalog.encodings import pixels
from playground.web.image_grid import image_grid

PREVIEWED = 5
"""Images in the preview: few, and large enough that a small rotation is visible."""
_DRAWS = 24
"""Random changes of an image, from which the two in the preview are chosen."""
_MIXED_DRAWS = 6
"""If targets are mixed, only this many of them are considered, the most evenly mixed ones."""
_NAMED_SHARE = 0.05
"""Classes with a smaller share of a mixed target are not named."""


@lru_cache(maxsize=64)
def before_and_after(dataset: Images, seed: int) -> str:
    """Training images, and below each of them two augmented versions: the strongest change and the one furthest from it; below mixed images
    the shares of their classes.

    Every image is changed here, whatever the probability, and the most visible of several random changes are shown."""
    images, labels = _examples(dataset)
    shown = (torch.arange(1, len(images), 2) if len(images) >= 2 * PREVIEWED else torch.arange(len(images)))[:PREVIEWED]
    rows = [_row("before", pixels(dataset.numbers(images))[shown.numpy()], "")]
    suitable = [each for each in dataset.augmentations if dataset.classes or not isinstance(each, MixingAugmentation)]
    change = pipeline([each.model_copy(update={"probability": 1.0}) for each in suitable], len(dataset.classes))
    if change is not None:
        batch = dataset.numbers(images)
        draws, targets = _drawn(change, batch, torch.from_numpy(labels), seed)
        draws, targets = draws[:, shown], targets[:, shown]
        if change.mixes:
            draws, targets = _most_even(draws, targets)
        names = dataset.classes if change.mixes else ()
        pairs = zip(("after", ""), ("changed at random", "changed the other way"), extremes(batch[shown], draws), strict=True)
        for name, words, picked in pairs:
            each = torch.arange(len(shown))
            rows.append(_row(name, pixels(draws[picked, each]), f", {words}", targets[picked, each], names))
    return f'<div class="pg-before-after" style="--columns: {len(shown)}">{"".join(rows)}</div>'


def extremes(images: Tensor, draws: Tensor) -> tuple[Tensor, Tensor]:
    """For each image, the index of the random change furthest from the image, and of the one furthest from that, such as rotations to the
    left and to the right.

    images: (N, C, H, W), draws: (D, N, C, H, W) → two tensors (N,), from 0 to D − 1. Distances are mean absolute differences."""
    strongest = (draws - images).abs().mean(dim=(2, 3, 4)).argmax(dim=0)
    contrary = (draws - draws[strongest, torch.arange(len(images))]).abs().mean(dim=(2, 3, 4)).argmax(dim=0)
    return strongest, contrary


def shares(target: Sequence[float], names: Sequence[str]) -> list[tuple[str, str]]:
    """A mixed target as text, the largest shares first: [("3", "62 %"), ("8", "38 %")]."""
    largest = sorted(((share, name) for share, name in zip(target, names, strict=True) if share >= _NAMED_SHARE), reverse=True)
    return [(name, f"{100 * share:.0f} %") for share, name in largest[:3]]


def _drawn(change: Pipeline, images: Tensor, labels: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """Many random changes: (D, N, C, H, W), and their targets (D, N) or (D, N, K)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        drawn = [change(images, labels) for _ in range(_DRAWS)]
    return torch.stack([each for each, _ in drawn]), torch.stack([targets for _, targets in drawn])


def _most_even(draws: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """The draws of each image whose targets (D, N, K) are mixed most evenly: a mixture of 99 % would show nothing."""
    order = targets.square().sum(dim=2).argsort(dim=0)[:_MIXED_DRAWS]
    each = torch.arange(draws.shape[1])
    return draws[order, each], targets[order, each]


def _row(name: str, images: NDArray[np.uint8], words: str, targets: Tensor | None = None, names: Sequence[str] = ()) -> str:
    """A row of the grid: its name, its images, and their targets below if they are mixed."""
    mixed = [shares(target, names) for target in targets.tolist()] if targets is not None and names else []
    words_below = [", ".join(f"{called} {share}" for called, share in each) for each in mixed]
    line = f"<span>{name}</span>" + image_grid(
        images, len(images), f"{len(images)} training images{words}{': ' if words_below else ''}{'; '.join(words_below)}"
    )
    if mixed:
        line += f'<div aria-hidden="true">{"".join(map(_cell, mixed, words_below))}</div>'
    return line


def _cell(mixed: list[tuple[str, str]], words_below: str) -> str:
    """The target of an image, one line per class; long names wrap."""
    lines = "<br>".join(f"{share.replace(' ', '&nbsp;')} <b>{html.escape(name)}</b>" for name, share in mixed)
    return f'<span title="{html.escape(words_below, quote=True)}">{lines}</span>'


def _examples(dataset: Images) -> tuple[Array, NDArray[np.int64]]:
    """The first training image of each class, and the classes; the first images if there are no classes."""
    split = dataset.preview().train
    if not dataset.classes:
        return split.inputs[:PREVIEWED], np.zeros(len(split.inputs[:PREVIEWED]), np.int64)
    labels, first = np.unique(split.targets, return_index=True)
    return split.inputs[first], labels.astype(np.int64)
