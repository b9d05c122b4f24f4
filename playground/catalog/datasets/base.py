"""What a dataset declares."""

from abc import abstractmethod
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.datasets.difficulty import fewer, imbalanced, mislabelled
from playground.catalog.datasets.examples import Array, Data
from playground.catalog.layers.base import Shape
from playground.catalog.tasks.base import Task
from playground.catalog.variant import Variant

Family = Literal["images", "points", "tables", "curves"]

DIFFICULTY = ("train_size", "imbalance", "label_noise", "standardise")
"""The settings that every dataset has."""

_STREAM = 2
"""Of random numbers: what makes a set harder draws from a stream of its own."""


class Dataset(Variant):
    """A set of examples, always the same for the same settings."""

    family: ClassVar[Family]
    """images: uint8 (C, H, W). points: of the plane. tables: rows of features. curves: one number, and the value there."""
    bounds: ClassVar[tuple[float, float]] = (-6.0, 6.0)
    """Of both axes, for points and curves: what a picture of the plane shows."""
    target_title: ClassVar[str] = "Target"
    """What is to be learned, where it has a name."""
    licence: ClassVar[str] = "Made by this app from random numbers: free for every use"
    """Under which the data may be used."""
    linear: ClassVar[bool] = True
    """False where it is known that no straight line, or plane, parts the classes or follows the values."""

    train_size: int | None = Field(
        None, ge=1, le=10_000_000, title="Training examples", description="Learn from at most so many, each class by its share",
        json_schema_extra={"none": "all"},
    )  # fmt: skip
    imbalance: float = Field(
        1.0, ge=1, le=100, title="Imbalance", description="How many times rarer the last class is than the first, in training"
    )
    label_noise: float = Field(
        0.0,
        ge=0,
        le=0.9,
        title="Label noise",
        description="Share of the training examples with a wrong class; of values: noise, in their standard deviations",
    )
    standardise: bool = Field(
        False, title="Standardise", description="Bring every feature, of images every channel, to mean 0 and standard deviation 1"
    )

    @property
    @abstractmethod
    def task(self) -> Task:
        """What is to be learned."""

    @property
    @abstractmethod
    def shape(self) -> Shape:
        """Of one example: (C, H, W) or (D,). Known from the settings alone, without the examples."""

    @property
    def classes(self) -> tuple[str, ...]:
        """Names of the classes; () where targets are values."""
        return ()

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Of the numbers of an example, in their order; () for images."""
        return tuple(f"x{place + 1}" for place in range(self.shape[0])) if len(self.shape) == 1 else ()

    @property
    def target_size(self) -> int:
        """Numbers in a target that is no class."""
        return 1

    @abstractmethod
    def examples(self) -> Data:
        """All examples, as they come; from the array cache where they were made before.

        Raises: DataError if they cannot be had, naming the file and the remedy."""

    def load(self) -> Data:
        """The examples, the training set as the settings spoil it.

        Raises: DataError, as `examples`."""
        data = self.examples()
        rng = np.random.default_rng([getattr(self, "seed", 0), _STREAM])
        train = imbalanced(data.train, len(self.classes), self.imbalance, rng)
        if self.train_size is not None:
            train = fewer(train, self.train_size, rng)
        return Data(mislabelled(train, len(self.classes), self.label_noise, rng), data.test)

    def numbers(self, raw: Array | Tensor) -> Tensor:
        """Raw examples as float32, not yet standardised: images (N, H, W) or (N, C, H, W) of whole numbers from 0 to 255 →
        (N, C, H, W) in [0, 1], floating-point images as they are; rows (N, D) → (N, D).

        Raises: ValueError naming the shape that is expected."""
        tensor = raw if isinstance(raw, Tensor) else torch.from_numpy(np.require(raw, requirements="W"))
        if self.family == "images" and tensor.ndim == len(self.shape) and self.shape[0] == 1:
            tensor = tensor.unsqueeze(1)
        if tuple(tensor.shape[1:]) != self.shape:
            expected = "×".join(map(str, self.shape))
            raise ValueError(f"{self.title}: expected examples of {expected}, got an array {tuple(tensor.shape)}")
        if self.family == "images" and not tensor.is_floating_point():
            return tensor.to(torch.float32).div_(255.0)
        return tensor.to(torch.float32, copy=True)

    def scaled(self, numbers: Tensor) -> Tensor:
        """What `numbers` gives → what the network takes: the same, or standardised."""
        if not self.standardise:
            return numbers
        mean, deviation = self.statistics()
        return (numbers - mean.to(numbers.device)) / deviation.to(numbers.device)

    def statistics(self) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of the training examples as `numbers` gives them, one a channel (C, 1, 1) or a feature (D,).

        Raises: DataError where the examples cannot be had."""
        return _statistics(_without_augmentation(self))

    def encode(self, raw: Array | Tensor) -> Tensor:
        """Raw examples → what the network takes: `scaled` after `numbers`.

        Raises: ValueError naming the shape that is expected; DataError where it standardises and the examples cannot be had."""
        return self.scaled(self.numbers(raw))


def _without_augmentation(dataset: Dataset) -> Dataset:
    return dataset.model_copy(update={"augmentations": ()}) if getattr(dataset, "augmentations", ()) else dataset


@lru_cache(maxsize=32)
def _statistics(dataset: Dataset) -> tuple[Tensor, Tensor]:
    return mean_and_deviation(dataset.load().train.inputs, (0, 2, 3) if dataset.family == "images" else (0,))


def mean_and_deviation(inputs: Array, axes: tuple[int, ...]) -> tuple[Tensor, Tensor]:
    """Of the training examples, over these axes: (C, 1, 1) for images, (D,) otherwise. A deviation of 0 counts as 1: one below what
    float32 tells apart is 0."""
    scale = 255.0 if np.issubdtype(inputs.dtype, np.integer) else 1.0
    mean = inputs.mean(axis=axes, dtype=np.float64, keepdims=True)[0] / scale
    deviation = inputs.std(axis=axes, dtype=np.float64, keepdims=True)[0] / scale
    deviation = np.where(deviation > np.finfo(np.float32).eps * np.abs(mean), deviation, 1.0)
    return torch.from_numpy(mean.astype(np.float32)), torch.from_numpy(deviation.astype(np.float32))
