"""One column of a table: its cells as numbers or categories, and its properties."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.own.names import shown
from playground.own.notation import PLAIN, Notation
from playground.own.numbers import finite
from playground.own.table_format import MISSING, USUAL, ColumnFormat
from playground.own.time_notations import are_moments

Kind = Literal["number", "category", "date", "empty"]

LARGEST = 1e30
"""Numbers further from 0 count as missing: their sums and squares would overflow float32."""

_FORMULA = re.compile(r"\s*[=@]|\s*[+\-](?![\d.,\s]|$)")
_ID_NAME = re.compile(r"(.*[ _])?(id|uuid|guid|index|row|nr|no|key)|unnamed: ?\d+|column 1", re.IGNORECASE)
_SENTENCE = re.compile(r"\w\W+\w+\W+\w")
"""At least three words."""
_LONG = 15
"""Characters of a text, on average."""
_SAMPLE = 1000
_MOST_CODES = 100
_MISSING_CATEGORY = "missing{}"

_FEW_ROWS = 20
"""With fewer rows, distinct cells do not indicate an identifier."""


@dataclass(frozen=True)
class Bars:
    """A histogram: the label and the height of each bar. edges: of the bins, one more than bars; () for categories."""

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    edges: tuple[float, ...] = ()


@dataclass(frozen=True)
class Column:
    """A column as it was read.

    position: from 0. name: as shown, unique in the table. values: float64 numbers with NaN if missing, otherwise int32 indices into
    `categories`, −1 if missing. missing_as: how often each notation for a missing value occurs. formulas: number of cells that look like
    spreadsheet formulas, kept as text. too_large: number of values beyond 1e30, which count as missing. notation: how numbers were read
    that are written in another way than 1234.5, and which cells are none. missing_category: of the categories, the one that stands for a
    missing value. code: an example of digits that are a code and no number, such as 007. reads_as_text: whether it is text to read, where
    the user says so. identifier: whether it identifies rows, with a different value in (nearly) each."""

    position: int
    name: str
    kind: Kind
    values: NDArray[np.float64] | NDArray[np.int32]
    categories: tuple[str, ...] = ()
    missing_as: Mapping[str, int] = field(default_factory=dict)
    formulas: int = 0
    too_large: int = 0
    notation: Notation = PLAIN
    missing_category: str = ""
    code: str = ""
    reads_as_text: bool | None = None
    identifier: bool = False

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """(N,) True where a value is present."""
        return ~np.isnan(self.values) if self.kind == "number" else np.asarray(self.values >= 0)

    @property
    def missing(self) -> int:
        return int(len(self.values) - self.present.sum())

    @cached_property
    def distinct(self) -> int:
        return len(np.unique(self.values[self.present])) if self.kind == "number" else len(self.categories)

    @property
    def constant(self) -> bool:
        return self.distinct == 1

    @cached_property
    def has_sentences(self) -> bool:
        """Whether it contains text to read: many different cells, most of them with several words, or long without spaces (Chinese)."""
        if self.reads_as_text is not None:
            return self.reads_as_text
        if self.kind != "category" or self.distinct < max(2, 0.5 * self.present.sum()):
            return False
        sample = self.categories[:_SAMPLE]
        spoken = sum(_SENTENCE.search(text) is not None or (not text.isascii() and len(text) >= _LONG) for text in sample)
        return spoken >= 0.5 * len(sample) and sum(map(len, sample)) >= _LONG * len(sample)

    @cached_property
    def whole(self) -> bool:
        """Whether all values are integers."""
        return self.kind == "number" and bool((self.values[self.present] % 1 == 0).all())

    @property
    def separated(self) -> Literal["", ",", "."]:
        """The thousands separator, if it is a comma or a point."""
        sign = self.notation.thousands
        return "," if sign == "," else "." if sign == "." else ""

    @property
    def codes(self) -> tuple[str, ...]:
        """Texts that mean a missing value here, besides the usual ones: the most frequent first. Numbers are written plainly."""
        count = Counter(self.missing_as) + Counter(self.notation.stray)
        texts = [text for text, _ in count.most_common() if text and text not in MISSING][:_MOST_CODES]
        if self.kind != "number":
            return tuple(texts)
        return tuple(text if (number := finite(text)) is None else number_text(number) for text in texts)

    def count_of(self, category: str) -> int:
        """How often a category occurs."""
        return int((self.values == self.categories.index(category)).sum())

    def text(self, row: int) -> str:
        """A cell as text; "" if missing."""
        if not self.present[row]:
            return ""
        return number_text(float(self.values[row])) if self.kind == "number" else shown(self.categories[int(self.values[row])])

    def histogram(self, most: int = 20) -> Bars:
        """Bins of equal width for numbers; for categories the most frequent ones, then the rest together."""
        values = self.values[self.present]
        if self.kind != "number":
            counts = np.bincount(values.astype(np.int64), minlength=len(self.categories))
            order = np.argsort(-counts, kind="stable")
            labels = [shown(self.categories[index]) for index in order[:most]]
            heights = counts[order[:most]].tolist()
            if len(order) > most:
                labels, heights = [*labels, f"{len(order) - most:,} others"], [*heights, int(counts[order[most:]].sum())]
            return Bars(tuple(labels), tuple(heights))
        if not len(values):
            return Bars((), ())
        counts, edges = np.histogram(values, bins=min(most, max(self.distinct, 1)))
        labels = [f"{number_text(low)} to {number_text(high)}" for low, high in pairwise(edges.tolist())]
        return Bars(tuple(labels), tuple(counts.tolist()), tuple(edges.tolist()))


def number_text(value: float) -> str:
    """Integers in full, other numbers to six significant digits."""
    return str(int(value)) if value % 1 == 0 and abs(value) < 1e15 else f"{value:.6g}"


def number_column(position: int, name: str, values: NDArray[np.float64], notation: Notation, codes: Collection[str]) -> Column:
    """A column of numbers, or an empty column if there are none. codes: texts for missing values; those that are numbers are removed from
    the values."""
    missing = Counter(notation.missing)
    for code in codes:
        number = finite(code)
        if number is not None and (count := int((values == number).sum())):
            values[values == number] = np.nan
            missing[code] += count
    large = np.abs(np.nan_to_num(values, posinf=np.inf, neginf=-np.inf)) > LARGEST
    values[large] = np.nan
    column = Column(position, name, "number", values, (), dict(missing), too_large=int(large.sum()), notation=notation)
    if not column.present.any():
        return Column(position, name, "empty", np.full(len(values), -1, np.int32), (), dict(missing), too_large=int(large.sum()))
    return _with_identifier(column)


def text_column(
    position: int,
    name: str,
    values: NDArray[np.int32],
    categories: Sequence[str],
    missing: Counter[str],
    own: ColumnFormat = USUAL,
    code: str = "",
    warning: str = "",
) -> Column:
    """A column of categories or dates, or an empty column if there are none. code, warning: see `Column.code` and `Notation.warning`."""
    if not categories:
        return Column(position, name, "empty", values, (), dict(missing))
    missing_category = ""
    if own.missing_is_category and missing:
        missing_category = next(
            text for text in map(_MISSING_CATEGORY.format, ("", *range(2, len(categories) + 3))) if text not in categories
        )
        categories = [*categories, missing_category]
        values = np.where(values < 0, np.int32(len(categories) - 1), values)
    counts = np.bincount(values[values >= 0], minlength=len(categories))
    formulas = sum(int(counts[index]) for index, text in enumerate(categories) if _FORMULA.match(text))
    sample = categories[:1000]
    dates = own.type == "date" or (own.type is None and are_moments(categories))
    return _with_identifier(
        Column(
            position,
            name,
            "date" if dates else "category",
            values,
            tuple(categories),
            dict(missing),
            formulas=formulas,
            notation=Notation(warning=warning),
            missing_category=missing_category,
            code=code if code in categories and own.type is None and sum(map(str.isdigit, sample)) >= 0.9 * len(sample) else "",
            reads_as_text=None if own.type is None else own.type == "text",
        )
    )


def _with_identifier(column: Column) -> Column:
    rows = int(column.present.sum())
    if column.kind == "number":
        values = column.values[column.present]
        counted = column.whole and column.distinct == rows == len(column.values) and values.max() - values.min() == rows - 1
        names_rows = column.whole and column.distinct == rows and _ID_NAME.fullmatch(column.name) is not None
        identifier = rows >= _FEW_ROWS and bool(counted or names_rows)
    else:
        identifier = column.kind == "category" and rows >= _FEW_ROWS and column.distinct > 0.9 * rows
    return replace(column, identifier=True) if identifier else column
