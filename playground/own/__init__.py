"""Uploaded data: tables, text, time series, images, points and digits. They are read, described, preprocessed as chosen, and stored under
the hash of their content.

Each `prepare_…` function returns a `Prepared` (`.dataset` for the spec, `.data` for previews, `.counts` of classes, `.notes` about
everything that was found and done); only `keep(prepared)` writes to the store, and returns the dataset. Unusable data raise
`OwnDataError`, a `DataError`, saying what is wrong, where, and what to do; nothing is stored then.

Tables are read in two steps, with choices in between:

    draft = read_table(content, "flowers.csv")                   # TableDraft: .columns, .rows, .format, .questions, .notes
    draft = read_table(content, "flowers.csv", header=(3,))      # fields of the TableFormat that are known; the others are detected
    draft = read_table(content, "flowers.csv", draft.format)     # exactly so
    draft.columns[0]                                             # Column: .name .kind .missing .missing_as .distinct .identifier .constant
                                                                 #   .formulas; .histogram() → Bars(labels, counts); draft.first_rows(8)
    choices = guess(draft)                                       # TableChoices: target, task, dropped, missing, by_column, categories …
    prepared = prepare_table(draft, replace(choices, target=4))
    dataset = keep(prepared)                                     # OwnTable

Text from a column of a table, with a class or a value, or from files: pasted text, .txt files, ZIPs with a folder per class:

    choices = guess_text(draft)                                  # TextChoices: learn, text, target, unit, most_symbols, length …
    dataset = keep(prepare_text(draft, choices))                 # OwnText, or OwnCorpus if the next symbol is predicted
    draft = read_texts([("reviews.zip", content)])               # TextDraft: .texts .paths .folders .notes
    dataset = keep(prepare_text(draft, guess_text(draft)))

A time series from columns of a table, split by time:

    dataset = keep(prepare_series(draft, guess_series(draft)))   # SeriesChoices: columns, time, window, horizon, repeats, gaps …

Images in one step (call it again for other choices): files as (name, bytes), ZIPs, single images, or both.

    prepared = prepare_images([("animals.zip", content)], ImageChoices(side=32, resize="fit", colour=True, background="white"))
    single = prepare_images(files, ImageChoices(labels={"IMG_1.png": "cat"}))  # instead of the class in the reading

Which class an image has, in each plausible reading (folder, name, ZIP, list of classes), the best one first:

    readings = arrangements([("animals.zip", content)])          # Arrangement: .title .classes .counts .parts .split .reasons
    prepared = prepare_images(files, ImageChoices(arrangement=readings[1].title, split="random"))

Points and digits:

    prepare_points([(0.5, -1.2, 0), …], labels=("blue", "orange"), onto=Circle(), called="my points")
    prepare_digits(images, labels, beside="mnist_sample", called="my digits")  # images: uint8 (N, 28, 28), labels: 0 … 9
"""

from playground.own.arrangement import Arrangement, arrangements
from playground.own.columns import Bars, Column
from playground.own.digits import MAX_DIGITS, prepare_digits
from playground.own.documents import PASTED, TextDraft, read_texts
from playground.own.errors import OwnDataError
from playground.own.guessing import guess
from playground.own.images import SIDES, ImageChoices, prepare_images
from playground.own.names import shown
from playground.own.points import MAX_CLASSES, MAX_POINTS, prepare_points
from playground.own.prepared import Note, OwnDataset, Prepared, keep
from playground.own.preprocessing import TableChoices, prepare_table
from playground.own.series import SeriesChoices, guess_series, prepare_series
from playground.own.table import TableDraft, read_table
from playground.own.table_format import ColumnFormat, Question, TableFormat
from playground.own.texts import TextChoices, guess_text, prepare_text

__all__ = [
    "MAX_CLASSES", "MAX_DIGITS", "MAX_POINTS", "PASTED", "SIDES", "Arrangement", "Bars", "Column", "ColumnFormat", "ImageChoices", "Note",
    "OwnDataError", "OwnDataset", "Prepared", "Question", "SeriesChoices", "TableChoices", "TableDraft", "TableFormat", "TextChoices",
    "TextDraft", "arrangements", "guess", "guess_series", "guess_text", "keep", "prepare_digits", "prepare_images", "prepare_points",
    "prepare_series", "prepare_table", "prepare_text", "read_table", "read_texts", "shown",
]  # fmt: skip
