"""The same data once more: from a file that a user brings again, what an experiment was made with; anything else is refused."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice, product
from typing import get_args

from playground.catalog.datasets import OwnImages, OwnTable
from playground.own.errors import OwnDataError
from playground.own.images import ImageChoices, prepare_images
from playground.own.pictures import Background, Resize
from playground.own.prepared import Prepared
from playground.own.table import TableDraft, read_table
from playground.own.treatment import Gaps, TableChoices, guess, prepare_table

_MOST_TRIES = 48


def same_table(dataset: OwnTable, content: bytes, name: str) -> Prepared:
    """The table of this dataset, from its file: each column is tried as what is learned, each treatment of gaps, with the columns that
    would be left out anyway.

    Raises: OwnDataError if it is no table, or none of that gives the same content."""
    draft = read_table(content, name)
    for choices in islice(_table_choices(draft, dataset), _MOST_TRIES):
        try:
            prepared = prepare_table(draft, choices)
        except OwnDataError:
            continue  # this choice does not suit the file; another may
        if prepared.upload.key == dataset.key:
            return prepared
    raise _other(dataset)


def same_images(dataset: OwnImages, files: Sequence[tuple[str, bytes]]) -> Prepared:
    """The images of this dataset, from their files: each way to make them square is tried.

    Raises: OwnDataError if they cannot be read, or none of that gives the same content."""
    for resize, background in product(get_args(Resize), get_args(Background)):
        prepared = prepare_images(files, ImageChoices(side=dataset.side, colour=dataset.colour, resize=resize, background=background))
        if prepared.upload.key == dataset.key:
            return prepared
        if prepared.dataset.classes != dataset.classes:
            break
    raise _other(dataset)


def _table_choices(draft: TableDraft, dataset: OwnTable) -> Iterator[TableChoices]:
    """What may have been chosen, the guess first."""
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
        f"this gives other data than “{dataset.called}” ({dataset.key[:8]}), so it was not taken; bring the same file, or, where "
        f"columns or images were chosen by hand, bring it on the page Data with the same choices"
    )
