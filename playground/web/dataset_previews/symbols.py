"""Sequences of symbols: some examples as rows of tokens."""

import html

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data
from playground.catalog.sequences.vocabulary import UNKNOWN
from playground.catalog.tasks import NextSymbol
from playground.catalog.tensors import PADDING_SYMBOL
from playground.web.dataset_previews.examples import answer, chosen
from playground.web.svg import CLASS_COLORS

_SHOWN = 6
_TOKENS = 48
"""At most this many symbols of an example are shown."""
_ALL_TOKENS = 120
"""After this many symbols no further example is shown."""


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
