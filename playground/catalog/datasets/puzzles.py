"""Generated puzzles for networks that read step by step: each has a rule that could be written in a line of code."""

from abc import abstractmethod
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data, Split
from playground.catalog.encodings import Encoding, SequenceEncoding, SymbolEncoding
from playground.catalog.sequences.puzzles import (
    BRACKETS,
    MATCHED,
    Rearrangement,
    adding,
    after_the_question,
    brackets,
    in_place,
    last_answers,
    parity,
    rearranged,
)
from playground.catalog.sequences.vocabulary import Vocabulary
from playground.catalog.tasks import Binary, NextSymbol, Regression, StepClasses, Task

_KEPT = 8
_PREVIEWED = 500
_SEPARATOR = "="


class Generated(Dataset):
    """Sequences drawn at random, all different from one another: no test sequence occurs in training."""

    samples: int = Field(
        10_000, ge=20, le=50_000, title="Sequences",
        description="Number of sequences, training and test together; fewer if there are not so many different ones",
    )  # fmt: skip
    test_share: float = Field(0.1, ge=0.05, le=0.9, title="Test share", description="Share of the sequences held out for testing")
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Data seed", description="Same seed, same sequences")

    @abstractmethod
    def drawn(self, most: int) -> tuple[Array, Array]:
        """The first sequences and their targets, at most `most`: the same whatever their number."""

    def examples(self) -> Data:
        settings = self.model_dump(exclude=set(Dataset.model_fields) - {"kind"})
        return cached(self.name(), f"1 {settings}", lambda: self.divided(self.samples), keep=_KEPT)

    def preview(self) -> Data:
        """The first training examples, unless it takes all of them to know which ones remain."""
        return self.divided(min(self.samples, _PREVIEWED)) if self.unaltered else super().preview()

    def divided(self, most: int) -> Data:
        """The first sequences, at most `most`; the last of these are for testing."""
        inputs, targets = self.drawn(most)
        trains = min(max(len(inputs) - round(len(inputs) * self.test_share), 1), len(inputs) - 1)
        return Data(Split(inputs[:trains], targets[:trains]), Split(inputs[trains:], targets[trains:]))


class Adding(Generated):
    """Many numbers from 0 to 1, two of them marked: what is their sum?

    The classic test of memory: a network has to keep the first marked number until the end. Always guessing 1 has an error (MSE) of 1/6."""

    title: ClassVar[str] = "Adding problem"
    source: ClassVar[str] = "Hochreiter and Schmidhuber 1997, Neural Computation 9:1735"
    task: ClassVar[Task] = Regression()
    target_title: ClassVar[str] = "Sum"
    target_range: ClassVar[tuple[float, float] | None] = (0.0, 2.0)

    kind: Literal["adding"] = "adding"
    length: int = Field(50, ge=2, le=1000, title="Length", description="Steps of each sequence; the longer, the harder to remember")

    @property
    def encoding(self) -> Encoding:
        return SequenceEncoding(self.length, 2)

    @property
    def feature_names(self) -> tuple[str, ...]:
        return ("Number", "Mark")

    def drawn(self, most: int) -> tuple[Array, Array]:
        inputs, sums = adding(self.samples, self.length, np.random.default_rng(self.seed))
        return inputs[:most], sums[:most]


class Parity(Generated):
    """Zeros and ones: is the number of ones odd?

    Every single digit decides, so nothing is learned from most of them. A network that reads step by step needs one bit of memory."""

    title: ClassVar[str] = "Parity"
    source: ClassVar[str] = "Minsky and Papert 1969, Perceptrons"
    classes: ClassVar[tuple[str, ...]] = ("even", "odd")
    target_title: ClassVar[str] = "Number of ones"

    kind: Literal["parity"] = "parity"
    length: int = Field(16, ge=2, le=500, title="Longest", description="Steps of the longest sequences")
    shortest: int = Field(4, ge=1, le=500, title="Shortest", description="Steps of the shortest sequences")
    answers: Literal["end", "steps"] = Field(
        "end", title="Answers", description="One answer at the end, or one at every step, which is much easier to learn"
    )

    @property
    def task(self) -> Task:
        return Binary() if self.answers == "end" else StepClasses(classes=2)

    @property
    def encoding(self) -> Encoding:
        return SymbolEncoding(self.length, Vocabulary(("0", "1")), varies=self.shortest < self.length)

    def drawn(self, most: int) -> tuple[Array, Array]:
        symbols, states = parity(most, self.shortest, self.length, np.random.default_rng(self.seed))
        return symbols, last_answers(states) if self.answers == "end" else states


class Brackets(Generated):
    """Brackets of several kinds: does each one close what was opened last?

    Half of the sequences are matched; in the others, two brackets have changed places, so that counting does not help. It takes a memory
    that works like a stack."""

    title: ClassVar[str] = "Bracket matching"
    source: ClassVar[str] = "Chomsky and Schützenberger 1963; with networks: Gers and Schmidhuber 2001, IEEE TNN 12:1333"
    target_title: ClassVar[str] = "Brackets"

    kind: Literal["brackets"] = "brackets"
    kinds: int = Field(2, ge=1, le=4, title="Kinds", description="Number of kinds of brackets")
    length: int = Field(20, ge=4, le=200, title="Longest", description="Steps of the longest sequences")
    shortest: int = Field(4, ge=2, le=200, title="Shortest", description="Steps of the shortest sequences")
    answers: Literal["end", "steps"] = Field(
        "end", title="Answers", description="One answer at the end, or at every step: are all closed, are some open, or is it broken?"
    )

    @property
    def classes(self) -> tuple[str, ...]:
        return ("not matched", "matched") if self.answers == "end" else ("matched", "open", "broken")

    @property
    def task(self) -> Task:
        return Binary() if self.answers == "end" else StepClasses(classes=3)

    @property
    def encoding(self) -> Encoding:
        return SymbolEncoding(self.length, Vocabulary(BRACKETS[: 2 * self.kinds]), varies=True)

    def drawn(self, most: int) -> tuple[Array, Array]:
        symbols, states = brackets(most, self.kinds, self.shortest, self.length, np.random.default_rng(self.seed))
        return symbols, (last_answers(states) == MATCHED).astype(np.int64) if self.answers == "end" else states


class Rearranging(Generated):
    """A sequence of digits or letters: copy it, reverse it or sort it.

    For every step of the answer, a network has to find the right step of the question, wherever it is: attention learns it in seconds, and
    its maps show how. With the answer after the question, it is written symbol by symbol, as a language model does."""

    title: ClassVar[str] = "Copy, reverse, sort"
    source: ClassVar[str] = "Graves, Wayne and Danihelka 2014, arXiv:1410.5401 (copying and sorting); Karpathy 2020, minGPT (sorting)"
    target_title: ClassVar[str] = "Answer"

    kind: Literal["rearranging"] = "rearranging"
    how: Rearrangement = Field("reverse", title="Order", description="What to do with the sequence")
    symbols: int = Field(
        10, ge=2, le=26, title="Symbols", description="Number of different symbols: digits, or letters if there are more than 10"
    )
    length: int = Field(8, ge=2, le=100, title="Longest", description="Symbols in the longest sequences")
    shortest: int = Field(8, ge=1, le=100, title="Shortest", description="Symbols in the shortest sequences")
    answers: Literal["in place", "after"] = Field(
        "in place", title="Answers",
        description="In place: one at every step. After: behind the question, each symbol predicted from those before it",
    )  # fmt: skip

    @property
    def task(self) -> Task:
        return StepClasses(classes=self.symbols) if self.answers == "in place" else NextSymbol()

    @property
    def classes(self) -> tuple[str, ...]:
        return self._vocabulary.symbols

    @property
    def encoding(self) -> Encoding:
        longest = self.length if self.answers == "in place" else 2 * self.length
        return SymbolEncoding(longest, self._vocabulary, varies=self.shortest < self.length)

    @property
    def _vocabulary(self) -> Vocabulary:
        letters = "0123456789" if self.symbols <= 10 else "abcdefghijklmnopqrstuvwxyz"
        return Vocabulary((*letters[: self.symbols], *(_SEPARATOR if self.answers == "after" else "")))

    def drawn(self, most: int) -> tuple[Array, Array]:
        rng = np.random.default_rng(self.seed)
        question, answer = rearranged(self.how, most, self.symbols, self.shortest, self.length, rng)
        if self.answers == "after":
            return after_the_question(question, answer, self.symbols + 1)
        return question, in_place(answer)
