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
from playground.web.sheets import sheet

PREVIEWED = 5
"""Images in the preview: few, and so large that a small turn is seen."""
_DRAWS = 24
"""Random changes of an image that the two in the preview are taken from."""
_MIXED_DRAWS = 6
"""Of those, the ones with the most evenly mixed targets, where targets are mixed."""
_NAMED_SHARE = 0.05
"""Of a mixed target, from which on its class is named."""


@lru_cache(maxsize=64)
def before_and_after(dataset: Images, seed: int) -> str:
    """Training images as they are, and below each two of what augmentation makes of it: the strongest change and its contrary; below
    mixed images the shares of their classes.

    The chance that each is changed is 1 here, whatever its probability, and of several random changes those are shown: a preview
    that shows nothing tells nothing."""
    images, labels = _examples(dataset)
    shown = (torch.arange(1, len(images), 2) if len(images) >= 2 * PREVIEWED else torch.arange(len(images)))[:PREVIEWED]
    rows = [_row("before", _bytes(dataset.numbers(images))[shown.numpy()], "")]
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
            rows.append(_row(name, _bytes(draws[picked, each]), f", {words}", targets[picked, each], names))
    return f'<div class="pg-before-after" style="--columns: {len(shown)}">{"".join(rows)}</div>'


def extremes(images: Tensor, draws: Tensor) -> tuple[Tensor, Tensor]:
    """Which of each image's random changes is the farthest from the image, and which the farthest from that: left and right of a turn.

    images: (N, C, H, W), draws: (D, N, C, H, W) → twice (N,), from 0 to D − 1. Distances are mean absolute differences."""
    strongest = (draws - images).abs().mean(dim=(2, 3, 4)).argmax(dim=0)
    contrary = (draws - draws[strongest, torch.arange(len(images))]).abs().mean(dim=(2, 3, 4)).argmax(dim=0)
    return strongest, contrary


def shares(target: Sequence[float], names: Sequence[str]) -> list[tuple[str, str]]:
    """A mixed target in words, the largest shares first: [("3", "62 %"), ("8", "38 %")]."""
    found = sorted(((share, name) for share, name in zip(target, names, strict=True) if share >= _NAMED_SHARE), reverse=True)
    return [(name, f"{100 * share:.0f} %") for share, name in found[:3]]


def _drawn(change: Pipeline, images: Tensor, labels: Tensor, seed: int) -> tuple[Tensor, Tensor]:
    """Many random changes: (D, N, C, H, W), and their targets (D, N) or (D, N, K)."""
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        drawn = [change(images, labels) for _ in range(_DRAWS)]
    return torch.stack([each for each, _ in drawn]), torch.stack([targets for _, targets in drawn])


def _most_even(draws: Tensor, targets: Tensor) -> tuple[Tensor, Tensor]:
    """Of each image's draws those whose targets (D, N, K) are mixed the most: a mixture of 99 % shows nothing."""
    order = targets.square().sum(dim=2).argsort(dim=0)[:_MIXED_DRAWS]
    each = torch.arange(draws.shape[1])
    return draws[order, each], targets[order, each]


def _row(name: str, images: NDArray[np.uint8], words: str, targets: Tensor | None = None, names: Sequence[str] = ()) -> str:
    """A line of the grid: its name, its images, and below them what they are called, where they are mixed."""
    mixed = [shares(target, names) for target in targets.tolist()] if targets is not None and names else []
    told = [", ".join(f"{called} {share}" for called, share in each) for each in mixed]
    line = f"<span>{name}</span>" + sheet(
        images, len(images), f"{len(images)} training images{words}{': ' if told else ''}{'; '.join(told)}"
    )
    if mixed:
        line += f'<div aria-hidden="true">{"".join(map(_cell, mixed, told))}</div>'
    return line


def _cell(mixed: list[tuple[str, str]], told: str) -> str:
    """What an image is called, a line a class; a name that is too long for it has the next line."""
    lines = "<br>".join(f"{share.replace(' ', '&nbsp;')} <b>{html.escape(name)}</b>" for name, share in mixed)
    return f'<span title="{html.escape(told, quote=True)}">{lines}</span>'


def _examples(dataset: Images) -> tuple[Array, NDArray[np.int64]]:
    """The first training image of each class that has one, and the classes; the first images, where there are no classes."""
    split = dataset.load().train
    if not dataset.classes:
        return split.inputs[:PREVIEWED], np.zeros(len(split.inputs[:PREVIEWED]), np.int64)
    labels, first = np.unique(split.targets, return_index=True)
    return split.inputs[first], labels.astype(np.int64)


def _bytes(images: Tensor) -> NDArray[np.uint8]:
    return (images * 255).round().clamp(0, 255).to(torch.uint8).numpy()
