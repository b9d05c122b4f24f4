"""Recreate the data of an experiment from the same file, uploaded again; other data is rejected."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import get_args

from playground.catalog.datasets import OwnImages, OwnTable
from playground.own.decoding import Background, Resize
from playground.own.errors import OwnDataError
from playground.own.images import ImageChoices, prepare_images
from playground.own.prepared import Prepared
from playground.own.preprocessing import Gaps, TableChoices, guess, prepare_table
from playground.own.table import TableDraft, read_table

_MOST_TRIES = 48


def match_table(dataset: OwnTable, content: bytes, name: str) -> Prepared:
    """The table of this dataset, recreated from its file: tries each column as the target and each way to handle missing values, leaving
    out the columns that are left out by default.

    Raises: OwnDataError if it is not a table, or no combination gives the same content."""
    draft = read_table(content, name)
    for choices in islice(_table_choices(draft, dataset), _MOST_TRIES):
        try:
            prepared = prepare_table(draft, choices)
        except OwnDataError:
            continue  # these choices do not fit the file; others may
        if prepared.upload.key == dataset.key:
            return prepared
    raise _other(dataset)


def match_images(dataset: OwnImages, files: Sequence[tuple[str, bytes]]) -> Prepared:
    """The images of this dataset, recreated from their files: tries each way to make them square.

    Raises: OwnDataError if they cannot be read, or no combination gives the same content."""
    for resize, background in product(get_args(Resize), get_args(Background)):
        prepared = prepare_images(files, ImageChoices(side=dataset.side, colour=dataset.colour, resize=resize, background=background))
        if prepared.upload.key == dataset.key:
            return prepared
        if prepared.dataset.classes != dataset.classes:
            break
    raise _other(dataset)


def _table_choices(draft: TableDraft, dataset: OwnTable) -> Iterator[TableChoices]:
    """Possible choices, the default first."""
    guessed = guess(draft)
    targets = [guessed.target, *(column.position for column in draft.columns if column.position != guessed.target)]
    scales = (True,) if dataset.labels else (True, False)
    for target in targets:
        if dataset.labels and draft.columns[target].distinct < len(dataset.labels):
            continue
        gaps: list[Gaps] = [guessed.missing, *(each for each in get_args(Gaps) if each != guessed.missing)]
        for missing, scale in product(gaps, scales):
            dropped = guessed.dropped - {target}
            choices = replace(guessed, target=target, dropped=dropped, missing=missing, scale_target=scale)
            yield replace(choices, task="classes" if dataset.labels else "value")


def _other(dataset: OwnTable | OwnImages) -> OwnDataError:
    return OwnDataError(
        f"the file does not match “{dataset.called}” ({dataset.key[:8]}) and was not used; upload the same file, or, if you changed the "
        f"settings when you first uploaded it, upload it on the Data page with the same settings"
    )
