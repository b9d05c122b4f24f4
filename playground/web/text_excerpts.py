"""The first texts of an upload as they were written, with the words that its vocabulary does not have marked."""

import html
import unicodedata

import numpy as np

from playground.catalog.datasets import OwnCorpus, OwnText
from playground.catalog.sequences.vocabulary import Unit, tokens, visible
from playground.own import Prepared
from playground.web.dataset_previews.examples import answer

CAPTION = "The beginning of the data, symbol by symbol; below each text is what is to be predicted. Dashed symbols are unknown."
_SHOWN = 6
_TOKENS = 60
_CHARACTERS = 160
_LETTERS = 500


def excerpts(prepared: Prepared) -> str:
    """Some texts, of different classes if there are classes, each with its target; of text to be continued, its beginning."""
    dataset = prepared.dataset
    assert isinstance(dataset, OwnText | OwnCorpus)
    known = set(prepared.upload.description["symbols"])
    if isinstance(dataset, OwnCorpus):
        return f'<ul class="pg-tokens">{_row(prepared.excerpts[0], dataset.unit, known, 4 * _CHARACTERS, "")}</ul>'
    most = _TOKENS if dataset.unit == "words" else _CHARACTERS
    targets = prepared.upload.targets[: len(prepared.excerpts)]
    rows = [
        _row(prepared.excerpts[row], dataset.unit, known, min(most, dataset.length), answer(dataset, targets[row]))
        for row in _of_each_class(targets)
    ]
    return f'<ul class="pg-tokens">{"".join(rows)}</ul>'


def _of_each_class(targets: np.ndarray) -> list[int]:
    """The first row of each class, then the first ones."""
    _, firsts = np.unique(targets, return_index=True)
    rows = sorted(int(row) for row in firsts[:_SHOWN]) if targets.ndim == 1 else []
    return rows + [row for row in range(len(targets)) if row not in rows][: _SHOWN - len(rows)]


def _row(text: str, unit: Unit, known: set[str], most: int, below: str) -> str:
    symbols = tokens(text, unit)
    shown = "".join(_token(symbol, symbol in known) for symbol in symbols[:most])
    more = "<span>…</span>" if len(symbols) > most else ""
    return f'<li><div dir="{_direction(text)}">{shown}{more}</div><b>{html.escape(below)}</b></li>'


def _direction(text: str) -> str:
    """Right to left if most letters are written so."""
    classes = [unicodedata.bidirectional(character) for character in text[:_LETTERS]]
    return "rtl" if sum(each in ("R", "AL") for each in classes) > classes.count("L") else "ltr"


def _token(symbol: str, known: bool) -> str:
    mark = "" if known else ' class="pg-unknown" title="Not in the vocabulary: the network sees the unknown symbol"'
    return f"<i{mark}>{html.escape(visible(symbol))}</i>"
