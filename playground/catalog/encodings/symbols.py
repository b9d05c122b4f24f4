"""Sequences of symbols: numbers that stand for entries of a vocabulary, such as digits, characters or words."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import torch
from numpy.typing import DTypeLike
from torch import Tensor

from playground.catalog.encodings.base import Encoding, Picture, Typed
from playground.catalog.sequences.vocabulary import UNKNOWN, Unit, Vocabulary, padded, tokens, visible
from playground.catalog.tensors import PADDING_SYMBOL, Array, TensorSpec


@dataclass(frozen=True)
class SymbolEncoding(Encoding):
    """Stored as int64 (N, L), with 0 after the end of a shorter sequence.

    length: of the longest sequence. varies: whether there are shorter ones."""

    title: ClassVar[str] = "Symbols"
    examples: ClassVar[str] = "sequences of symbols"
    keywords: ClassVar[str] = "tokens sequences"
    picture: ClassVar[Picture] = "symbols"
    at_once: ClassVar[int] = 64
    stored: ClassVar[DTypeLike] = np.int64
    standardizes: ClassVar[bool] = False

    length: int
    vocabulary: Vocabulary
    varies: bool = False

    @cached_property
    def tensor(self) -> TensorSpec:
        return TensorSpec.symbols(self.length, len(self.vocabulary), self.varies)

    @property
    def symbols(self) -> tuple[str, ...]:
        return self.vocabulary.labels

    @property
    def unknown(self) -> int | None:
        return self.vocabulary.unknown

    @property
    def size(self) -> str:
        return f"{self._steps} from a vocabulary of {len(self.vocabulary.symbols):,}"

    @property
    def _steps(self) -> str:
        return f"{'up to ' if self.varies else ''}{self.length} symbol{'s' if self.length != 1 else ''}"

    @property
    def example(self) -> str:
        return f"a sequence of {self.size}, as integers{'; 0 follows its end' if self.varies else ''}"

    @property
    def preprocessing(self) -> dict[str, object]:
        """The symbols have the numbers 1, 2, 3 …"""
        return {"symbols": list(self.vocabulary.symbols), "padding": PADDING_SYMBOL}

    def completed(self, raw: Tensor) -> Tensor:
        """Adds padding after sequences that are all shorter."""
        missing = self.length - raw.shape[1] if raw.ndim == 2 else 0
        return torch.nn.functional.pad(raw, (0, missing), value=PADDING_SYMBOL) if self.varies and missing > 0 else raw

    @property
    def how_to_type(self) -> str:
        return f"Symbols, with or without spaces between them: {' '.join(self.symbols[1:13])}{' …' if len(self.symbols) > 13 else ''}"

    def tokens(self, text: str) -> list[str]:
        """The symbols that a text consists of, as they stand there. Spaces may be left out where all symbols are single characters."""
        single = all(len(symbol) == 1 for symbol in self.vocabulary.symbols)
        return [character for character in text if not character.isspace()] if single else text.split()

    def read(self, text: str) -> Array:
        """The symbols of a text, however long it is: (l,). Raises: ValueError, as `Vocabulary.encode`."""
        return self.vocabulary.encode(self.tokens(text))

    def written(self, symbols: Sequence[int]) -> str:
        """The text of symbols, without padding, as `read` takes it."""
        return " ".join(self.vocabulary.decode(symbols))

    def unpadded(self, raw: Array) -> Array:
        symbols: Array = raw[raw != PADDING_SYMBOL]
        return symbols

    def steps(self, raw: Array) -> tuple[str, ...]:
        return tuple(self.symbols[symbol] for symbol in raw)

    def as_typed(self, raw: Array) -> str:
        return self.written(raw.tolist())

    def typed(self, text: str, last: bool = False) -> Typed:
        """Never raises."""
        known = set(self.vocabulary.symbols)
        tokens = self.tokens(text)
        left_out: tuple[str, ...] = ()
        if UNKNOWN not in known:
            left_out = tuple(dict.fromkeys(visible(token) for token in tokens if token not in known))
            tokens = [token for token in tokens if token in known]
        kept = tokens[-self.length :] if last else tokens[: self.length]
        unknown = tuple(index for index, token in enumerate(kept) if token not in known)
        return Typed(self.vocabulary.encode(kept), tuple(map(visible, kept)), unknown, left_out, len(tokens) - len(kept))

    @property
    def start(self) -> int:
        """A line break or a full stop, where there is one; otherwise the last symbol, which is never the unknown one."""
        return next(
            (self.vocabulary.symbols.index(each) + 1 for each in ("\n", ".") if each in self.vocabulary.symbols), len(self.vocabulary) - 1
        )

    def statistics(self, inputs: Array) -> tuple[Tensor, Tensor]:
        """Raises: TypeError, because symbols have no mean."""
        raise TypeError("symbols have no mean and no deviation")

    def mean(self, inputs: Array) -> Tensor:
        """Raises: TypeError, as `statistics`."""
        raise TypeError("symbols have no mean and no deviation")

    def collated(self, examples: Sequence[Array]) -> Array:
        """Sequences (l,) of symbols, each with 1 to L of them → (N, L), padded with 0.

        Raises: ValueError naming the sequence that is empty, too long or contains padding or an unknown number."""
        checked = []
        for index, example in enumerate(examples):
            symbols = np.asarray(example, np.int64)
            if symbols.ndim != 1 or not (1 if self.varies else self.length) <= len(symbols) <= self.length:
                raise ValueError(f"sequence {index}: expected {self._steps}, got an array of shape {symbols.shape}")
            low, high, most = symbols.min(), symbols.max(), len(self.vocabulary) - 1
            if low <= PADDING_SYMBOL or high > most:
                raise ValueError(f"sequence {index}: symbols must be from 1 to {most}, got {low} to {high}")
            checked.append(symbols)
        return padded(checked, self.length)


@dataclass(frozen=True)
class TextEncoding(SymbolEncoding):
    """Text as a sequence of characters, or of words in lower case and punctuation marks."""

    title: ClassVar[str] = "Text"
    examples: ClassVar[str] = "texts"
    keywords: ClassVar[str] = "NLP language words sentences"

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
        return super().preprocessing | {"unit": self.unit}

    @property
    def how_to_type(self) -> str:
        return "A text, up to " + (f"{self.length} {self.unit}" if self.length != 1 else f"1 {self.unit.removesuffix('s')}")

    def tokens(self, text: str) -> list[str]:
        """The characters, or the words and punctuation marks of a text."""
        return tokens(text, self.unit)

    def written(self, symbols: Sequence[int]) -> str:
        """The text of symbols, without padding; words are separated by spaces."""
        return ("" if self.unit == "characters" else " ").join(self.vocabulary.decode(symbols))
