"""Turn texts into symbols for a network, according to the user's choices; every step is noted."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.artifacts.uploads import Upload
from playground.catalog.datasets import OwnCorpus, OwnText
from playground.catalog.datasets.own_text import MAX_CLASSES, MAX_LENGTH, MAX_SYMBOLS, MAX_WINDOW
from playground.catalog.messages import counted
from playground.catalog.sequences.vocabulary import UNKNOWN, Unit, Vocabulary, tokens
from playground.own.columns import Column, text_column
from playground.own.documents import CONTROL, TextDraft, removed_controls
from playground.own.errors import OwnDataError
from playground.own.prepared import Note, Prepared
from playground.own.table import TableDraft
from playground.own.targets import is_named_target, like_classes, rare, targets_of
from playground.own.work import go_on, limited
from playground.settings import settings

Learn = Literal["classes", "value", "next"]
"""What to predict: the class or the value of each text, or what comes next in it."""

_USUAL_LENGTH = {"words": 200, "characters": 400}
_USUAL_WINDOW = 64
_USUAL_WINDOWS = 50_000
_MANY_SYMBOLS = 1000
"""In so many symbols, words that occur once count as unknown, so that the network learns what to make of unknown words."""
_PIECE = 1 << 20
_EXCERPTS, _EXCERPT = 200, 2000
_JOINERS = ("\u200d", "\ufe0f", *map(chr, range(0x1F3FB, 0x1F400)))
"""Code points that make one emoji of several: joiner, variation selector, skin tones."""


@dataclass(frozen=True)
class TextChoices:
    """How to learn from texts.

    text, target: columns of a table by position, from 0. unit: what a symbol is. most_symbols: the size of the vocabulary, with the unknown
    symbol. length: symbols of the longest text, longer ones are cut; of text to be continued, the window; None chooses it. scale_target:
    standardize a target of values."""

    learn: Learn = "classes"
    text: int = 0
    target: int = 1
    unit: Unit = "words"
    most_symbols: int = 5000
    length: int | None = None
    scale_target: bool = True
    test_share: float = 0.2
    seed: int = 0


def guess_text(draft: TableDraft | TextDraft) -> TextChoices:
    """Default choices: the column with sentences, and the last suitable other column, or one with a typical name, as the target; files in
    folders have these as classes, and other files are to be continued.

    Raises: OwnDataError if a table has no column of text."""
    if isinstance(draft, TextDraft):
        unit = _usual_unit(draft.texts[:100])
        if draft.has_classes:
            return TextChoices("classes", unit=unit)
        return TextChoices("next", unit="characters", most_symbols=MAX_CLASSES)
    texts = text_columns(draft)
    if not texts:
        raise OwnDataError("the table has no column of text; use it as a table of numbers instead")
    text = next((column for column in texts if column.has_sentences), texts[0])
    others = [column for column in draft.columns if column is not text and column.distinct > 1 and column.kind != "empty"]
    named = [column for column in others if is_named_target(column)]
    useful = [column for column in others if not column.identifier and not column.has_sentences and column.kind != "date"]
    target = next(iter((named or useful or others)[-1:]), None)
    unit = _usual_unit(text.categories[:100])
    if target is None:
        return TextChoices("next", text.position, text.position, "characters", MAX_CLASSES)
    return TextChoices("classes" if like_classes(target) else "value", text.position, target.position, unit)


def text_columns(draft: TableDraft) -> list[Column]:
    """The columns that can be read as text, the longest texts first."""

    def length(column: Column) -> float:
        sample = column.categories[:100]
        return sum(map(len, sample)) / len(sample)

    return sorted((column for column in draft.columns if column.categories), key=length, reverse=True)


def _usual_unit(texts: Sequence[str]) -> Unit:
    """Characters for text without spaces, such as Chinese."""
    spaced = sum(len(text.split()) for text in texts)
    return "words" if sum(map(len, texts)) <= 20 * max(spaced, 1) else "characters"


@limited
def prepare_text(draft: TableDraft | TextDraft, choices: TextChoices) -> Prepared:
    """The texts of a table or of files as symbols, according to these choices; the notes list every step. The vocabulary, the most frequent
    symbols of all texts, is stored with them.

    Raises: OwnDataError if there are too few texts, a single class, or a limit is exceeded."""
    most = MAX_CLASSES if choices.learn == "next" else MAX_SYMBOLS
    if not 2 <= choices.most_symbols <= most:
        raise OwnDataError(f"the vocabulary must have 2 to {most:,} symbols, got {choices.most_symbols:,}")
    longest = MAX_WINDOW if choices.learn == "next" else MAX_LENGTH
    shortest = 2 if choices.learn == "next" else 1
    if choices.length is not None and not shortest <= choices.length <= longest:
        raise OwnDataError(f"the length must be {shortest} to {longest:,} symbols, got {choices.length:,}")
    source = _table_source(draft, choices) if isinstance(draft, TableDraft) else _file_source(draft, choices)
    numbered = _numbered(source.texts, choices.unit)
    if choices.learn == "next":
        return _continued(draft.name, source, numbered, choices)
    return _classified(draft.name, source, numbered, choices)


@dataclass(frozen=True)
class _Source:
    """texts: to read. target: of the rows of a table or the files; rows: the row of each text in it. noun: what a text is."""

    texts: Sequence[str]
    target: Column | None
    rows: NDArray[np.intp]
    noun: str
    notes: tuple[Note, ...]


def _table_source(draft: TableDraft, choices: TextChoices) -> _Source:
    width = len(draft.columns)
    for position in (choices.text, choices.target):
        if not 0 <= position < width:
            raise OwnDataError(f"column {position + 1} does not exist; choose one from 1 to {width}")
    column, target = draft.columns[choices.text], draft.columns[choices.target]
    if not column.categories:
        raise OwnDataError(f"“{column.name}” contains no text; choose another column to read")
    notes = []
    present = column.present.copy()
    if gone := draft.rows - int(present.sum()):
        notes.append(Note(f"Left out {_counted(gone, 'row')} without text in “{column.name}”.", warning=True))
    if choices.learn != "next":
        if target is column:
            raise OwnDataError(f"“{column.name}” is what the network reads, so it cannot be the target; choose another column")
        if target.kind == "empty":
            raise OwnDataError(f"“{target.name}” is empty, so it cannot be predicted; choose another target")
        before = int(present.sum())
        present &= target.present
        if gone := before - int(present.sum()):
            notes.append(Note(f"Left out {_counted(gone, 'row')} without a value of the target “{target.name}”.", warning=True))
    rows = np.flatnonzero(present)
    texts, controls = [], 0
    for index in column.values[rows].astype(np.int64).tolist():
        plain, count = CONTROL.subn("", column.categories[index])
        texts.append(plain)
        controls += count
    if controls:
        notes.append(removed_controls(controls))
    characters, most = sum(map(len, texts)), settings().upload_cells
    if characters > most:
        raise OwnDataError(
            f"“{column.name}” has {characters:,} characters; the limit is {most:,} (PLAYGROUND_UPLOAD_CELLS); upload fewer rows"
        )
    return _Source(texts, target, rows, "row", tuple(notes))


def _file_source(draft: TextDraft, choices: TextChoices) -> _Source:
    if choices.learn == "value":
        raise OwnDataError("text files have no values to predict; choose classes, or what comes next")
    if choices.learn == "next":
        return _Source(draft.texts, None, np.arange(len(draft.texts)), "file", ())
    if not draft.has_classes:
        raise OwnDataError(
            "the files are not in folders, so they have no classes; use a ZIP with a folder of text files per class, or predict what comes "
            "next"
        )
    inside = [index for index, folder in enumerate(draft.folders) if folder is not None]
    outside = [path for path, folder in zip(draft.paths, draft.folders, strict=True) if folder is None]
    names: dict[str, int] = {}
    codes = [names.setdefault(folder, len(names)) for folder in draft.folders if folder is not None]
    target = text_column(0, "Folder", np.array(codes, np.int32), list(names), Counter())
    notes = (Note(f"Left out {_counted(len(outside), 'file')} outside of the class folders.", warning=True),) if outside else ()
    return _Source([draft.texts[index] for index in inside], target, np.arange(len(inside)), "file", notes)


@dataclass(frozen=True)
class _Numbered:
    """Texts as numbers in the order in which symbols occur first. texts: int32 (l,) each. index: the number of each symbol."""

    texts: list[NDArray[np.int32]]
    index: dict[str, int]


def _numbered(texts: Sequence[str], unit: Unit) -> _Numbered:
    index: dict[str, int] = {}
    parts = []
    for text in texts:
        pieces = [np.fromiter((index.setdefault(token, len(index)) for token in tokens(piece, unit)), np.int32) for piece in _pieces(text)]
        parts.append(np.concatenate(pieces) if pieces else np.zeros(0, np.int32))
    return _Numbered(parts, index)


def _pieces(text: str) -> Iterator[str]:
    """Parts of at most about a million characters, so that symbols of a long text are never in memory as strings all at once."""
    start = 0
    while start < len(text):
        go_on()
        end = min(start + _PIECE, len(text))
        if end < len(text):
            end = max(text.rfind("\n", start, end), text.rfind(" ", start, end), start + _PIECE // 2) + 1
        yield text[start:end]
        start = end


def _vocabulary(numbered: _Numbered, choices: TextChoices) -> tuple[Vocabulary, NDArray[np.int32], list[Note]]:
    """The vocabulary, the number in it of each number in `numbered`, and notes."""
    counts = np.bincount(np.concatenate([*numbered.texts, np.zeros(0, np.int32)]), minlength=len(numbered.index))
    total = int(counts.sum())
    least = 2 if choices.unit == "words" and total >= _MANY_SYMBOLS else 1
    occurrences = Counter(dict(zip(numbered.index, counts.tolist(), strict=True)))
    vocabulary = Vocabulary.of(occurrences, choices.most_symbols + 1, least)
    numbers = vocabulary.encode(list(numbered.index)).astype(np.int32)
    unknown = numbers == 1
    known = len(vocabulary.symbols) - 1
    text = f"The vocabulary has {known:,} different {choices.unit}{' and punctuation marks' if choices.unit == 'words' else ''}"
    if unknown.any():
        share = counts[unknown].sum() / total
        text += f"; {int(unknown.sum()):,} rarer ones count as unknown ({UNKNOWN}), {share:.1%} of all {choices.unit}"
    notes = [Note(f"{text}.")]
    if any(joiner in numbered.index for joiner in _JOINERS):
        notes.append(Note("Each Unicode code point is a symbol: an emoji that is made of several counts as several."))
    return vocabulary, numbers, notes


def _classified(name: str, source: _Source, numbered: _Numbered, choices: TextChoices) -> Prepared:
    if source.target is None:
        raise OwnDataError("there is no target; choose a column to predict")
    there = np.flatnonzero([len(text) > 0 for text in numbered.texts])
    notes = list(source.notes)
    if gone := len(numbered.texts) - len(there):
        notes.append(Note(f"Left out {_counted(gone, source.noun)} without any {choices.unit}.", warning=True))
    if len(there) < 2:
        raise OwnDataError(f"{'one text remains' if len(there) else 'no text remains'}, but at least 2 are needed; upload more texts")
    vocabulary, numbers, more = _vocabulary(numbered, choices)
    notes += more
    inputs, more = _inputs([numbered.texts[index] for index in there], numbers, choices)
    notes += more
    kept, more = _distinct(inputs, source.target.values[source.rows[there]], choices.unit)
    notes += more
    rows = source.rows[there[kept]]
    targets = targets_of(source.target, rows, "classes" if choices.learn == "classes" else "value", choices.scale_target)
    notes += targets.notes
    description = {
        "family": "texts", "unit": choices.unit, "symbols": list(vocabulary.symbols), "labels": list(targets.labels),
        "target": source.target.name,
    }  # fmt: skip
    upload = Upload(inputs[kept], targets.values, description)
    dataset = OwnText(
        key=upload.key,
        called=name,
        symbols=len(vocabulary.symbols),
        unit=choices.unit,
        length=inputs.shape[1],
        labels=targets.labels,
        target_mean=targets.mean,
        target_deviation=targets.deviation,
        test_share=choices.test_share,
        seed=choices.seed,
    )
    excerpts = tuple(source.texts[there[row]][:_EXCERPT] for row in kept[:_EXCERPTS])
    predicted = f"{len(targets.labels)} classes" if targets.labels else "a value"
    first = Note(
        f"{counted(len(kept), 'text')} of up to {inputs.shape[1]:,} {choices.unit}; the target is “{source.target.name}”, {predicted}."
    )
    return Prepared(dataset, upload, (first, *notes, *rare(targets)), excerpts)


def _inputs(texts: list[NDArray[np.int32]], numbers: NDArray[np.int32], choices: TextChoices) -> tuple[NDArray[np.int32], list[Note]]:
    """(N, L), padded with 0, and a note on texts that are cut."""
    lengths = np.array([len(text) for text in texts])
    usual = min(int(np.percentile(lengths, 95)), _USUAL_LENGTH[choices.unit])
    length = min(choices.length or max(1, usual), int(lengths.max()))
    needed, limit = 8 * len(texts) * length, settings().upload_unpacked_bytes
    if needed > limit:
        raise OwnDataError(
            f"{len(texts):,} texts of {length:,} {choices.unit} take {needed:,} bytes; the limit is {limit:,} "
            f"(PLAYGROUND_UPLOAD_UNPACKED_BYTES); choose a shorter length"
        )
    inputs = np.zeros((len(texts), length), np.int32)
    for row, text in zip(inputs, texts, strict=True):
        row[: len(text)] = numbers[text[:length]]
    cut = int((lengths > length).sum())
    note = f"{_counted(cut, 'text')} longer than {length:,} {choices.unit}: only the beginning is used"
    return inputs, [Note(f"{note} (the longest has {lengths.max():,}).")] if cut else []


def _distinct(inputs: NDArray[np.int32], targets: NDArray[np.generic], unit: Unit) -> tuple[NDArray[np.intp], list[Note]]:
    """The rows of which none occurs twice, so that no test text occurs in training, and a note on the others."""
    first: dict[bytes, int] = {}
    contradictions = 0
    for row in range(len(inputs)):
        before = first.setdefault(inputs[row].tobytes(), row)
        contradictions += bool(targets[before] != targets[row])
    kept = np.fromiter(first.values(), np.intp)
    gone = len(inputs) - len(kept)
    if not gone:
        return kept, []
    text = f"Removed {_counted(gone, 'text')} that consist of the same {unit} as another, so that no test text occurs in training"
    other = f"; {contradictions:,} of them had another target, and the first one counts" if contradictions else ""
    return kept, [Note(f"{text}{other}.", warning=contradictions > 0)]


def _continued(name: str, source: _Source, numbered: _Numbered, choices: TextChoices) -> Prepared:
    vocabulary, numbers, notes = _vocabulary(numbered, choices)
    texts = [numbers[text] for text in numbered.texts if len(text)]
    if len(texts) > 1 and "\n" in vocabulary.symbols:
        ending = vocabulary.encode("\n").astype(np.int32)
        texts = [text if text[-1] == ending[0] else np.concatenate([text, ending]) for text in texts]
    lengths = np.array([len(text) for text in texts], np.int64)
    total = int(lengths.sum())
    window = choices.length or max(2, min(_USUAL_WINDOW, total // 4 - 1))
    upload = Upload(
        np.concatenate(texts) if texts else np.zeros(0, np.int32),
        lengths,
        {"family": "corpus", "unit": choices.unit, "symbols": list(vocabulary.symbols)},
    )
    dataset = OwnCorpus(
        key=upload.key,
        called=name,
        symbols=len(vocabulary.symbols),
        unit=choices.unit,
        window=window,
        stride=max(1, window // 4, -(-total // _USUAL_WINDOWS)),
        test_share=choices.test_share,
        seed=choices.seed,
    )
    cut = "the end is for testing"
    if len(texts) > 1:
        cut = f"of {len(texts):,} {source.noun}s, whole ones are for testing"
    first = Note(
        f"{total:,} {choices.unit}, in windows of {window:,}; {cut}, without windows that occur in training, too. No window reaches across "
        f"the cut."
    )
    prepared = Prepared(dataset, upload, (first, *source.notes, *notes), tuple(text[:_EXCERPT] for text in source.texts[:1]))
    if total < 2:
        raise OwnDataError(f"the text is too short: {_counted(total, choices.unit.removesuffix('s'))}; upload a longer text")
    prepared.check()
    return prepared


def _counted(count: int, noun: str) -> str:
    return f"1 {noun}" if count == 1 else f"{count:,} {noun}s"
