"""Recreate the data of an experiment from the same file, uploaded again; other data is rejected."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import islice, product
from typing import get_args

from playground.catalog.datasets import OwnCorpus, OwnImages, OwnSeries, OwnTable, OwnText
from playground.own.arrangement import arrangements
from playground.own.decoding import Background, Resize
from playground.own.documents import TextDraft, read_texts
from playground.own.errors import OwnDataError
from playground.own.giveaways import giveaways
from playground.own.guessing import guess
from playground.own.images import ImageChoices, prepare_images
from playground.own.prepared import Prepared
from playground.own.preprocessing import Gaps, TableChoices, prepare_table, without_columns
from playground.own.series import SeriesChoices, guess_series, prepare_series
from playground.own.table import TABLES, TableDraft, read_table
from playground.own.target_names import Task
from playground.own.texts import Learn, TextChoices, guess_text, prepare_text, text_columns
from playground.own.times import Gaps as SeriesGaps
from playground.own.times import Repeats
from playground.own.work import limited

_MOST_TRIES = 48
_HANDLED: tuple[tuple[SeriesGaps, Repeats], ...] = (("refuse", "refuse"), ("fill", "average"), ("ignore", "average"))
"""What was done about missing and repeated times: nothing was necessary, or one of these."""

Matchable = OwnTable | OwnImages | OwnText | OwnCorpus | OwnSeries
"""Datasets that come from files."""


@limited
def match_table(dataset: OwnTable, content: bytes, name: str) -> Prepared:
    """The table of this dataset, recreated from its file: tries each column as the target and each way to handle missing values, leaving
    out the columns that are left out by default.

    Raises: OwnDataError if it is not a table, or no combination gives the same content."""
    draft = read_table(content, name)
    return _first_equal(dataset, (partial(prepare_table, draft, choices) for choices in _table_choices(draft, dataset)))


@limited
def match_images(dataset: OwnImages, files: Sequence[tuple[str, bytes]]) -> Prepared:
    """The images of this dataset, recreated from their files: tries each reading of the files that gives its classes, and each way to make
    the images square.

    Raises: OwnDataError if they cannot be read, or no combination gives the same content."""
    for reading in arrangements(files):
        for resize, background in product(get_args(Resize), get_args(Background)):
            choices = ImageChoices(dataset.side, resize, dataset.colour, background, reading.title, dataset.split)
            prepared = prepare_images(files, choices)
            if prepared.upload.key == dataset.key:
                return prepared
            if prepared.dataset.classes != dataset.classes:
                break
    raise _other(dataset)


@limited
def match_text(dataset: OwnText | OwnCorpus, files: Sequence[tuple[str, bytes]]) -> Prepared:
    """The text of this dataset, recreated from its files: of a table, tries each column as the text and as the target.

    Raises: OwnDataError if they cannot be read, or no combination gives the same content."""
    name, content = files[0]
    is_table = len(files) == 1 and name.lower().endswith(TABLES)
    draft = read_table(content, name) if is_table else read_texts(files)
    return _first_equal(dataset, (partial(prepare_text, draft, choices) for choices in _text_choices(draft, dataset)))


def _text_choices(draft: TableDraft | TextDraft, dataset: OwnText | OwnCorpus) -> Iterator[TextChoices]:
    """Possible choices, the default first. A vocabulary of the same size is the same one, whatever its limit was."""
    is_text = isinstance(dataset, OwnText)
    learn: Learn = "next" if isinstance(dataset, OwnCorpus) else "classes" if dataset.labels else "value"
    length = None if isinstance(dataset, OwnCorpus) else dataset.length
    guessed = replace(guess_text(draft), learn=learn, unit=dataset.unit, most_symbols=max(2, dataset.symbols), length=length)
    if isinstance(draft, TextDraft):
        yield guessed
        return
    texts = [guessed.text, *(column.position for column in text_columns(draft) if column.position != guessed.text)]
    targets = [guessed.target, *(column.position for column in draft.columns if column.position != guessed.target)]
    scales = (True, False) if learn == "value" else (True,)
    for text, target, scale in product(texts, targets if is_text else texts[:1], scales):
        yield replace(guessed, text=text, target=target, scale_target=scale)


@limited
def match_series(dataset: OwnSeries, content: bytes, name: str) -> Prepared:
    """The series of this dataset, recreated from its file: tries its columns, and each way to handle gaps and repeated times.

    Raises: OwnDataError if it is not a table, or no combination gives the same content."""
    draft = read_table(content, name)
    return _first_equal(dataset, (partial(prepare_series, draft, choices) for choices in _series_choices(draft, dataset)))


def _series_choices(draft: TableDraft, dataset: OwnSeries) -> Iterator[SeriesChoices]:
    """Possible choices, the default first; of several columns, only neighboring ones."""
    guessed = guess_series(draft)
    numbers = [column.position for column in draft.columns if column.kind == "number" and column.position != guessed.time]
    count = dataset.columns
    columns = [guessed.columns, *(tuple(numbers[start : start + count]) for start in range(len(numbers) - count + 1))]
    times = dict.fromkeys((guessed.time, None))
    for chosen, time, (gaps, repeats) in product(columns, times, _HANDLED):
        if len(chosen) == count:
            yield SeriesChoices(chosen, time, dataset.window, dataset.horizon, repeats, gaps)


def _table_choices(draft: TableDraft, dataset: OwnTable) -> Iterator[TableChoices]:
    """Possible choices, the default first."""
    guessed = guess(draft)
    targets = [guessed.target, *(column.position for column in draft.columns if column.position != guessed.target)]
    scales = (True,) if dataset.labels else (True, False)
    for target in targets:
        if dataset.labels and draft.columns[target].distinct < len(dataset.labels):
            continue
        gaps: list[Gaps] = [guessed.missing, *(each for each in get_args(Gaps) if each != guessed.missing)]
        task: Task = "classes" if dataset.labels else "value"
        for missing, scale, dropped in product(gaps, scales, _left_out(draft, guessed, target, task)):
            yield replace(guessed, target=target, task=task, dropped=dropped, missing=missing, scale_target=scale)


def _left_out(draft: TableDraft, guessed: TableChoices, target: int, task: Task) -> list[frozenset[int]]:
    """What may have been left out: the default, also without what gives the target away, and the default of earlier versions."""
    usual = guessed.dropped - {target}
    used = [column for column in draft.columns if column.position not in {*usual, target} and column.kind != "empty"]
    away = {giveaway.column.position for giveaway in giveaways(draft.columns[target], used, task)}
    earlier = {column.position for column in draft.columns if column.identifier or column.constant or column.kind in ("date", "empty")}
    return list(dict.fromkeys((usual, usual | away, frozenset(earlier - {target}))))


def _first_equal(dataset: Matchable, tries: Iterator[Callable[[], Prepared]]) -> Prepared:
    """The first result that is the content of this dataset. Raises: OwnDataError if none of the first ones is."""
    for prepare in islice(tries, _MOST_TRIES):
        try:
            prepared = prepare()
        except OwnDataError:
            continue  # these choices do not fit the file; others may
        for version in (prepared, without_columns(prepared)) if isinstance(dataset, OwnTable) else (prepared,):
            if version.upload.key == dataset.key:
                return version
    raise _other(dataset)


def _other(dataset: Matchable) -> OwnDataError:
    return OwnDataError(
        f"the file does not match “{dataset.called}” ({dataset.key[:8]}) and was not used; upload the same file, or, if you changed the "
        f"settings when you first uploaded it, upload it on the Data page with the same settings"
    )
