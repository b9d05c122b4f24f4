"""Text to be continued, character by character."""

from importlib.util import find_spec

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.examples import Data, DataError, Split
from playground.catalog.sequences.vocabulary import UNKNOWN

Symbols = NDArray[np.int64]

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


def continuations(symbols: Symbols, window: int, stride: int, test_share: float) -> Data:
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
    return _continuations(symbols[:-tests], symbols[-tests:], window, stride)


def continuations_by_file(symbols: Symbols, lengths: Symbols, window: int, stride: int, test_share: float, seed: int) -> Data:
    """The same for several texts, one after another in `symbols`, of which whole ones are for testing: they are drawn at random until they
    have about `test_share` of the symbols.

    lengths: (F,) of the texts, at least two. Windows reach from one training text into the next.
    Raises: DataError if the texts on one side are too short for one window."""
    order = np.random.default_rng([seed, 1]).permutation(len(lengths))
    drawn = lengths[order].cumsum()
    count = min(int(np.abs(drawn - test_share * len(symbols)).argmin()) + 1, len(lengths) - 1)
    is_test = np.repeat(np.isin(np.arange(len(lengths)), order[:count]), lengths)
    train, test = symbols[~is_test], symbols[is_test]
    for part, name, texts in ((train, "training", len(lengths) - count), (test, "testing", count)):
        if len(part) <= window:
            raise DataError(
                f"The {texts:,} texts for {name} have {len(part):,} symbols: too short for windows of {window:,}, which need "
                f"{window + 1:,}; use longer texts or a shorter window"
            )
    return _continuations(train, test, window, stride)


def _continuations(train: Symbols, test: Symbols, window: int, stride: int) -> Data:
    """Raises: DataError if everything in the test part occurs in training."""
    whole = window + 1
    candidates = _windows(test, whole, window)
    new = candidates[~np.isin(_fingerprints(test, whole)[::window], _fingerprints(train, whole))]
    if not len(new):
        raise DataError("Everything in the test part of the text occurs in its training part; use a more varied text or a longer window")
    return Data(_pairs(_windows(train, whole, stride)), _pairs(new))


def _windows(symbols: Symbols, whole: int, stride: int) -> Symbols:
    windows: Symbols = np.lib.stride_tricks.sliding_window_view(symbols, whole)[::stride]
    return windows


def _pairs(windows: Symbols) -> Split:
    return Split(np.ascontiguousarray(windows[:, :-1], np.int64), np.ascontiguousarray(windows[:, 1:], np.int64) - 1)


def _fingerprints(symbols: Symbols, whole: int) -> NDArray[np.uint64]:
    """A number for each window of `whole` symbols, (T − whole + 1,): the same for equal windows, and practically never for others.

    Polynomials with random coefficients modulo 2⁶⁴ (Karp and Rabin 1987, IBM J. Res. Dev. 31:249), from differences of running sums."""
    random = np.random.default_rng(0).integers(0, 2**64, int(symbols.max()) + 1, dtype=np.uint64)
    base = 0x9E3779B97F4A7C15  # odd, so that it has an inverse
    powers, inverses = (np.cumprod(np.full(len(symbols), factor % 2**64, dtype=np.uint64)) for factor in (base, pow(base, -1, 2**64)))
    sums = np.concatenate([np.zeros(1, np.uint64), np.cumsum(random[symbols] * powers)])
    fingerprints: NDArray[np.uint64] = (sums[whole:] - sums[:-whole]) * inverses[: len(symbols) - whole + 1]
    return fingerprints
