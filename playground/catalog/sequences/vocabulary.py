"""Text as symbols, and symbols as numbers."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import numpy as np

from playground.catalog.tensors import PADDING_SYMBOL, Array

Unit = Literal["characters", "words"]
"""What a symbol of a text is."""

UNKNOWN: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands for every symbol that a vocabulary does not have."""

_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*|[^\w\s]|_")
_VISIBLE = {" ": "␣", "\n": "⏎", "\t": "⇥"}


@dataclass(frozen=True)
class Vocabulary:
    """The symbols that a sequence is made of. Symbol i of `symbols` has the number i + 1; 0 is padding."""

    symbols: tuple[str, ...]

    @classmethod
    def of(cls, tokens: Iterable[str], most: int, least: int = 1) -> "Vocabulary":
        """UNKNOWN, then the most frequent tokens, so that there are at most `most` numbers including padding; equally frequent ones in
        alphabetical order.

        tokens: may be a Counter. least: tokens that occur less often are left out."""
        counts = Counter(tokens)
        counts.pop(UNKNOWN, None)
        frequent = [token for token in counts if counts[token] >= least]
        known = sorted(frequent, key=lambda token: (-counts[token], token))[: max(0, most - 2)]
        return cls((UNKNOWN, *known))

    def __len__(self) -> int:
        """How many numbers there are, including padding."""
        return len(self.symbols) + 1

    @cached_property
    def labels(self) -> tuple[str, ...]:
        """Every number's symbol as it can be shown, in order: spaces, line breaks and control characters are visible."""
        return ("(padding)", *map(visible, self.symbols))

    @property
    def unknown(self) -> int | None:
        """The number of UNKNOWN; None if it is not in the vocabulary."""
        return self.symbols.index(UNKNOWN) + 1 if UNKNOWN in self.symbols else None

    def encode(self, tokens: Sequence[str]) -> Array:
        """Tokens → int64 (len(tokens),), unknown ones as the number of UNKNOWN.

        Raises: ValueError naming an unknown token, if UNKNOWN is not in the vocabulary."""
        numbers = {symbol: number for number, symbol in enumerate(self.symbols, start=1)}
        unknown = numbers.get(UNKNOWN)
        encoded = [numbers.get(token, unknown) for token in tokens]
        if None in encoded:
            token = tokens[encoded.index(None)]
            raise ValueError(f"“{visible(token)}” is not one of the symbols {' '.join(map(visible, self.symbols))}")
        return np.array(encoded, dtype=np.int64)

    def decode(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """The symbols of these numbers, without padding. Raises: IndexError for a number that is out of range."""
        return tuple(self.symbols[number - 1] for number in numbers if number != PADDING_SYMBOL)


def visible(symbol: str) -> str:
    """The symbol with spaces, control characters and the selectors that follow some emoji replaced by visible ones."""
    return "".join(_VISIBLE.get(character, character if _has_glyph(character) else f"\\x{ord(character):02x}") for character in symbol)


def _has_glyph(character: str) -> bool:
    return character.isprintable() and not "\ufe00" <= character <= "\ufe0f"


def characters(text: str) -> list[str]:
    """The characters of a text, one symbol each; every line break is one character. Accents are composed with their letters."""
    return list(unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n"))


def words(text: str) -> list[str]:
    """The words and punctuation marks of a text in lower case; “wasn't” is one word."""
    return _WORD.findall(unicodedata.normalize("NFC", text).replace("’", "'").lower())


def tokens(text: str, unit: Unit) -> list[str]:
    """The symbols of a text: `characters` or `words`."""
    return characters(text) if unit == "characters" else words(text)


def padded(sequences: Sequence[Array], length: int) -> Array:
    """Sequences (L_i,) of symbols or (L_i, F) of numbers, each cut to `length`, → (N, length) or (N, length, F), padded at the end."""
    rest = sequences[0].shape[1:]
    fill = PADDING_SYMBOL if np.issubdtype(sequences[0].dtype, np.integer) else np.nan
    batch = np.full((len(sequences), length, *rest), fill, dtype=sequences[0].dtype)
    for row, sequence in zip(batch, sequences, strict=True):
        row[: len(sequence)] = sequence[:length]
    return batch
