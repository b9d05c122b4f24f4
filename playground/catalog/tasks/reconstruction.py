"""Images instead of classes."""

from typing import ClassVar, Literal

from playground.catalog.tasks.base import Task


class Reconstruction(Task):
    """Each example is an image, and the network gives an image: the clean one of a noisy one, or the same again after a bottleneck."""

    title: ClassVar[str] = "Reconstruction"
    source: ClassVar[str] = "Vincent et al. 2008, ICML:1096 (denoising autoencoders)"
    has_classes: ClassVar[bool] = False

    kind: Literal["reconstruction"] = "reconstruction"
