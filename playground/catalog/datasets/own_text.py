"""Text that users upload: texts with a class or a value each, and text to be continued. The vocabulary is stored with the text."""

from functools import lru_cache
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.artifacts.uploads import Upload, open_upload
from playground.catalog.datasets import own
from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Data, DataError
from playground.catalog.encodings import Encoding, TextEncoding
from playground.catalog.sequences.text import continuations, continuations_by_file
from playground.catalog.sequences.vocabulary import UNKNOWN, Unit, Vocabulary
from playground.catalog.tasks import NextSymbol, Task

MAX_LENGTH = 10_000
"""Symbols of a text."""
MAX_WINDOW = 512
MAX_SYMBOLS = 20_000
MAX_CLASSES = 5_000
"""Symbols of a text to be continued: the network has one output for each."""
MAX_WINDOWS_BYTES = 2_000_000_000

_KEPT = 16


def symbols_field(most: int) -> Any:
    """Size of the vocabulary."""
    text = "Number of different words or characters that the network knows, with one for all others, the unknown symbol"
    return Field(2, ge=1, le=most, title="Vocabulary", description=text, json_schema_extra=own.OF_CONTENT)


def unit_field() -> Any:
    """What a symbol is."""
    return Field("words", title="Symbols", description="Whether the network reads words or characters", json_schema_extra=own.OF_CONTENT)


def vocabulary_of(key: str, name: str, size: int) -> Vocabulary:
    """The vocabulary of an upload.

    Raises: DataError if the upload is missing, or its vocabulary has another size."""
    vocabulary = _stored_vocabulary(key, name)
    if len(vocabulary.symbols) != size:
        raise DataError(
            f"the data “{name}” ({key[:8]}) has a vocabulary of {len(vocabulary.symbols):,}, not of {size:,} as the experiment says; "
            f"choose it again on the Data page"
        )
    return vocabulary


@lru_cache(maxsize=64)
def _stored_vocabulary(key: str, name: str) -> Vocabulary:
    return Vocabulary(tuple(open_upload(key, name).description.get("symbols", ())))


@lru_cache(maxsize=64)
def _nameless(size: int) -> Vocabulary:
    """Stands for a vocabulary that is not on this server."""
    return Vocabulary((UNKNOWN, *(f"#{number}" for number in range(2, size + 1))))


class _Text(Dataset):
    """What both have: a vocabulary, which stays with the uploaded text; the spec has its size."""

    source: ClassVar[str] = own.UPLOADED
    license: ClassVar[str] = own.LICENSE

    key: own.Key = own.key_field()
    called: own.Name = own.called_field()
    symbols: int = symbols_field(MAX_SYMBOLS)
    unit: Unit = unit_field()
    test_share: float = own.test_share_field()
    seed: int = own.seed_field()

    @property
    def vocabulary(self) -> Vocabulary:
        """Raises: DataError if it is not on this server."""
        if not self.key:
            raise DataError("there is no data yet; upload text on the Data page")
        return vocabulary_of(self.key, self.called, self.symbols)

    def preprocessing(self) -> dict[str, object]:
        return TextEncoding(1, self.vocabulary, unit=self.unit).preprocessing

    def _encoding(self, length: int, *, varies: bool) -> TextEncoding:
        """Numbers stand for the symbols if the vocabulary is not on this server."""
        try:
            vocabulary = self.vocabulary
        except DataError:
            vocabulary = _nameless(self.symbols)
        return TextEncoding(length, vocabulary, varies, self.unit)


class OwnText(_Text):
    """Texts that you uploaded, each with a class or a value to predict. Longer texts are cut."""

    title: ClassVar[str] = "My texts"

    kind: Literal["own_text"] = "own_text"
    length: int = Field(
        16, ge=1, le=MAX_LENGTH, title="Length", description="Symbols of the longest text", json_schema_extra=own.OF_CONTENT
    )
    labels: own.Labels = own.labels_field("no", "yes")
    target_mean: float = own.target_mean_field()
    target_deviation: float = own.target_deviation_field()

    @property
    def task(self) -> Task:
        return own.task_of(self.labels)

    @property
    def encoding(self) -> Encoding:
        return self._encoding(self.length, varies=True)

    @property
    def classes(self) -> tuple[str, ...]:
        return self.labels

    @property
    def target_title(self) -> str:  # type: ignore[override]
        """Name of the target column."""
        return own.target_title(self.key, self.called)

    @property
    def target_scale(self) -> tuple[float, float]:
        return self.target_mean, self.target_deviation

    def examples(self) -> Data:
        upload = own.uploaded(self.key, self.called, "upload texts", "texts", self.shape, self.labels, self.symbols)
        recipe = f"{self.key}; {self.test_share} for the test, seed {self.seed}"
        return cached(self.name(), recipe, lambda: self.arranged(upload), keep=_KEPT)

    def arranged(self, upload: Upload) -> Data:
        """The texts of an upload, split."""
        return own.split_by_share(np.asarray(upload.inputs, dtype=np.int64), upload.targets, self.test_share, self.seed)


class OwnCorpus(_Text):
    """Text that you uploaded: what comes next, symbol by symbol? A network that predicts it can write on.

    A single text is cut by position, its end is for testing; of several files, whole ones are."""

    title: ClassVar[str] = "My text to continue"
    task: ClassVar[Task] = NextSymbol()
    target_title: ClassVar[str] = "Next symbol"

    kind: Literal["own_corpus"] = "own_corpus"
    symbols: int = symbols_field(MAX_CLASSES)
    window: int = Field(64, ge=2, le=MAX_WINDOW, title="Window", description="How many symbols the network sees at most")
    stride: int = Field(
        16, ge=1, le=10_000, title="Stride", description="Symbols from the start of a training window to the next; fewer give more windows"
    )

    @property
    def encoding(self) -> Encoding:
        return self._encoding(self.window, varies=False)

    @property
    def classes(self) -> tuple[str, ...]:
        encoding = self._encoding(self.window, varies=False)
        return encoding.symbols[1:]

    def examples(self) -> Data:
        upload = own.uploaded(self.key, self.called, "upload text", "corpus", (), (), self.symbols)
        recipe = f"{self.key}; {self.window} {self.stride}; {self.test_share} for the test, seed {self.seed}"
        return cached(self.name(), recipe, lambda: self.arranged(upload), keep=_KEPT)

    def arranged(self, upload: Upload) -> Data:
        """The windows of an upload.

        Raises: DataError if the text is too short, or there are too many windows."""
        bytes_needed = 16 * self.window * len(upload.inputs) // self.stride
        if bytes_needed > MAX_WINDOWS_BYTES:
            raise DataError(
                f"The windows of this text take {bytes_needed:,} bytes; the limit is {MAX_WINDOWS_BYTES:,}; use a larger stride"
            )
        text = np.asarray(upload.inputs, dtype=np.int64)
        if len(upload.targets) == 1:
            return continuations(text, self.window, self.stride, self.test_share)
        return continuations_by_file(text, np.asarray(upload.targets), self.window, self.stride, self.test_share, self.seed)
