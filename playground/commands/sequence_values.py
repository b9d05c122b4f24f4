"""The attributions of a sequence, step by step: for a terminal, as JSON and as CSV."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from playground.catalog.sequences.vocabulary import visible
from playground.explain.render import colored, signed_scale

_WIDTH = 10
"""Of a column of numbers."""


@dataclass(frozen=True, eq=False)
class SequenceValues:
    """tokens: of symbols, None for numbers. features: their names. values: (l,) of symbols, (l, F) of numbers."""

    tokens: tuple[str, ...] | None
    features: tuple[str, ...]
    values: NDArray[Any]

    def lines(self) -> Iterator[str]:
        """A line for each step: its number, its values and its token. Blue is positive, orange negative."""
        rows = self.values.reshape(len(self.values), -1)
        colors = colored(rows, signed_scale(rows))
        if self.tokens is None:
            yield " " * 6 + "".join(f"{name[: _WIDTH - 1]:>{_WIDTH}}" for name in self.features)
        for step, row in enumerate(rows):
            numbers = (_on(f"{value:>+{_WIDTH}.3g}", color) for value, color in zip(row, colors[step], strict=True))
            token = "" if self.tokens is None else "  " + _on(visible(self.tokens[step]), colors[step, 0])
            yield f"{step + 1:>6}{''.join(numbers)}{token}"

    def plain(self) -> dict[str, Any]:
        """Plain data for JSON."""
        names = {"features": list(self.features)} if self.tokens is None else {"tokens": list(self.tokens)}
        return {**names, "values": self.values.tolist()}

    def write_csv(self, file: Path) -> None:
        """A row for each step. Raises: OSError."""
        with file.open("w", encoding="utf-8", newline="") as opened:
            writer = csv.writer(opened)
            writer.writerow(["step", *(self.features if self.tokens is None else ("token", "value"))])
            for step, values in enumerate(self.values.tolist()):
                writer.writerow([step + 1, *(values if self.tokens is None else (self.tokens[step], values))])


def _on(text: str, color: NDArray[np.uint8]) -> str:
    red, green, blue = color.tolist()
    return click.style(text, fg="black", bg=(red, green, blue))
