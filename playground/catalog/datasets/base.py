"""What a dataset declares."""

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray

from playground.catalog.layers.base import Shape
from playground.catalog.tasks.base import Task
from playground.catalog.variant import Variant

Array = NDArray[Any]


@dataclass(frozen=True)
class Split:
    """Examples and their targets, as plain (often memory-mapped, never written) arrays.

    inputs: uint8 (N, C, H, W) for images, float32 (N, D) otherwise. targets: int64 (N,) classes, or float32 (N, D)."""

    inputs: Array
    targets: Array

    def __len__(self) -> int:
        return len(self.inputs)


@dataclass(frozen=True)
class Data:
    """A loaded dataset: what is learned from, and what is never seen in training."""

    train: Split
    test: Split


class Dataset(Variant):
    """A set of examples, always the same for the same settings."""

    family: ClassVar[Literal["images", "points"]]
    task: ClassVar[Task]
    shape: ClassVar[Shape]
    """Of one example: (C, H, W) or (D,)."""
    classes: ClassVar[tuple[str, ...]] = ()
    """Names of the classes; () for regression."""
    bounds: ClassVar[tuple[float, float]] = (-6.0, 6.0)
    """Of both axes, for points: what a picture of the plane shows."""

    @abstractmethod
    def load(self) -> Data:
        """The examples; from the array cache where they were made before.

        Raises: DataError if a file is damaged or missing, naming the file and the remedy."""

    def encode(self, raw: Array | torch.Tensor) -> torch.Tensor:
        """Raw examples → what the network takes: images (N, H, W) or (N, C, H, W) of whole numbers from 0 to 255 →
        float32 (N, C, H, W) in [0, 1], floating-point images as they are; rows (N, D) → float32 (N, D).

        Raises: ValueError naming the shape that is expected."""
        tensor = raw if isinstance(raw, torch.Tensor) else torch.from_numpy(np.require(raw, requirements="W"))
        if self.family == "images" and tensor.ndim == len(self.shape) and self.shape[0] == 1:
            tensor = tensor.unsqueeze(1)
        if tuple(tensor.shape[1:]) != self.shape:
            expected = "×".join(map(str, self.shape))
            raise ValueError(f"{self.title}: expected examples of {expected}, got an array {tuple(tensor.shape)}")
        if self.family == "images" and not tensor.is_floating_point():
            return tensor.to(torch.float32).div_(255.0)
        return tensor.to(torch.float32, copy=True)


class DataError(Exception):
    """A dataset cannot be had: the message names the file and the remedy."""
