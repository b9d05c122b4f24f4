"""Puzzles whose solution is a rule: sums, parity, brackets, and copying, reversing and sorting.

Each returns inputs and answers, all inputs different from one another, from a generator of random numbers. Lengths are drawn evenly from
`shortest` to `length`; a shorter sequence is padded with 0 after its end."""

from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from playground.catalog.answers import IGNORED
from playground.catalog.sequences.distinct import Symbols, distinct

Floats = NDArray[np.float32]
Rearrangement = Literal["copy", "reverse", "sort"]

BRACKETS = ("(", ")", "[", "]", "{", "}", "<", ">")
"""Kind k opens with symbol 2k + 1 and closes with symbol 2k + 2."""
MATCHED: Final = 0
"""After a step: every bracket is closed."""
OPEN: Final = 1
"""After a step: some brackets are still open."""
BROKEN: Final = 2
"""After a step: a bracket was closed that does not match."""

_LARGEST = np.iinfo(np.int64).max


def adding(count: int, length: int, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """The adding problem (Hochreiter and Schmidhuber 1997): numbers from 0 to 1, of which two are marked with 1, one in each half.

    → (count, length, 2) numbers and marks, and (count, 1) the sum of the marked numbers. A constant guess has a mean squared error of 1/6.
    length: at least 2."""
    values = rng.random((count, length), dtype=np.float32)
    marks = np.zeros_like(values)
    rows = np.arange(count)
    marks[rows, rng.integers(0, length // 2, count)] = 1
    marks[rows, rng.integers(length // 2, length, count)] = 1
    return np.stack([values, marks], axis=2), (values * marks).sum(axis=1, keepdims=True)


def parity(count: int, shortest: int, length: int, rng: np.random.Generator) -> tuple[Symbols, Symbols]:
    """Zeros (symbol 1) and ones (symbol 2): is the number of ones so far odd?

    → (at most count, length) symbols, and 0 for even or 1 for odd after every step."""

    def draw(rows: int) -> Symbols:
        return np.where(_steps(rows, shortest, length, rng), rng.integers(1, 3, (rows, length)), 0)

    symbols = distinct(draw, count)
    return symbols, np.where(symbols > 0, (symbols == 2).cumsum(axis=1) % 2, IGNORED)


def brackets(count: int, kinds: int, shortest: int, length: int, rng: np.random.Generator) -> tuple[Symbols, Symbols]:
    """Brackets of some kinds, half of the sequences matched. In the other half two brackets of a matched sequence are swapped, so that
    counting does not tell them apart.

    → (at most count, length) symbols, and MATCHED, OPEN or BROKEN after every step. Lengths are even."""

    def draw(rows: int) -> Symbols:
        symbols = matched_brackets(rows, kinds, shortest, length, rng)
        return np.where((rng.random(rows) < 0.5)[:, None], symbols, _swapped(symbols, rng))

    symbols = distinct(draw, count)
    return symbols, bracket_states(symbols)


def matched_brackets(count: int, kinds: int, shortest: int, length: int, rng: np.random.Generator) -> Symbols:
    """Matched sequences (count, length), each one of its length as likely as any other (Arnold and Sleep 1980, ACM TOPLAS 2:122)."""
    pairs = rng.integers(max(1, (shortest + 1) // 2), max(1, length // 2) + 1, count)
    left, depth = 2 * pairs, np.zeros(count, dtype=np.int64)
    stack, rows = np.zeros((count, length + 1), dtype=np.int64), np.arange(count)
    symbols = np.zeros((count, length), dtype=np.int64)
    for step in range(length):
        running = left > 0
        opens = rng.random(count) * (2 * left * (depth + 1)) < (depth + 2) * (left - depth)
        kind = np.where(opens, rng.integers(0, kinds, count), stack[rows, depth])
        symbols[:, step] = np.where(running, 2 * kind + np.where(opens, 1, 2), 0)
        depth += np.where(running, np.where(opens, 1, -1), 0)
        stack[rows, depth] = np.where(opens & running, kind, stack[rows, depth])
        left -= running
    return symbols


def bracket_states(symbols: Symbols) -> Symbols:
    """(N, L) brackets → (N, L): MATCHED, OPEN or BROKEN after every step, IGNORED at padding."""
    count, length = symbols.shape
    stack, rows = np.full((count, length + 1), -1, dtype=np.int64), np.arange(count)
    depth, broken = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=bool)
    states = np.full_like(symbols, IGNORED)
    for step in range(length):
        symbol = symbols[:, step]
        kind, opens, closes = (symbol - 1) // 2, symbol % 2 == 1, (symbol > 0) & (symbol % 2 == 0)
        broken |= closes & (stack[rows, depth] != kind)  # below the first bracket lies -1, which matches nothing
        depth = np.maximum(depth + opens - closes, 0)
        stack[rows, depth] = np.where(opens, kind, stack[rows, depth])
        states[:, step] = np.where(symbol > 0, np.where(broken, BROKEN, np.where(depth > 0, OPEN, MATCHED)), IGNORED)
    return states


def _swapped(symbols: Symbols, rng: np.random.Generator) -> Symbols:
    """Two brackets of each sequence swapped so that it is no longer matched: any two, or else the first and the last."""
    rows, lengths = np.arange(len(symbols)), (symbols > 0).sum(axis=1)
    one, other = rng.integers(0, lengths), rng.integers(0, lengths)
    trial = _with_swap(symbols, one, other)
    still = bracket_states(trial)[rows, lengths - 1] == MATCHED
    return np.where(still[:, None], _with_swap(symbols, np.zeros_like(lengths), lengths - 1), trial)


def _with_swap(symbols: Symbols, one: NDArray[np.int64], other: NDArray[np.int64]) -> Symbols:
    rows, changed = np.arange(len(symbols)), symbols.copy()
    changed[rows, one], changed[rows, other] = symbols[rows, other], symbols[rows, one]
    return changed


def rearranged(
    how: Rearrangement, count: int, symbols: int, shortest: int, length: int, rng: np.random.Generator
) -> tuple[Symbols, Symbols]:
    """Sequences of the symbols 1 to `symbols`, and the same copied, reversed or sorted: each (at most count, length), padded with 0."""

    def draw(rows: int) -> Symbols:
        return np.where(_steps(rows, shortest, length, rng), rng.integers(1, symbols + 1, (rows, length)), 0)

    question = distinct(draw, count)
    if how == "copy":
        return question, question.copy()
    if how == "sort":
        answer = np.sort(np.where(question > 0, question, _LARGEST), axis=1)
        return question, np.where(question > 0, answer, 0)
    backwards = (question > 0).sum(axis=1, keepdims=True) - 1 - np.arange(length)
    return question, np.where(question > 0, np.take_along_axis(question, np.maximum(backwards, 0), axis=1), 0)


def in_place(answer: Symbols) -> Symbols:
    """Answers (N, L) → the class at every step: the symbol minus 1, IGNORED at padding."""
    return np.where(answer > 0, answer - 1, IGNORED)


def after_the_question(question: Symbols, answer: Symbols, separator: int) -> tuple[Symbols, Symbols]:
    """Question and answer (N, L) as one sequence to be continued: → (N, 2·L) question, separator and answer without its last symbol, and
    the next symbol at every step from the separator on, as a class: the symbol minus 1, IGNORED elsewhere."""
    count, length = question.shape
    inputs = np.zeros((count, 2 * length), dtype=np.int64)
    targets = np.full((count, 2 * length), IGNORED, dtype=np.int64)
    lengths, rows = (question > 0).sum(axis=1), np.arange(count)
    inputs[:, :length] = question
    inputs[rows, lengths] = separator
    for step in range(length):
        within = step < lengths
        targets[rows[within], lengths[within] + step] = answer[within, step] - 1
        followed = step + 1 < lengths
        inputs[rows[followed], lengths[followed] + 1 + step] = answer[followed, step]
    return inputs, targets


def last_answers(targets: Symbols) -> Symbols:
    """(N, L) answers at every step → (N,) the last one of each sequence."""
    steps = (targets != IGNORED).sum(axis=1)
    last: Symbols = targets[np.arange(len(targets)), steps - 1]
    return last


def _steps(rows: int, shortest: int, length: int, rng: np.random.Generator) -> NDArray[np.bool_]:
    """(rows, length): True for the steps of sequences whose lengths are drawn evenly."""
    lengths = rng.integers(min(shortest, length), length + 1, rows)
    return np.arange(length) < lengths[:, None]
