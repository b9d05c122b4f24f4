"""Augmentations, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.augmentations.affine import Affine
from playground.catalog.augmentations.base import Augmentation, ImageAugmentation, MixingAugmentation
from playground.catalog.augmentations.blur import Blur
from playground.catalog.augmentations.brightness import Brightness
from playground.catalog.augmentations.color_jitter import ColorJitter
from playground.catalog.augmentations.contrast import Contrast
from playground.catalog.augmentations.crop import Crop
from playground.catalog.augmentations.cutmix import CutMix
from playground.catalog.augmentations.elastic import Elastic
from playground.catalog.augmentations.erasing import Erasing
from playground.catalog.augmentations.horizontal_flip import HorizontalFlip
from playground.catalog.augmentations.mixup import Mixup
from playground.catalog.augmentations.noise import Noise
from playground.catalog.augmentations.perspective import Perspective
from playground.catalog.augmentations.pipeline import Pipeline, pipeline
from playground.catalog.augmentations.rotation import Rotation
from playground.catalog.augmentations.variety import Variety, variety
from playground.catalog.augmentations.vertical_flip import VerticalFlip
from playground.catalog.variant import Registry

AUGMENTATIONS: Registry[Augmentation] = Registry(
    "augmentation",
    Rotation, Affine, Elastic, Crop, Perspective, HorizontalFlip, VerticalFlip,
    Brightness, Contrast, ColorJitter,
    Noise, Blur, Erasing,
    Mixup, CutMix,
)  # fmt: skip

if TYPE_CHECKING:
    AnyAugmentation = Augmentation
else:
    AnyAugmentation = AUGMENTATIONS.union()

__all__ = [
    "AUGMENTATIONS", "Affine", "AnyAugmentation", "Augmentation", "Blur", "Brightness", "ColorJitter", "Contrast", "Crop", "CutMix",
    "Elastic", "Erasing", "HorizontalFlip", "ImageAugmentation", "MixingAugmentation", "Mixup", "Noise", "Perspective", "Pipeline",
    "Rotation", "Variety", "VerticalFlip", "pipeline", "variety",
]  # fmt: skip
