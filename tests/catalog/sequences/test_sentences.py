"""The sentences against a second reading of them, by regular expressions."""

import re

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from playground.catalog.sequences.sentences import ADJECTIVES, COMPLAINT, LONGEST, PAST, PRAISE, PRESENT, VOCABULARY, sentences
from playground.catalog.sequences.vocabulary import UNKNOWN, words

NEGATION = re.compile(r"\b(not|wasn't|didn't|never|hardly|anything but|far from)\b")


def texts(symbols: NDArray[np.int64]) -> list[str]:
    return [" ".join(VOCABULARY.decode(row)) for row in symbols]


def sentiment_of(clause: str) -> int:
    praises = any(word in ADJECTIVES[PRAISE] + PAST[PRAISE] + PRESENT[PRAISE] for word in clause.split())
    return int(praises != bool(NEGATION.search(clause)))


def strength_of(clause: str) -> int:
    if re.search(r"\b(not very|wasn't really|a bit|slightly|rather|fairly|quite|somewhat)\b", clause):
        return 1
    return 3 if re.search(r"\b(at all|very|really|truly|so)\b", clause) else 2


def reading(sentence: str) -> int:
    text = sentence[:-2].replace("anything but", "anything_but").replace("even though", "although")
    if text.startswith("although "):
        text = text.removeprefix("although ").replace(" , ", " but ", 1)
    text = text.replace(" , but ", " but ").replace(" , yet ", " but ").replace(" , although ", " although ")
    first, joint, last = re.fullmatch(r"(.+?)(?: (but|although|and|,) (.+))?", text).groups()  # type: ignore[union-attr]
    first, last = first.replace("_", " "), (last or "").replace("_", " ")
    match joint:
        case None | "although":
            return sentiment_of(first)
        case "but":
            return sentiment_of(last)
        case _:
            return sentiment_of(first if strength_of(first) > strength_of(last) else last)


@pytest.fixture(scope="module")
def drawn() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return sentences(5000, 0.5, 0.5, 0.5, np.random.default_rng(0))


def test_a_second_reader_agrees(drawn: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
    symbols, sentiments = drawn
    wrong = [text for text, sentiment in zip(texts(symbols), sentiments, strict=True) if reading(text) != sentiment]
    assert wrong == []


def test_words_alone_are_not_enough(drawn: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
    """Logistic regression on word counts, which ignores their order."""
    symbols, sentiments = drawn
    counts = np.stack([(symbols == number).sum(axis=1) for number in range(1, len(VOCABULARY))], axis=1)
    model = LogisticRegression(max_iter=2000).fit(counts[:4000], sentiments[:4000])
    assert model.score(counts[4000:], sentiments[4000:]) <= 0.8


def test_words_are_enough_without_negation_contrast_and_intensifiers() -> None:
    symbols, sentiments = sentences(1000, 0, 0, 0, np.random.default_rng(0))
    counts = np.stack([(symbols == number).sum(axis=1) for number in range(1, len(VOCABULARY))], axis=1)
    assert LogisticRegression(max_iter=2000).fit(counts[:500], sentiments[:500]).score(counts[500:], sentiments[500:]) == 1


def test_sentences_are_different_known_and_balanced(drawn: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
    symbols, sentiments = drawn
    assert len(set(texts(symbols))) == len(symbols) == 5000
    assert symbols.shape[1] == LONGEST
    assert sentiments.mean() == pytest.approx(0.5, abs=0.03)
    assert set(sentiments) == {COMPLAINT, PRAISE}
    assert set(symbols[symbols > 0].tolist()) == set(range(2, len(VOCABULARY)))  # every word occurs; none is unknown


def test_the_longest_sentence_fits() -> None:
    symbols, _ = sentences(20_000, 1, 1, 1, np.random.default_rng(1))
    assert (symbols > 0).sum(axis=1).max() == LONGEST


def test_typed_sentences_are_read_as_generated_ones_are(drawn: tuple[NDArray[np.int64], NDArray[np.int64]]) -> None:
    for text in texts(drawn[0])[:500]:
        assert words(text.capitalize()) == text.split()
    assert VOCABULARY.decode(VOCABULARY.encode(words("The zebra wasn’t bad."))) == ("the", UNKNOWN, "wasn't", "bad", ".")


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_shares(share: float) -> None:
    negated = texts(sentences(2000, share, 0, 0.5, np.random.default_rng(0))[0])
    assert np.mean([bool(NEGATION.search(text)) for text in negated]) == pytest.approx(share, abs=0.1)  # fewer of them differ
    joined = texts(sentences(2000, 0, share, 0.5, np.random.default_rng(0))[0])
    assert np.mean([len(re.findall(r"\b(?:the)\b", text)) == 2 for text in joined]) == pytest.approx(share, abs=0.1)
