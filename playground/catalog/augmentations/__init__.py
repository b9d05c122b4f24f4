"""Augmentations, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.augmentations.affine import Affine
from playground.catalog.augmentations.base import Augmentation
from playground.catalog.augmentations.brightness import Brightness
from playground.catalog.augmentations.erasing import Erasing
from playground.catalog.augmentations.horizontal_flip import HorizontalFlip
from playground.catalog.augmentations.noise import Noise
from playground.catalog.augmentations.pipeline import pipeline
from playground.catalog.augmentations.rotation import Rotation
from playground.catalog.variant import Registry

AUGMENTATIONS: Registry[Augmentation] = Registry("augmentation", Rotation, Affine, HorizontalFlip, Brightness, Noise, Erasing)

if TYPE_CHECKING:
    AnyAugmentation = Augmentation
else:
    AnyAugmentation = AUGMENTATIONS.union()

__all__ = [
    "AUGMENTATIONS", "Affine", "AnyAugmentation", "Augmentation", "Brightness", "Erasing", "HorizontalFlip", "Noise", "Rotation",
    "pipeline",
]  # fmt: skip
