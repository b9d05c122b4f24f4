"""Text that a network writes: a prompt, continued symbol by symbol."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from torch import Tensor

from playground.catalog.datasets.base import Dataset
from playground.catalog.sequences.sampling import continued, next_outputs, next_probabilities
from playground.catalog.sequences.vocabulary import UNKNOWN
from playground.runs.directory import LoadedRun

LONGEST = 100_000
"""Symbols of a text at most."""
HOTTEST = 5.0
"""The highest temperature; symbols are then drawn almost regardless of the network."""
_LARGEST_SEED = 2**63 - 1
_NAMED = 8
"""Unknown symbols that are named."""


class GenerationError(Exception):
    """No text can be written; the message says why."""


@dataclass(frozen=True)
class Sampling:
    """How symbols are drawn. temperature: see `next_probabilities`; top_k: how many of the likeliest are possible, None for all.

    Raises: GenerationError naming the setting that is out of range."""

    temperature: float = 1.0
    top_k: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.temperature <= HOTTEST:  # also refuses NaN
            raise GenerationError(f"temperature: must be from 0 to {HOTTEST:g}, got {self.temperature:g}")
        if self.top_k is not None and self.top_k < 1:
            raise GenerationError(f"top_k: must be at least 1, got {self.top_k}")
        if not 0 <= self.seed <= _LARGEST_SEED:
            raise GenerationError(f"seed: must be from 0 to {_LARGEST_SEED}, got {self.seed}")


@dataclass(frozen=True)
class Prompt:
    """A prompt as a network reads it. symbols: at least one, at most as many as it sees at once. notes: in which ways that is not what was
    typed, in sentences."""

    symbols: tuple[int, ...]
    notes: tuple[str, ...] = ()


def why_not_generating(data: Dataset) -> str:
    """Why networks on this data cannot write, in a sentence; "" if they can."""
    if data.task.name() == "next_symbol":
        return ""
    return f"This network does not predict the next symbol: it learns from {data.title} ({data.task.title.lower()})."


def read_prompt(data: Dataset, text: str) -> Prompt:
    """The end of a text, as many symbols as the network sees. Raises: GenerationError if networks on this data cannot write."""
    if why := why_not_generating(data):
        raise GenerationError(why)
    encoding = data.encoding
    typed = encoding.typed(text, last=True)
    unit, notes = str(encoding.preprocessing.get("unit", "symbols")), []
    if typed.left_out:
        notes.append(f"Not in the vocabulary, and left out: {_named(typed.left_out)}.")
    if typed.unknown:
        tokens = tuple(dict.fromkeys(typed.tokens[index] for index in typed.unknown))
        notes.append(f"Not in the vocabulary, and read as {UNKNOWN}: {_named(tokens)}.")
    if typed.cut:
        notes.append(f"Only the last {len(typed.steps):,} {unit} of the prompt are read: the network sees no more at once.")
    if len(typed.steps):
        return Prompt(tuple(typed.steps.tolist()), tuple(notes))
    note = f"The prompt is empty: the text begins after “{encoding.symbols[encoding.start]}”."
    return Prompt((encoding.start,), (*notes, note))


def next_symbol(run: LoadedRun, prompt: Prompt, sampling: Sampling) -> Tensor:
    """The probability of each class, (K,), to follow the prompt.

    Raises: GenerationError if the network cannot read it, or its outputs are not numbers."""
    try:
        outputs = next_outputs(run.model, list(prompt.symbols), run.spec.data.tensor.size("length"))
    except RuntimeError as error:
        raise GenerationError(f"This network cannot read a sequence of {len(prompt.symbols):,} symbols: {error}") from None
    if not bool(outputs.isfinite().all()):
        raise GenerationError("The network's output is not a number: its training has diverged. Try a smaller learning rate.")
    return next_probabilities(outputs, sampling.temperature, sampling.top_k)


def continuation(run: LoadedRun, prompt: Prompt, sampling: Sampling) -> Iterator[int]:
    """The symbols that follow the prompt, without end. Raises: GenerationError, as `next_symbol`."""
    next_symbol(run, prompt, sampling)
    context = run.spec.data.tensor.size("length")
    try:
        yield from continued(run.model, list(prompt.symbols), context, sampling.seed, sampling.temperature, sampling.top_k)
    except RuntimeError as error:
        raise GenerationError(f"This network cannot go on: {error}") from None


def generate(
    run: LoadedRun, prompt: str = "", length: int = 200, *, temperature: float = 1.0, top_k: int | None = None, seed: int = 0
) -> str:
    """The text that follows a prompt: `length` characters, words or symbols, in the units of the run's data.

    run: from `load_run`, of an experiment that predicts the next symbol. prompt: of a longer one than the network sees at once, its end is
    read; if it is empty, the text begins after a line break, or another symbol that can start a text. temperature: 0 for the likeliest
    symbol each time, 1 for the network's own probabilities. top_k: how many of the likeliest symbols are possible; None for all. The same
    seed gives the same text on one machine.
    Raises: GenerationError if the network cannot write, or naming the setting that is out of range."""
    symbols = continuation(run, read_prompt(run.spec.data, prompt), Sampling(temperature, top_k, seed))
    return run.spec.data.encoding.written(list(islice(symbols, checked_length(length))))


def checked_length(length: int) -> int:
    """The length of a text. Raises: GenerationError if it is out of range."""
    if not 1 <= length <= LONGEST:
        raise GenerationError(f"length: must be from 1 to {LONGEST:,}, got {length:,}")
    return length


def _named(tokens: tuple[str, ...]) -> str:
    return " ".join(tokens[:_NAMED]) + (" …" if len(tokens) > _NAMED else "")
