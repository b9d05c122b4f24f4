"""Each puzzle against a solution in plain Python."""

import re

import numpy as np
import pytest
from numpy.typing import NDArray

from playground.catalog.answers import IGNORED
from playground.catalog.sequences.distinct import distinct
from playground.catalog.sequences.puzzles import (
    BRACKETS,
    BROKEN,
    MATCHED,
    OPEN,
    Rearrangement,
    adding,
    after_the_question,
    brackets,
    in_place,
    matched_brackets,
    parity,
    rearranged,
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(0)


def valid(row: NDArray[np.int64]) -> list[int]:
    length = int((row > 0).sum())
    assert not row[length:].any()  # padding only after the end
    return row[:length].tolist()


def test_the_marked_numbers_are_added(rng: np.random.Generator) -> None:
    inputs, targets = adding(20_000, 11, rng)
    values, marks = inputs[:, :, 0], inputs[:, :, 1]
    assert inputs.dtype == targets.dtype == np.float32
    assert (marks[:, :5].sum(axis=1) == 1).all()
    assert (marks[:, 5:].sum(axis=1) == 1).all()
    expected = [sum(value for value, mark in zip(*row, strict=True) if mark) for row in zip(values[:99], marks[:99], strict=True)]
    np.testing.assert_allclose(targets[:99, 0], expected, rtol=1e-6)
    assert targets.var() == pytest.approx(1 / 6, rel=0.03)  # the error of the best constant guess: 1/12 for each number


def test_the_shortest_sum_has_two_numbers(rng: np.random.Generator) -> None:
    inputs, targets = adding(5, 2, rng)
    np.testing.assert_allclose(targets[:, 0], inputs[:, :, 0].sum(axis=1))


def test_parity_after_every_step(rng: np.random.Generator) -> None:
    symbols, parities = parity(500, 3, 12, rng)
    for row, answers in zip(symbols, parities, strict=True):
        bits = valid(row)
        assert 3 <= len(bits) <= 12
        assert answers.tolist() == [sum(bit == 2 for bit in bits[: step + 1]) % 2 for step in range(len(bits))] + [IGNORED] * (
            12 - len(bits)
        )


def test_no_two_sequences_are_the_same_and_there_may_be_fewer(rng: np.random.Generator) -> None:
    symbols, _ = parity(1000, 1, 4, rng)
    assert len(symbols) == 2 + 4 + 8 + 16
    assert len(np.unique(symbols, axis=0)) == len(symbols)
    assert len(distinct(lambda rows: np.ones((rows, 3), dtype=np.int64), 10)) == 1


def reduced(text: str) -> str:
    """What is left after taking out matched pairs, again and again."""
    while (shorter := re.sub(r"\(\)|\[\]|\{\}|<>", "", text)) != text:
        text = shorter
    return text


@pytest.mark.parametrize("kinds", [1, 2, 4])
def test_brackets_are_matched_open_or_broken_after_every_step(kinds: int, rng: np.random.Generator) -> None:
    symbols, states = brackets(400, kinds, 2, 16, rng)
    for row, answers in zip(symbols, states, strict=True):
        text = "".join(BRACKETS[symbol - 1] for symbol in valid(row))
        assert len(text) % 2 == 0
        assert 2 <= len(text) <= 16
        for step, answer in enumerate(answers[: len(text)], start=1):
            left = reduced(text[:step])
            expected = MATCHED if not left else OPEN if not re.search(r"[)\]}>]", left) else BROKEN
            assert answer == expected, text[:step]
        assert (answers[len(text) :] == IGNORED).all()


@pytest.mark.parametrize("kinds", [1, 3])
def test_half_of_the_bracket_sequences_are_matched_and_counting_does_not_tell(kinds: int, rng: np.random.Generator) -> None:
    symbols, states = brackets(3000, kinds, 12, 20, rng)
    last = states[np.arange(len(states)), (symbols > 0).sum(axis=1) - 1]
    assert (last == MATCHED).mean() == pytest.approx(0.5, abs=0.04)
    for kind in range(kinds):
        np.testing.assert_array_equal((symbols == 2 * kind + 1).sum(axis=1), (symbols == 2 * kind + 2).sum(axis=1))


def test_matched_brackets_are_equally_likely(rng: np.random.Generator) -> None:
    """There are 5 ways to match three pairs (the third Catalan number)."""
    _, counts = np.unique(matched_brackets(20_000, 1, 6, 6, rng), axis=0, return_counts=True)
    assert len(counts) == 5
    assert counts / 20_000 == pytest.approx(np.full(5, 0.2), abs=0.015)


@pytest.mark.parametrize(("how", "expected"), [("copy", list), ("reverse", lambda row: row[::-1]), ("sort", sorted)])
@pytest.mark.parametrize("shortest", [1, 7, 99])
def test_symbols_are_rearranged(how: Rearrangement, expected: object, shortest: int, rng: np.random.Generator) -> None:
    question, answer = rearranged(how, 300, 10, shortest, 7, rng)
    assert len({len(valid(row)) for row in question}) == (7 if shortest == 1 else 1)
    for asked, answered in zip(question, answer, strict=True):
        assert valid(answered) == expected(valid(asked))  # type: ignore[operator]
    classes = in_place(answer)
    np.testing.assert_array_equal(classes == IGNORED, question == 0)
    assert set(classes[classes != IGNORED]) == set(range(10))


def test_an_answer_after_the_question_is_read_step_by_step(rng: np.random.Generator) -> None:
    question, answer = np.array([[3, 1, 2], [2, 0, 0]]), np.array([[1, 2, 3], [2, 0, 0]])
    inputs, targets = after_the_question(question, answer, separator=4)
    assert inputs.tolist() == [[3, 1, 2, 4, 1, 2], [2, 4, 0, 0, 0, 0]]
    none = IGNORED
    assert targets.tolist() == [[none, none, none, 0, 1, 2], [none, 1, none, none, none, none]]


def test_the_same_seed_gives_the_same_puzzles() -> None:
    first, second = (brackets(50, 2, 4, 10, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first[0], second[0])
