"""Training images before and after augmentation. HTML."""

from functools import lru_cache

import numpy as np
import torch
from numpy.typing import NDArray

from playground.catalog.augmentations import pipeline
from playground.catalog.datasets import Images
from playground.catalog.datasets.examples import Array
from playground.web.sheets import sheet

PREVIEWED = 5
"""Images in the preview of augmentation: few, and so large that a small turn is seen."""
_DRAWS = 24
"""Random changes of an image that the two in the preview are taken from."""


@lru_cache(maxsize=64)
def before_and_after(dataset: Images, seed: int) -> str:
    """Training images as they are, and below each two of what augmentation makes of it: the strongest change and its contrary.

    The chance that each is changed is 1 here, whatever its probability, and of several random changes those are shown: a preview
    that shows nothing tells nothing."""
    images = _one_a_class(dataset)
    images = (images[1::2] if len(images) >= 2 * PREVIEWED else images)[:PREVIEWED]
    change = pipeline([each.model_copy(update={"probability": 1.0}) for each in dataset.augmentations])
    rows = [("before", images, "")]
    if change is not None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            batch = dataset.numbers(images)
            draws = torch.stack([change(batch) for _ in range(_DRAWS)])
        strongest, contrary = (_bytes(each) for each in extremes(batch, draws))
        rows += [("after", strongest, ", changed at random"), ("", contrary, ", changed the other way")]
    lines = (
        f"<span>{name}</span>" + sheet(row, len(row), f"{len(row)} training images{words}") for name, row, words in rows
    )
    return f'<div class="pg-before-after">{"".join(lines)}</div>'


def extremes(images: torch.Tensor, draws: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Of each image's random changes the one farthest from the image, and the one farthest from that: left and right of a turn.

    images: (N, C, H, W), draws: (D, N, C, H, W) → twice (N, C, H, W). Distances are mean absolute differences."""
    each = torch.arange(len(images))
    strongest = draws[(draws - images).abs().mean(dim=(2, 3, 4)).argmax(dim=0), each]
    return strongest, draws[(draws - strongest).abs().mean(dim=(2, 3, 4)).argmax(dim=0), each]


def _one_a_class(dataset: Images) -> Array:
    split = dataset.load().train
    return np.stack([split.inputs[np.flatnonzero(split.targets == label)[0]] for label in range(len(dataset.classes))])


def _bytes(images: torch.Tensor) -> NDArray[np.uint8]:
    return (images * 255).round().clamp(0, 255).to(torch.uint8).numpy()
