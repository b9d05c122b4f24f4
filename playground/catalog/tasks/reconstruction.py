"""Pictures instead of classes."""

from typing import ClassVar, Literal

from torch import Tensor

from playground.catalog.tasks.base import Task


class Reconstruction(Task):
    """Each example is a picture, and the network gives a picture: the clean one of a noisy one, or the same again after a bottleneck."""

    title: ClassVar[str] = "Reconstruction"
    source: ClassVar[str] = "Vincent et al. 2008, ICML:1096 (denoising autoencoders)"

    kind: Literal["reconstruction"] = "reconstruction"

    def encode(self, targets: Tensor, outputs: int) -> Tensor:
        return targets.flatten(1).float()

    def probabilities(self, outputs: Tensor) -> Tensor:
        return outputs

    def correct(self, outputs: Tensor, targets: Tensor) -> None:
        return None
