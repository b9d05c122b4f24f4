"""Augmentations one after another."""

from collections.abc import Sequence

from torch import nn

from playground.catalog.augmentations.base import Augmentation


def pipeline(augmentations: Sequence[Augmentation]) -> nn.Module | None:
    """A module that applies them in order, (N, C, H, W) in [0, 1] → the same shape and range; None where there is nothing to apply."""
    if not augmentations:
        return None
    return nn.Sequential(*(augmentation.build() for augmentation in augmentations))
