"""What an encoding declares: how the examples of a dataset become inputs of a network, and how they are shown and described."""

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import DTypeLike
from torch import Tensor

from playground.catalog.tensors import Array, TensorSpec

Picture = Literal["images", "points", "table", "curve", "series", "symbols"]
Domain = Literal["line", "plane"]

_PART = 1000
"""Examples that are converted to float64 at once."""


@dataclass(frozen=True)
class Typed:
    """What a person typed, as far as it could be read.

    steps: int64 (l,) symbols or float32 (l, F) numbers, l from 0 to the encoding's length. tokens: (l) what was typed, as it can be shown.
    unknown: indices of the tokens that the vocabulary does not have and that are read as its unknown symbol. left_out: tokens that it does
    not have at all, as they can be shown; each once. cut: how many tokens are not read, because there are more than the length."""

    steps: Array
    tokens: tuple[str, ...]
    unknown: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()
    cut: int = 0


@dataclass(frozen=True)
class Encoding(ABC):
    """How raw examples, as a dataset stores them, become inputs of a network.

    Raw examples → `numbers` → `scaled` → the network; `raw` and `unscaled` are the inverses."""

    title: ClassVar[str]
    """Name of this kind of data."""
    examples: ClassVar[str]
    """What the examples are, in the plural, within a sentence: "images"."""
    keywords: ClassVar[str] = ""
    """Words that people look for when they mean this kind of data, besides its title."""
    picture: ClassVar[Picture]
    """How examples are drawn."""
    domain: ClassVar[Domain | None] = None
    """If inputs are points of a line or of a plane, all predictions can be plotted over it, between the bounds of the dataset."""
    stored: ClassVar[DTypeLike] = np.float32
    """The type of the numbers that a dataset stores."""
    divisor: ClassVar[int] = 1
    """What stored numbers are divided by."""
    standardizes: ClassVar[bool] = True
    """Whether numbers can be standardized; symbols cannot."""
    axes: ClassVar[tuple[int, ...]] = (0,)
    """The axes that the statistics are computed over."""
    has_columns: ClassVar[bool] = False
    """Whether the features are columns with names worth listing."""
    at_once: ClassVar[int] = 1024
    """How many examples are evaluated together at most on the CPU, so that their activations fit into its cache."""
    is_slow: ClassVar[bool] = False
    """Whether examples are so large that reading or generating them takes noticeable time."""

    @property
    @abstractmethod
    def tensor(self) -> TensorSpec:
        """The input of the network."""

    @property
    @abstractmethod
    def size(self) -> str:
        """The size of an example in words: "28×28 pixels, grayscale"."""

    @property
    def example(self) -> str:
        """An example as the network receives it, in words, with its article: "an image of …"."""
        return self.size

    @property
    def symbols(self) -> tuple[str, ...]:
        """How each symbol is displayed, in order, padding first; () for numbers."""
        return ()

    @property
    def unknown(self) -> int | None:
        """The number of the symbol that stands for unknown ones; None if there is none, and for numbers."""
        return None

    @property
    def how_to_type(self) -> str:
        """How a person types an example; "" if that is not possible."""
        return ""

    def read(self, text: str) -> Array:
        """An example as a person types it → its steps, (l,) symbols or (l, F) numbers, however many there are.

        Raises: ValueError naming what cannot be read; TypeError if examples cannot be typed."""
        raise TypeError(f"{self.examples} cannot be typed")

    @property
    def preprocessing(self) -> dict[str, object]:
        """How stored examples become `numbers`, for programs that use an exported network; values are JSON."""
        return {"divide_by": self.divisor}

    def numbers(self, raw: Array | Tensor) -> Tensor:
        """Raw examples (N, …) → inputs of the network (N, *tensor.sizes) that are not standardized; always a copy.

        Raises: ValueError naming the expected shape."""
        tensor = self.completed(raw if isinstance(raw, Tensor) else torch.from_numpy(np.require(raw, requirements="W")))
        if tuple(tensor.shape[1:]) != self.tensor.sizes:
            expected = "×".join(map(str, self.tensor.sizes))
            raise ValueError(f"expected examples of shape {expected}, got an array of shape {tuple(tensor.shape)}")
        return self.converted(tensor)

    def completed(self, raw: Tensor) -> Tensor:
        """Adds what raw examples may leave out, such as the only channel."""
        return raw

    def converted(self, raw: Tensor) -> Tensor:
        """Raw examples of the right shape → numbers."""
        return raw.to(self.tensor.dtype, copy=True)

    def raw(self, numbers: Tensor) -> Array:
        """The inverse of `numbers`, rounded to what a dataset can store."""
        return numbers.cpu().numpy().astype(self.stored)

    def scaled(self, numbers: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
        """Standardizes `numbers`; mean, deviation: from `statistics`."""
        return (numbers - mean.to(numbers.device)) / deviation.to(numbers.device)

    def unscaled(self, scaled: Tensor, mean: Tensor, deviation: Tensor) -> Tensor:
        """The inverse of `scaled`: values in the units of the data."""
        return scaled * deviation.to(scaled.device) + mean.to(scaled.device)

    def statistics(self, inputs: Array) -> tuple[Tensor, Tensor]:
        """Mean and standard deviation of stored examples after `numbers`: per channel (C, 1, 1), per feature (F,)."""
        return mean_and_deviation(self.measured(inputs), self.axes, self.divisor)

    def measured(self, inputs: Array) -> Array:
        """What the statistics are computed over: the stored examples without padding."""
        return inputs

    def mean(self, inputs: Array) -> Tensor:
        """The mean of stored examples after `numbers`: (*tensor.sizes)."""
        return torch.from_numpy(np.mean(inputs, axis=0, dtype=np.float64)).to(torch.float32) / self.divisor

    def collated(self, examples: Sequence[Array]) -> Array:
        """Single raw examples → one array, as a dataset stores it; examples of different lengths are padded.

        Raises: ValueError if one does not fit."""
        return np.stack([np.asarray(example, self.stored) for example in examples])

    def unpadded(self, raw: Array) -> Array:
        """A stored example without the padding after its end."""
        return raw

    def steps(self, raw: Array) -> tuple[str, ...]:
        """What each step of an unpadded example is, as it can be shown; () for an example without steps."""
        return ()

    def as_typed(self, raw: Array) -> str:
        """An unpadded example as a person would type it; "" if examples cannot be typed."""
        return ""

    def tokens(self, text: str) -> list[str] | None:
        """The symbols that a text consists of, as they stand there; None for numbers."""
        return None

    def typed(self, text: str, last: bool = False) -> Typed:
        """A text that may have anything in it, as far as it can be read. last: of a text that is too long, whether its last steps are read
        rather than the first.

        Raises: ValueError naming what is not a number, where numbers are expected; TypeError if examples cannot be typed."""
        raise TypeError(f"{self.examples} cannot be typed")

    @property
    def start(self) -> int:
        """A symbol after which a text can begin. Raises: TypeError for numbers."""
        raise TypeError(f"{self.examples} are not written")

    def written(self, symbols: Sequence[int]) -> str:
        """The text of symbols, without padding; words are separated by spaces.

        Raises: TypeError for numbers."""
        raise TypeError(f"{self.examples} are not written")


def mean_and_deviation(inputs: Array, axes: tuple[int, ...], divisor: int) -> tuple[Tensor, Tensor]:
    """Of the training examples divided by `divisor`, over these axes: (C, 1, 1) for images, (D,) otherwise. A deviation of 0, up to the
    precision of float32, counts as 1."""
    parts = [inputs[start : start + _PART] for start in range(0, len(inputs), _PART)]
    count = math.prod(inputs.shape[axis] for axis in axes)
    mean = sum(part.sum(axis=axes, dtype=np.float64, keepdims=True) for part in parts) / count
    variance = sum(np.square(part - mean).sum(axis=axes, keepdims=True) for part in parts) / count
    mean, deviation = mean[0] / divisor, np.sqrt(variance)[0] / divisor
    deviation = np.where(deviation > np.finfo(np.float32).eps * np.abs(mean), deviation, 1.0)
    return torch.from_numpy(mean.astype(np.float32)), torch.from_numpy(deviation.astype(np.float32))
