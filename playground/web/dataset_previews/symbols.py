"""Sequences of symbols: some examples as rows of tokens."""

import html
import textwrap
from functools import partial

import numpy as np

from playground.catalog.answers import IGNORED
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data
from playground.catalog.sequences.vocabulary import UNKNOWN
from playground.catalog.tasks import NextSymbol, StepClasses
from playground.catalog.tensors import PADDING_SYMBOL
from playground.web.dataset_previews.examples import answer, chosen
from playground.web.svg import CLASS_COLORS, svg_image

_SHOWN = 6
_TOKENS = 48
"""At most this many symbols of an example are shown."""
_ALL_TOKENS = 120
"""After this many symbols no further example is shown."""
_CARD, _CARD_ROWS, _CARD_CELLS = 100.0, 6, 8
_CARD_LINES, _CARD_LETTERS = 9, 22


def preview(dataset: Dataset, data: Data) -> str:
    """Training examples, of different classes if there are classes, each with its target."""
    rows: list[str] = []
    shown = 0
    for row in chosen(dataset, data.train, _SHOWN):
        if shown > _ALL_TOKENS:
            break
        symbols = [symbol for symbol in data.train.inputs[row].tolist() if symbol != PADDING_SYMBOL]
        tokens = "".join(_token(dataset, symbol) for symbol in symbols[:_TOKENS]) + ("<span>…</span>" if len(symbols) > _TOKENS else "")
        shown += min(len(symbols), _TOKENS)
        rows.append(f"<li><div>{tokens}</div><b>{html.escape(answer(dataset, data.train.targets[row]))}</b></li>")
    return f'<ul class="pg-tokens">{"".join(rows)}</ul>'


def thumbnail(dataset: Dataset) -> str:
    """A square of training examples: rows of cells, one color per symbol, or the beginning of some texts. If the answer has a symbol for
    each step, it stands below its example."""
    train = dataset.preview().train
    if _answers_in_symbols(dataset):
        answers = np.where(train.targets == IGNORED, PADDING_SYMBOL, train.targets + 1)
        rows = [split[row].tolist() for row in chosen(dataset, train, _CARD_ROWS // 2) for split in (train.inputs, answers)]
    else:
        rows = [train.inputs[row].tolist() for row in chosen(dataset, train, _CARD_ROWS)]
    body = "".join(map(partial(_cells, dataset), range(len(rows)), rows)) if _is_colored(dataset) else _lines(dataset, rows)
    return svg_image(_CARD, _CARD, body, f"Some examples of {dataset.title}", "symbols")


def _answers_in_symbols(dataset: Dataset) -> bool:
    """Whether class k of each step is symbol k + 1, as where a sequence is reversed in place."""
    return dataset.task.name() == StepClasses.name() and dataset.classes == dataset.encoding.symbols[1:]


def _cells(dataset: Dataset, line: int, symbols: list[int]) -> str:
    """The first symbols of an example as a row of squares, with an ellipsis in place of the last one if there are more."""
    side = _CARD / min(len(symbols), _CARD_CELLS)
    top = (line + 0.5) * _CARD / _CARD_ROWS - side / 2
    goes_on = any(symbol != PADDING_SYMBOL for symbol in symbols[_CARD_CELLS:])
    cells = []
    for step, symbol in enumerate(symbols[: _CARD_CELLS - goes_on]):
        if symbol != PADDING_SYMBOL:
            x, name = step * side, html.escape(dataset.encoding.symbols[symbol])
            cells.append(
                f'<rect class="cell class-{symbol - 1}" x="{x + 0.5:.1f}" y="{top:.1f}" width="{side - 1:.1f}" height="{side - 1:.1f}"/>'
            )
            cells.append(
                f'<text class="in-cell" x="{x + side / 2:.1f}" y="{top + 0.72 * side:.1f}" font-size="{0.62 * side:.1f}">{name}</text>'
            )
    if goes_on:
        x, y = (_CARD_CELLS - 0.5) * side, top + 0.72 * side
        cells.append(f'<text class="in-cell" x="{x:.1f}" y="{y:.1f}" font-size="{0.62 * side:.1f}">…</text>')
    return "".join(cells)


def _lines(dataset: Dataset, rows: list[list[int]]) -> str:
    """The beginnings of texts, wrapped. Windows of a longer text begin and end with an ellipsis, often within a word."""
    encoding, cut = dataset.encoding, "…" if dataset.task.name() == NextSymbol.name() else ""
    texts = (" ".join(encoding.as_typed(encoding.unpadded(np.array(row))).split()) for row in rows)
    wrapped = [line for text in texts for line in textwrap.wrap(f"{cut}{text}{cut}", _CARD_LETTERS)][:_CARD_LINES]
    height = _CARD / _CARD_LINES
    return "".join(
        f'<text class="letters" x="1" y="{(line + 0.75) * height:.1f}">{html.escape(text)}</text>' for line, text in enumerate(wrapped)
    )


def caption(dataset: Dataset) -> str:
    """How to read the plot."""
    colors = ", one color per symbol" if _is_colored(dataset) else ""
    target = "its class" if dataset.classes else "its target"
    if dataset.task.per_step:
        target = "what comes next" if dataset.task.name() == NextSymbol.name() else "the class of each step"
    return f"Some of the training examples{colors}; below each of them is {target}."


def _token(dataset: Dataset, symbol: int) -> str:
    color = f' style="--token: {CLASS_COLORS[symbol - 1]}"' if _is_colored(dataset) else ""
    shown = dataset.encoding.symbols[symbol]
    unknown = ' class="pg-unknown" title="Not in the vocabulary"' if shown == UNKNOWN else ""
    return f"<i{color}{unknown}>{html.escape(shown)}</i>"


def _is_colored(dataset: Dataset) -> bool:
    """Whether every symbol can have a color of its own."""
    return len(dataset.encoding.symbols) - 1 <= len(CLASS_COLORS)
