"""Text: sentences of praise and complaint, and Python's documentation."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data
from playground.catalog.datasets.puzzles import Generated
from playground.catalog.encodings import Encoding, TextEncoding
from playground.catalog.sequences.sentences import LONGEST, VOCABULARY, sentences
from playground.catalog.sequences.text import CHARACTERS, continuations, documentation
from playground.catalog.sequences.vocabulary import Vocabulary, characters
from playground.catalog.tasks import Binary, NextSymbol, Task

_KEPT = 4
_PREVIEWED = 500
_VOCABULARY = Vocabulary(CHARACTERS)


class Sentences(Generated):
    """English text: does a sentence praise or complain? Sentiment analysis, on sentences from a small grammar.

    Negation, contrast and intensifiers turn the meaning around: “not bad at all”, “good, but the ending was terrible”. The order of the
    words decides: which words occur says almost nothing."""

    title: ClassVar[str] = "Sentences with sentiment"
    source: ClassVar[str] = "This app's own grammar; the task: Pang, Lee and Vaithyanathan 2002, EMNLP:79"
    task: ClassVar[Task] = Binary()
    classes: ClassVar[tuple[str, ...]] = ("complaint", "praise")
    target_title: ClassVar[str] = "Sentiment"
    encoding: ClassVar[Encoding] = TextEncoding(LONGEST, VOCABULARY, varies=True, unit="words")

    kind: Literal["sentences"] = "sentences"
    samples: int = Field(
        8000, ge=20, le=50_000, title="Sentences",
        description="Number of sentences, training and test together; fewer if there are not so many different ones",
    )  # fmt: skip
    test_share: float = Field(0.2, ge=0.05, le=0.9, title="Test share", description="Share of the sentences held out for testing")
    negation: float = Field(0.5, ge=0, le=1, title="Negation", description="Share of clauses with a negation, such as “not bad at all”")
    contrast: float = Field(
        0.5, ge=0, le=1, title="Contrast", description="Share of sentences with two clauses that disagree, such as “good, but …”"
    )
    intensifiers: float = Field(0.5, ge=0, le=1, title="Intensifiers", description="Share of clauses with a word such as “very” or “a bit”")

    def drawn(self, most: int) -> tuple[Array, Array]:
        rng = np.random.default_rng(self.seed)
        return sentences(most, self.negation, self.contrast, self.intensifiers, rng)


class PythonDocs(Dataset):
    """English text, character by character: what comes next? Python's own documentation of the language, as `help()` shows it.

    A network that predicts the next character can write on: first letters, then words, then something that looks like documentation."""

    title: ClassVar[str] = "Python's documentation"
    source: ClassVar[str] = "Python Software Foundation; included in Python itself (pydoc_data.topics)"
    license: ClassVar[str] = "PSF License Version 2"
    task: ClassVar[Task] = NextSymbol()
    classes: ClassVar[tuple[str, ...]] = _VOCABULARY.labels[1:]
    target_title: ClassVar[str] = "Next character"

    kind: Literal["python_docs"] = "python_docs"
    window: int = Field(64, ge=2, le=512, title="Window", description="How many characters the network sees at most")
    stride: int = Field(
        16, ge=1, le=512, title="Stride", description="Characters from the start of a training window to the next; fewer give more windows"
    )
    test_share: float = Field(0.1, ge=0.05, le=0.5, title="Test share", description="Share of the text, its end, held out for testing")

    @property
    def encoding(self) -> Encoding:
        return TextEncoding(self.window, _VOCABULARY, unit="characters")

    def examples(self) -> Data:
        text = documentation()
        recipe = f"1 {self.window} {self.stride} {self.test_share} {text}"
        return cached(self.name(), recipe, lambda: self.windows(text, self.stride), keep=_KEPT)

    def preview(self) -> Data:
        """Some of the training windows, far apart, unless it takes all of them to know which ones remain."""
        text = documentation()
        apart = max(1, len(text) // (_PREVIEWED * self.stride))
        return self.windows(text, apart * self.stride) if self.unaltered else super().preview()

    def windows(self, text: str, stride: int) -> Data:
        """The windows of a text."""
        symbols = _VOCABULARY.encode(characters(text))
        return continuations(symbols, self.window, stride, self.test_share)
