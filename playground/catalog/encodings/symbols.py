"""Sequences of symbols: numbers that stand for entries of a vocabulary, such as digits, characters or words."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import DTypeLike
from torch import Tensor

from playground.catalog.encodings.base import Array, Encoding, Picture
from playground.catalog.tensors import PADDING_SYMBOL, TensorSpec

UNKNOWN_SYMBOL = 1
"""Stands for characters and words that are not in the vocabulary of a text."""
PADDING_NAME, UNKNOWN_NAME = "", "\N{REPLACEMENT CHARACTER}"
"""How these two are displayed."""

Unit = Literal["characters", "words"]
_WORD = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")


@dataclass(frozen=True)
class SymbolEncoding(Encoding):
    """Stored as int64 (N, L), with 0 after the end of a shorter sequence.

    length: of the longest sequence. names: how each symbol is displayed, in order, padding first. varies: whether there are shorter
    sequences."""

    title: ClassVar[str] = "Symbols"
    examples: ClassVar[str] = "sequences of symbols"
    picture: ClassVar[Picture] = "symbols"
    stored: ClassVar[DTypeLike] = np.int64
    standardizes: ClassVar[bool] = False

    length: int
    names: tuple[str, ...]
    varies: bool = False

    @cached_property
    def tensor(self) -> TensorSpec:
        return TensorSpec.symbols(self.length, len(self.names), self.varies)

    @property
    def vocabulary(self) -> tuple[str, ...]:
        return self.names

    @property
    def size(self) -> str:
        return f"{self._steps} from a vocabulary of {len(self.names):,}"

    @property
    def _steps(self) -> str:
        return f"{'up to ' if self.varies else ''}{self.length} symbol{'s' if self.length != 1 else ''}"

    @property
    def example(self) -> str:
        return f"a sequence of {self.size}, as integers{'; 0 follows its end' if self.varies else ''}"

    @property
    def preprocessing(self) -> dict[str, object]:
        return {"symbols": list(self.names), "padding": PADDING_SYMBOL}

    def completed(self, raw: Tensor) -> Tensor:
        """Adds padding after sequences that are all shorter."""
        missing = self.length - raw.shape[1] if raw.ndim == 2 else 0
        return torch.nn.functional.pad(raw, (0, missing), value=PADDING_SYMBOL) if self.varies and missing > 0 else raw

    def statistics(self, inputs: Array) -> tuple[Tensor, Tensor]:
        """Raises: TypeError, because symbols have no mean."""
        raise TypeError("symbols have no mean and no deviation")

    def mean(self, inputs: Array) -> Tensor:
        """Raises: TypeError, as `statistics`."""
        raise TypeError("symbols have no mean and no deviation")

    def collated(self, examples: Sequence[Array]) -> Array:
        """Sequences (l,) of symbols, each with 1 to L of them → (N, L), padded with 0.

        Raises: ValueError naming the sequence that is empty, too long or contains padding or an unknown number."""
        whole = np.full((len(examples), self.length), PADDING_SYMBOL, np.int64)
        for index, example in enumerate(examples):
            symbols = np.asarray(example, np.int64)
            if symbols.ndim != 1 or not (1 if self.varies else self.length) <= len(symbols) <= self.length:
                raise ValueError(f"sequence {index}: expected {self._steps}, got an array of shape {symbols.shape}")
            if symbols.min() <= PADDING_SYMBOL or symbols.max() >= len(self.names):
                raise ValueError(
                    f"sequence {index}: symbols must be from 1 to {len(self.names) - 1}, got {symbols.min()} to {symbols.max()}"
                )
            whole[index, : len(symbols)] = symbols
        return whole


@dataclass(frozen=True)
class TextEncoding(SymbolEncoding):
    """Text as a sequence of characters or of words, in lower case, and punctuation marks. Symbol 1 stands for all that are not in the
    vocabulary."""

    title: ClassVar[str] = "Text"
    examples: ClassVar[str] = "texts"

    unit: Unit = "words"

    @property
    def _steps(self) -> str:
        unit = self.unit if self.length != 1 else self.unit.removesuffix("s")
        return f"{'up to ' if self.varies else ''}{self.length} {unit}"

    @property
    def example(self) -> str:
        return f"a text of {self.size}, as integers{'; 0 follows its end' if self.varies else ''}"

    @property
    def preprocessing(self) -> dict[str, object]:
        return super().preprocessing | {"unit": self.unit, "unknown": UNKNOWN_SYMBOL}

    @cached_property
    def _numbers_of(self) -> dict[str, int]:
        return {name: number for number, name in enumerate(self.names) if number > UNKNOWN_SYMBOL}

    def symbols(self, text: str) -> tuple[int, ...]:
        """The symbols of a text, however long it is."""
        return tuple(self._numbers_of.get(part, UNKNOWN_SYMBOL) for part in parts_of(text, self.unit))

    def text(self, symbols: Iterable[int]) -> str:
        """The text of symbols, without padding; words are separated by spaces."""
        return ("" if self.unit == "characters" else " ").join(self.named(symbols))


def parts_of(text: str, unit: Unit) -> list[str]:
    """The characters of a text, or its words in lower case and its punctuation marks."""
    return list(text) if unit == "characters" else _WORD.findall(text.lower())


def vocabulary_of(texts: Iterable[str], unit: Unit, most: int) -> tuple[str, ...]:
    """Names for a `TextEncoding`: padding, unknown, and the most frequent characters or words of the texts, at most `most` names in all.
    Among equally frequent ones, the first in the alphabet."""
    counts = Counter(part for text in texts for part in parts_of(text, unit))
    frequent = sorted(counts, key=lambda part: (-counts[part], part))[: max(0, most - 2)]
    return (PADDING_NAME, UNKNOWN_NAME, *frequent)
