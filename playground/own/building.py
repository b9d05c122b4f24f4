"""A column of a table while it is read in chunks: numbers as long as all its cells are numbers, otherwise text."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.own.columns import Column, number_column, text_column
from playground.own.numbers import MISSING, SEPARATORS, NotNumbersError, Writing, numbers_of

Mode = Writing | Literal["text"]


@dataclass
class Building:
    """A column while it is read. modes: what it can still be; the first one is being tried."""

    modes: list[Mode]
    parts: list[NDArray[np.float64] | NDArray[np.int32]] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)
    indices: dict[str, int] = field(default_factory=dict)
    separated: bool = False
    percent: bool = False
    failed: bool = False

    def restart(self) -> None:
        self.modes = self.modes[1:]
        self.parts, self.missing, self.indices, self.failed = [], Counter(), {}, False
        self.separated = self.percent = False

    def add(self, cells: Sequence[str]) -> None:
        if self.failed:
            return
        writing = self.modes[0]
        if writing == "text":
            self.parts.append(self._coded(cells))
            return
        try:
            self.parts.append(numbers_of(cells, writing, self.missing))
            if writing != "plain":
                self.separated = self.separated or any(SEPARATORS[writing] in cell for cell in cells)
                self.percent = self.percent or any("%" in cell for cell in cells)
        except NotNumbersError:
            if self.parts:  # earlier cells have to be read again
                self.failed = True
            else:
                self.restart()
                self.add(cells)

    def _coded(self, cells: Sequence[str]) -> NDArray[np.int32]:
        codes = np.empty(len(cells), np.int32)
        indices = self.indices
        for row, cell in enumerate(cells):
            plain = cell.strip()
            if plain in MISSING:
                self.missing[plain] += 1
                codes[row] = -1
            else:
                codes[row] = indices.setdefault(plain, len(indices))
        return codes

    def column(self, position: int, name: str) -> Column:
        writing = self.modes[0]
        if writing == "text":
            values = np.concatenate([np.asarray(part, np.int32) for part in self.parts])
            return text_column(position, name, values, list(self.indices), self.missing)
        numbers = np.concatenate([np.asarray(part, np.float64) for part in self.parts])
        return number_column(position, name, numbers, self.missing, SEPARATORS[writing] if self.separated else "", self.percent)
