"""Lists of classes beside images: CSV, TSV, text and JSON files that say which class each image has."""

import csv
import io
import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import islice

from playground.own.encodings import encoding_of, opened
from playground.own.errors import OwnDataError
from playground.own.file_names import Part, part_of, stem_of
from playground.own.names import listed, shown
from playground.own.prepared import Note
from playground.own.sources import File
from playground.own.work import go_on

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE = 500
_MOST_ROWS = 100_000
_DEPTH = 4
"""So many folders of a path are compared."""
_MOST_ALIKE = 100
_MOST_COLUMNS = 1_000
_MOST_READINGS = 3
_NAMED = re.compile(r"class|label|categor|target|species|breed|kind|type|diagnos|variety|emotion|genre", re.IGNORECASE)
"""Columns that are probably the class, by their name."""
_ONE_HOT = {"0": 0, "1": 1, "0.0": 0, "1.0": 1, "false": 0, "true": 1}
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")

Rows = list[list[str]]


@dataclass(frozen=True)
class LabelList:
    """Classes that files give to images. title: the files, and the column if there are several. files: where they were read. column: its
    name. sure: 2 if it is the only column or named like a class, 1 for other texts, 0 for numbers. classes, parts: of each image, None and
    "" without one. reasons: why an image has no class. notes: on the rows."""

    title: str
    files: tuple[File, ...]
    column: str
    sure: int
    classes: tuple[str | None, ...]
    parts: tuple[Part, ...]
    reasons: tuple[str, ...]
    notes: tuple[Note, ...]

    @property
    def count(self) -> int:
        """How many images have a class."""
        return sum(label is not None for label in self.classes)

    def completes(self, other: "LabelList") -> bool:
        """Whether the other one is the same column of another file, for other images."""
        apart = all(one is None or another is None for one, another in zip(self.classes, other.classes, strict=True))
        return apart and self.column == other.column and not set(self.files) & set(other.files)

    def joined(self, other: "LabelList") -> "LabelList":
        """Both lists as one. A part of a split that is the name of a list, as in train.csv, is that of its images."""
        lists = (self, other)
        said = [part_of(stem_of(each.files[0].name)) for each in lists]
        named = said if len(set(said)) > 1 else ["", ""]
        parts = [
            tuple(part or (name if label else "") for part, label in zip(each.parts, each.classes, strict=True))
            for each, name in zip(lists, named, strict=True)
        ]
        return LabelList(
            f"{self.title} and {other.title}",
            (*self.files, *other.files),
            self.column,
            min(self.sure, other.sure),
            tuple(one or another for one, another in zip(self.classes, other.classes, strict=True)),
            tuple(one or another for one, another in zip(*parts, strict=True)),
            tuple(map(_both, self.reasons, other.reasons)),
            (*self.notes, *other.notes),
        )


def _both(one: str, other: str) -> str:
    """The reason why an image is in neither of two lists; "" if it is in one."""
    return f"{one} or {other.removeprefix('not in ')}" if one and other else ""


def label_lists(texts: Sequence[tuple[File, bytes]], images: Sequence[File]) -> list[LabelList]:
    """What the texts say about the images, the list with the most images first; [] if none is a list of classes. Lists with the same column
    for different images, such as train.csv and test.csv, are one."""
    index = _Index(images)
    found: list[LabelList] = []
    for file, content in texts:
        go_on()
        rows, column = _best_rows(content, index, file)
        if column is not None:
            found += _readings(file, rows, column, index)
    joined: list[LabelList] = []
    for each in sorted(found, key=lambda each: -each.count):
        other = next((one for one in joined if one.completes(each)), None)
        if other is None:
            joined.append(each)
        else:
            joined[joined.index(other)] = other.joined(each)
    return joined


class _Index:
    """Finds images by how a list names them: with or without folders, with or without extension, in any case, 1 for 001."""

    def __init__(self, images: Sequence[File]) -> None:
        self.images = images
        self._by_end: dict[str, list[int]] = defaultdict(list)
        self._by_number: dict[int, list[int]] = defaultdict(list)
        for position, image in enumerate(images):
            name = image.name.casefold()
            folders = [folder.casefold() for folder in image.folders[-_DEPTH:]]
            for last in {name, stem_of(name)}:
                for start in range(len(folders) + 1):
                    self._by_end["/".join([*folders[start:], last])].append(position)
            if (number := _index_number(stem_of(name))) is not None:
                self._by_number[number].append(position)

    def find(self, cell: str, beside: File) -> int | None:
        """The image that a cell means; None if there is none, or several. beside: the list, whose folder comes first."""
        *folders, name = cell.strip().casefold().replace("\\", "/").split("/")
        for last in (name, stem_of(name)):
            for start in range(max(0, len(folders) - _DEPTH), len(folders) + 1):
                if found := self._by_end.get("/".join([*folders[start:], last])):
                    return self._nearest(found, beside)
        number = _index_number(name)
        return None if number is None else self._nearest(self._by_number.get(number, []), beside)

    def _nearest(self, found: list[int], beside: File) -> int | None:
        """Of several images with the same name, the one in the folder of the list, or in the part of a split that is the list's name."""
        if 1 < len(found) <= _MOST_ALIKE:
            depth, part = len(beside.folders), part_of(stem_of(beside.name))
            near = [
                position
                for position in found
                if self.images[position].archive == beside.archive and self.images[position].folders[:depth] == beside.folders
            ]
            found = (
                [position for position in near if part in map(part_of, self.images[position].folders)] if part and len(near) > 1 else near
            )
        return found[0] if len(found) == 1 else None


def _index_number(name: str) -> int | None:
    return int(name) if name.isascii() and name.isdecimal() and len(name) < 19 else None


def _best_rows(content: bytes, index: _Index, file: File) -> tuple[Rows, int | None]:
    """The rows of a list, read in the way in which one of its columns names the most images, and that column; None if none does."""
    best: tuple[int, Callable[[int], Rows] | None, int | None] = (0, None, None)
    for read in _ways(content):
        go_on()
        sample = read(_SAMPLE)
        for column in range(max((len(row) for row in sample), default=0)):
            cells = [row[column] for row in sample if len(row) > column]
            named = {index.find(cell, file) for cell in cells if cell.strip()} - {None}
            if len(named) > best[0] and 2 * len(named) >= min(len(sample), len(index.images)) and max(map(len, sample)) > 1:
                best = (len(named), read, column)
    return best[1](_MOST_ROWS) if best[1] else [], best[2]


def _ways(content: bytes) -> list[Callable[[int], Rows]]:
    """Each way in which a text can be divided into rows of cells: functions of how many rows to read."""
    try:
        text = opened(content, encoding_of(content, "a list of classes", "save it as CSV")).read()
    except (OwnDataError, UnicodeError):
        return []
    if text.lstrip().startswith(("{", "[")):
        rows = _of_json(text)
        return [lambda most: rows[:most]]
    by_delimiter = [partial(_of_cells, text, delimiter) for delimiter in _DELIMITERS if delimiter in text]
    return [*by_delimiter, lambda most: [line.rsplit(None, 1) for line in islice(text.splitlines(), most) if line.strip()]]


def _of_cells(text: str, delimiter: str, most: int) -> Rows:
    rows: Rows = []
    with suppress(csv.Error):
        rows.extend(row for row in islice(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter), most) if any(row))
    return rows


def _of_json(text: str) -> Rows:
    """{file: class}, {class: [files]}, and objects or lists of cells, in a list or one per line. [] if it is nothing of that."""
    try:
        try:
            data = json.loads(text)
        except ValueError:
            data = [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return []
    if isinstance(data, dict):
        lists = {key: value for key, value in data.items() if isinstance(value, list)}
        if lists and all(isinstance(cell, str) for value in lists.values() for cell in value):
            return [[cell, key] for key, value in lists.items() for cell in value]
        objects = [value for value in lists.values() if value and all(isinstance(each, dict) for each in value)]
        data = max(objects, key=len) if objects else [[key, value] for key, value in data.items()]
    if not isinstance(data, list):
        return []
    if all(isinstance(row, dict) for row in data):
        names = list(dict.fromkeys(name for row in data for name in row))[:_MOST_COLUMNS]
        return [names, *([_cell(row.get(name)) for name in names] for row in data)]
    return [[_cell(cell) for cell in row] for row in data if isinstance(row, list)]


def _cell(value: object) -> str:
    return "" if value is None else value if isinstance(value, str) else json.dumps(value)


def _readings(file: File, rows: Rows, column: int, index: _Index) -> list[LabelList]:
    """A list for each column that can be the class."""
    width = Counter(map(len, rows)).most_common(1)[0][0]
    positions = [index.find(row[column], file) if len(row) > column else None for row in rows]
    named = [(position, [*row, *[""] * width][:width]) for position, row in zip(positions, rows, strict=True) if position is not None]
    header = _header(rows, positions, width, column)
    unknown = [row[column] if len(row) > column else row[0] for position, row in zip(positions, rows, strict=True) if position is None]
    unknown = unknown[1:] if header else unknown
    names = header or [f"column {number + 1}" for number in range(width)]
    parts: dict[int, Part] = {}
    classes: list[tuple[str, int, list[str]]] = []
    others = {number: [row[number].strip() for _, row in named] for number in range(width) if number != column}
    for number, cells in list(others.items()):
        if all(part_of(cell) for cell in cells):
            parts = {position: part_of(cell) for (position, _), cell in zip(named, cells, strict=True)}
            del others[number]
    hot = _one_hot(others, names)
    if hot is not None:
        classes = [("", 2, hot)]
    else:
        alone = len(others) == 1
        few = [(names[number], _sure(names[number], cells, alone), cells) for number, cells in others.items() if _is_class(cells, alone)]
        classes = sorted(few, key=lambda each: (-each[1], len(set(each[2]))))[:_MOST_READINGS]
    notes = []
    if unknown:
        which = "1 row names no image" if len(unknown) == 1 else f"{len(unknown):,} rows name no image"
        rest = listed((shown(cell, 40) or "an empty cell" for cell in unknown), 10)
        notes.append(Note(f"{shown(file.name)}: {which} among the files: {rest}.", warning=True))
    found = [position for position, _ in named]
    several = len(classes) > 1
    return [
        _list(file, name, sure, f", column “{shown(name)}”" if several else "", found, cells, parts, notes, index)
        for name, sure, cells in classes
    ]


def _header(rows: Rows, positions: list[int | None], width: int, column: int) -> list[str] | None:
    """The first row if it names no image, and no cell of it occurs again below in the same column."""
    first = rows[0]
    if positions[0] is not None or len(first) != width:
        return None
    again = any(
        cell and any(len(row) > number and row[number] == cell for row in rows[1:]) for number, cell in enumerate(first) if number != column
    )
    return None if again else first


def _one_hot(columns: dict[int, list[str]], names: Sequence[str]) -> list[str] | None:
    """The class of each row, if there are columns of 0 and 1 with exactly one 1 in every row."""
    hot = {number: [_ONE_HOT.get(cell.lower()) for cell in cells] for number, cells in columns.items()}
    hot = {number: values for number, values in hot.items() if None not in values}
    if len(hot) < 2:
        return None
    rows = list(zip(*hot.values(), strict=True))
    numbers = list(hot)
    return [names[numbers[row.index(1)]] for row in rows] if all(sum(map(int, filter(None, row))) == 1 for row in rows) else None


def _is_class(cells: Sequence[str], alone: bool) -> bool:
    """Whether a column can be the class: at least two values, which repeat unless there is no other column."""
    values = {cell for cell in cells if cell}
    return len(values) > 1 and (alone or 2 * len(values) <= len(cells))


def _sure(name: str, cells: Sequence[str], alone: bool) -> int:
    """How probably a column is the class (see `LabelList`)."""
    return 2 if alone or _NAMED.search(name) else 0 if all(_NUMBER.fullmatch(cell) or not cell for cell in cells) else 1


def _list(
    file: File,
    column: str,
    sure: int,
    suffix: str,
    positions: list[int],
    cells: list[str],
    parts: dict[int, Part],
    notes: list[Note],
    index: _Index,
) -> LabelList:
    said: dict[int, set[str]] = defaultdict(set)
    for position, cell in zip(positions, cells, strict=True):
        if cell:
            said[position].add(cell)
    title = shown(file.name)
    classes: list[str | None] = []
    reasons = []
    for position in range(len(index.images)):
        values = said.get(position, set())
        classes.append(next(iter(values)) if len(values) == 1 else None)
        reasons.append("" if len(values) == 1 else f"with several classes in {title}" if values else f"not in {title}")
    read = tuple(parts.get(position, "") for position in range(len(index.images)))
    return LabelList(f"{title}{suffix}", (file,), column, sure, tuple(classes), read, tuple(reasons), tuple(notes))
