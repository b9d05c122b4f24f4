"""Text to be continued, character by character."""

from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.examples import Data, DataError, Split
from playground.catalog.sequences.vocabulary import UNKNOWN

CHARACTERS = (UNKNOWN, "\n", *map(chr, range(ord(" "), ord("~") + 1)))
"""Line break and ASCII, the same in every version of Python; typographic quotes and the like are unknown."""


def documentation() -> str:
    """Python's documentation of its language, as the installed Python includes it for `help()`.

    Of passages that it repeats, only the first is kept, because tests would otherwise be known from training.
    Raises: DataError if this Python was installed without it."""
    if find_spec("pydoc_data") is None:
        raise DataError("This Python was installed without its documentation (pydoc_data.topics); install a complete Python")
    from pydoc_data.topics import topics

    paragraphs: dict[str, str] = {}
    for topic in sorted(topics):
        for paragraph in topics[topic].strip("\n").split("\n\n"):
            paragraphs.setdefault(" ".join(paragraph.split()), paragraph)
    return "\n\n".join(paragraphs.values()) + "\n"


def continuations(symbols: NDArray[np.int64], window: int, stride: int, test_share: float) -> Data:
    """(T,) symbols → windows (N, window), and at every step the next symbol as a class: the symbol minus 1.

    The last `test_share` of the text is for testing; no window reaches across the cut. Training windows start every `stride` symbols, test
    windows where the previous one ends, without those that occur in training too.
    Raises: DataError if the text is too short for one window on either side."""
    whole = window + 1
    if len(symbols) < 2 * whole:
        raise DataError(
            f"The text has {len(symbols):,} symbols: too short for training and testing with windows of {window:,}, which need "
            f"{2 * whole:,}; use a longer text or a shorter window"
        )
    tests = min(max(round(len(symbols) * test_share), whole), len(symbols) - whole)
    train, test = symbols[:-tests], symbols[-tests:]
    learned = _searchable(train)
    new = [row for row in _windows(test, whole, window) if _searchable(row) not in learned]
    if not new:
        raise DataError("Everything in the test part of the text occurs in its training part; use a more varied text or a longer window")
    return Data(_pairs(_windows(train, whole, stride)), _pairs(np.stack(new)))


def _windows(symbols: NDArray[np.int64], whole: int, stride: int) -> NDArray[np.int64]:
    windows: NDArray[np.int64] = np.lib.stride_tricks.sliding_window_view(symbols, whole)[::stride]
    return windows


def _pairs(windows: NDArray[np.int64]) -> Split:
    return Split(np.ascontiguousarray(windows[:, :-1]), np.ascontiguousarray(windows[:, 1:]) - 1)


def _searchable(symbols: NDArray[np.int64]) -> str:
    return "".join(map(chr, symbols.tolist()))
