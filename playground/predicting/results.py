"""Predictions as a CSV file that spreadsheets open safely."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from playground.predicting.answers import Prediction

_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a text for a formula."""
_NUMBER = re.compile(r"[+-]?[\d.,]+(e[+-]?\d+)?", re.IGNORECASE)
"""What is none, whatever it begins with."""


def results_table(
    predictions: Iterable[Prediction], classes: Sequence[str], columns: Sequence[str] = ()
) -> tuple[list[str], list[list[Any]]]:
    """Names of the columns and one row per prediction: its name, the answer, what prevents it, and the cells of the row as they were given,
    of which columns has the names. Numbers of the answer are numbers."""
    found = list(predictions)
    if classes:
        names = ["label", "confidence", *(f"probability of {name}" for name in classes)]
    else:
        names = list(dict.fromkeys(name for prediction in found for name in prediction.answer))
    rows = [
        [prediction.name, *_answer(prediction, classes, names), prediction.problem, *_padded(prediction.cells, len(columns))]
        for prediction in found
    ]
    own = ["input", *names, "problem"]
    return [*own, *(f"{name} (given)" if name in own else name for name in columns)], rows


def results_csv(predictions: Iterable[Prediction], classes: Sequence[str], columns: Sequence[str] = ()) -> bytes:
    """The table as CSV."""
    return table_csv(*results_table(predictions, classes, columns))


def table_csv(names: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """UTF-8 with a byte order mark, as spreadsheets expect it. Texts that would be formulas begin with an apostrophe
    (https://owasp.org/www-community/attacks/CSV_Injection)."""
    text = io.StringIO()
    csv.writer(text).writerows([[_safe(cell) for cell in row] for row in (names, *rows)])
    return text.getvalue().encode("utf-8-sig")


def _answer(prediction: Prediction, classes: Sequence[str], names: Sequence[str]) -> list[Any]:
    answer = prediction.answer
    if not answer:
        return [None] * len(names)
    if classes:
        return [answer["label"], answer["confidence"], *answer["probabilities"].values()]
    return [answer[name] for name in names]


def _padded(cells: Sequence[str], width: int) -> list[str]:
    """As many cells as there are columns, of a row that may be too short or too long."""
    return [*cells[:width], *[""] * (width - len(cells))]


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULAS) and not _NUMBER.fullmatch(cell) else cell
