"""Images instead of classes."""

from typing import ClassVar, Literal

from playground.catalog.tasks.base import Task


class Reconstruction(Task):
    """The network turns an image into another: a noisy one into a clean one, or, through a bottleneck, an image into itself."""

    title: ClassVar[str] = "Reconstruction"
    source: ClassVar[str] = "Vincent et al. 2008, ICML:1096 (denoising autoencoders)"
    has_classes: ClassVar[bool] = False

    kind: Literal["reconstruction"] = "reconstruction"
