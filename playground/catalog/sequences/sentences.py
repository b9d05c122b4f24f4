"""English sentences that praise or complain, from a small grammar.

What a sentence says depends on the order of its words: “not bad at all”, “good, but the ending was terrible”, “a bit slow and very
charming”. The same words in another order can say the opposite."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from playground.catalog.sequences.distinct import Symbols, distinct
from playground.catalog.sequences.vocabulary import UNKNOWN, Vocabulary, padded

_T = TypeVar("_T")

Sentiment = Literal[0, 1]
COMPLAINT: Final = 0
PRAISE: Final = 1

TOPICS: Final = (
    ("acting", "plot", "ending", "music", "story", "camera", "dialogue"),
    ("food", "service", "soup", "dessert", "menu", "wine", "coffee"),
    ("room", "view", "bed", "staff", "breakfast", "pool", "garden"),
)
"""What a sentence is about; both halves of a sentence are about the same topic."""

ADJECTIVES: Final = (
    ("bad", "terrible", "awful", "poor", "dreadful", "disappointing", "horrible", "dull", "unpleasant", "miserable"),
    ("good", "great", "wonderful", "lovely", "excellent", "fantastic", "pleasant", "perfect", "charming", "superb"),
)
"""Words of complaint, then words of praise."""
PAST: Final = (("hated", "disliked", "regretted"), ("loved", "liked", "enjoyed"))
PRESENT: Final = (("hate", "dislike", "regret"), ("love", "like", "enjoy"))
COPULAS: Final = ("was", "seemed")

WEAK: Final = (("a bit", "slightly", "rather", "fairly"), ("quite", "somewhat", "rather", "fairly"))
STRONG: Final = ("very", "really", "truly", "so")

PLAIN: Final = 2
"""Strength of a clause without an intensifier; a weak one makes it 1, a strong one 3."""

_DENIALS: Final = ("was not {}", "wasn't {}", "was never {}", "was hardly {}", "was anything but {}", "was far from {}")
_EMPHATIC_DENIALS: Final = ("was not {} at all", "wasn't {} at all")
_CAUTIOUS_DENIALS: Final = ("was not very {}", "wasn't really {}")
_VERB_DENIALS: Final = ("i did not {}", "i didn't {}", "i never {}")
_LAST_DECIDES: Final = ("{} , but {}", "{} , yet {}", "although {} , {}", "even though {} , {}")
_FIRST_DECIDES: Final = ("{} , although {}", "{} even though {}")
_STRONGER_DECIDES: Final = ("{} and {}", "{} , {}")
_ENDINGS: Final = (".", "!")


@dataclass(frozen=True)
class _Clause:
    text: str
    sentiment: Sentiment
    strength: int


def sentences(
    count: int, negation: float, contrast: float, intensifiers: float, rng: np.random.Generator
) -> tuple[Symbols, NDArray[np.int64]]:
    """Up to `count` different sentences (N, LONGEST) as numbers of VOCABULARY, and for each COMPLAINT or PRAISE.

    negation: share of clauses that are negated. contrast: share of sentences with two clauses that disagree; the sentence sides with the
    one after “but”, without “although”, or else with the stronger one. intensifiers: share of clauses with a word such as “very”."""
    sentiments: dict[bytes, Sentiment] = {}

    def draw(rows: int) -> Symbols:
        drawn = [_sentence(negation, contrast, intensifiers, rng) for _ in range(rows)]
        symbols = padded([VOCABULARY.encode(text.split()) for text, _ in drawn], LONGEST)
        sentiments.update({row.tobytes(): sentiment for row, (_, sentiment) in zip(symbols, drawn, strict=True)})
        return symbols

    symbols = distinct(draw, count)
    return symbols, np.array([sentiments[row.tobytes()] for row in symbols], dtype=np.int64)


def _sentence(negation: float, contrast: float, intensifiers: float, rng: np.random.Generator) -> tuple[str, Sentiment]:
    topic = _one(TOPICS, rng)
    noun = _one(topic, rng)
    first = _clause(_sentiment(rng), noun, negation, intensifiers, rng)
    text, sentiment = first.text, first.sentiment
    if rng.random() < contrast:
        another = _one([other for other in topic if other != noun], rng)
        other = _clause(_opposite(sentiment), another, negation, intensifiers, rng)
        text, sentiment = _joined(first, other, rng)
    return f"{text} {_one(_ENDINGS, rng)}", sentiment


def _joined(first: _Clause, last: _Clause, rng: np.random.Generator) -> tuple[str, Sentiment]:
    """Two clauses that disagree, and which of them decides."""
    if first.strength != last.strength and rng.random() < 0.5:
        return _one(_STRONGER_DECIDES, rng).format(first.text, last.text), max(first, last, key=lambda clause: clause.strength).sentiment
    if rng.random() < 0.5:
        return _one(_LAST_DECIDES, rng).format(first.text, last.text), last.sentiment
    return _one(_FIRST_DECIDES, rng).format(first.text, last.text), first.sentiment


def _clause(sentiment: Sentiment, noun: str, negation: float, intensifiers: float, rng: np.random.Generator) -> _Clause:
    negated, intensified, with_verb = rng.random() < negation, rng.random() < intensifiers, rng.random() < 0.25
    named = _opposite(sentiment) if negated else sentiment
    adjective = _one(ADJECTIVES[named], rng)
    strong = bool(rng.random() < 0.5)
    if negated and with_verb:
        return _Clause(f"{_one(_VERB_DENIALS, rng).format(_one(PRESENT[named], rng))} the {noun}", sentiment, PLAIN)
    if negated:
        forms = (_EMPHATIC_DENIALS if strong else _CAUTIOUS_DENIALS) if intensified else _DENIALS
        strength = PLAIN + (1 if strong else -1) * intensified
        return _Clause(f"the {noun} {_one(forms, rng).format(adjective)}", sentiment, strength)
    if with_verb:
        return _Clause(f"i {'really ' if intensified else ''}{_one(PAST[named], rng)} the {noun}", sentiment, PLAIN + intensified)
    copula = _one(COPULAS, rng)
    if not intensified:
        return _Clause(f"the {noun} {copula} {adjective}", sentiment, PLAIN)
    intensifier = _one(STRONG if strong else WEAK[named], rng)
    return _Clause(f"the {noun} {copula} {intensifier} {adjective}", sentiment, PLAIN + (1 if strong else -1))


def _sentiment(rng: np.random.Generator) -> Sentiment:
    return PRAISE if rng.random() < 0.5 else COMPLAINT


def _opposite(sentiment: Sentiment) -> Sentiment:
    return COMPLAINT if sentiment == PRAISE else PRAISE


def _one(choices: Sequence[_T], rng: np.random.Generator) -> _T:
    return choices[int(rng.random() * len(choices))]


def _vocabulary() -> Vocabulary:
    """Every word of the grammar, in alphabetical order."""
    nested = (*TOPICS, *ADJECTIVES, *PAST, *PRESENT, *WEAK)
    flat = (
        *COPULAS, *STRONG, *_DENIALS, *_EMPHATIC_DENIALS, *_CAUTIOUS_DENIALS, *_VERB_DENIALS, *_LAST_DECIDES, *_FIRST_DECIDES,
        *_STRONGER_DECIDES, *_ENDINGS, "i", "the",
    )  # fmt: skip
    words = {word for group in (*nested, flat) for text in group for word in text.split()} - {"{}"}
    return Vocabulary((UNKNOWN, *sorted(words)))


VOCABULARY: Final = _vocabulary()
LONGEST: Final = 18
"""Words and punctuation marks in the longest sentence: two denials, joined by “even though”."""
