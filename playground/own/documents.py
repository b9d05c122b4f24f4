"""Text files: pasted text, .txt files and ZIPs of them, decoded within bounds."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from playground.own.archive import Archive, hidden_files
from playground.own.arrangement import classes_by_folder
from playground.own.encodings import ENCODINGS, decoder_of, encoding_of
from playground.own.errors import OwnDataError
from playground.own.names import listed, short_name, shown
from playground.own.prepared import Note
from playground.own.sizes import check_sizes
from playground.own.sources import File
from playground.own.work import go_on, limited
from playground.settings import settings

ENDINGS = (".txt", ".text", ".md", ".markdown")
PASTED = "pasted text.txt"
"""Name of a text that was not a file."""

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_BLOCK = 1 << 20
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff]")
"""Control characters but for line breaks and tabs: they are removed from every text."""
_REMEDY = "save it as plain text (UTF-8) and upload that"


@dataclass(frozen=True)
class TextDraft:
    """Texts as read, before any choices. name: short name of the file. texts: of each file, in the order of their paths. paths: as shown.
    folders: the class of each file, from its folder or archive, None without one. notes: observations, one sentence each."""

    name: str
    texts: tuple[str, ...]
    paths: tuple[str, ...]
    folders: tuple[str | None, ...]
    notes: tuple[Note, ...]

    @property
    def has_classes(self) -> bool:
        """Whether the files are in at least two folders."""
        return len({folder for folder in self.folders if folder is not None}) > 1


@limited
def read_texts(files: Sequence[tuple[str, bytes]], progress: Callable[[int, int], None] | None = None) -> TextDraft:
    """The texts in files (name, content): ZIPs, single files, or both. progress: called with the number of files read and in total.

    Raises: OwnDataError if a file is not text, damaged or malicious, there is nothing to read, or it is more than the server's limits."""
    _check(files)
    loose, archives, notes = _sorted(files)
    entries = [[entry for entry in archive.entries if entry.path.lower().endswith(ENDINGS)] for archive in archives]
    sources = [File(None, name) for name, _ in loose]
    sources += [File(archive.name, entry.path) for archive, inside in zip(archives, entries, strict=True) for entry in inside]
    if not sources:
        raise OwnDataError(f"there is no text file; upload files that end in {', '.join(ENDINGS[:3])}, or a ZIP of them")

    def contents() -> Iterator[tuple[str, bytes]]:
        yield from loose
        for archive, inside in zip(archives, entries, strict=True):
            yield from archive.contents(inside)

    reading = _Reading()
    for index, (path, content) in enumerate(contents()):
        reading.add(index, path, content)
        if progress is not None and (index % 50 == 49 or index == len(sources) - 1):
            progress(index + 1, len(sources))
    if not reading.texts:
        raise OwnDataError("all files are empty; upload text")
    classes, is_split = classes_by_folder(sources)
    if is_split:
        notes.append(Note("Folders such as train and test are no classes here; a random share of all texts is held out for testing."))
    kept = sorted(reading.texts, key=lambda index: (sources[index].path, index))
    return TextDraft(
        short_name(files[0][0]),
        tuple(reading.texts[index] for index in kept),
        tuple(shown(sources[index].path, 80) for index in kept),
        tuple(classes[index] for index in kept),
        (*notes, *reading.notes()),
    )


def _check(files: Sequence[tuple[str, bytes]]) -> None:
    if not files or not any(content.strip() for _, content in files):
        raise OwnDataError("there is no text; paste some, or upload text files, or a ZIP of them with a folder per class")
    check_sizes(files, "upload less text")


def _sorted(files: Sequence[tuple[str, bytes]]) -> tuple[list[tuple[str, bytes]], list[Archive], list[Note]]:
    """Single files, archives, and notes about files that are left out."""
    loose: list[tuple[str, bytes]] = []
    archives: list[Archive] = []
    notes: list[Note] = []
    for name, content in files:
        if content.startswith(_ZIP) or name.lower().endswith(".zip"):
            archives.append(Archive(name, content))
        else:
            loose.append((name.replace("\\", "/").rsplit("/", 1)[-1], content))
    others = [entry.path for archive in archives for entry in archive.entries if not entry.path.lower().endswith(ENDINGS)]
    if others:
        names = listed((shown(path, 80) for path in others), 10)
        notes.append(Note(f"Skipped because their extension is not that of a text file: {names}.", warning=True))
    notes += map(Note, hidden_files([path for archive in archives for path in archive.hidden]))
    return loose, archives, notes


class _Reading:
    """Decodes one file after another. texts: of files that are neither empty nor repeated, by index."""

    def __init__(self) -> None:
        self.texts: dict[int, str] = {}
        self._left = settings().upload_cells
        self._empty: list[str] = []
        self._repeated: list[str] = []
        self._seen: set[str] = set()
        self._encodings: dict[str, list[str]] = {}
        self._controls = 0

    def add(self, index: int, path: str, content: bytes) -> None:
        name = shown(path, 80)
        try:
            encoding = encoding_of(content, "plain text", _REMEDY)
        except OwnDataError as error:
            raise OwnDataError(f"{name}: {error}") from None
        text = self._decoded(name, content, encoding)
        plain, controls = CONTROL.subn("", text)
        self._controls += controls
        if not plain.strip():
            self._empty.append(name)
        elif plain in self._seen:
            self._repeated.append(name)
        else:
            self._seen.add(plain)
            self.texts[index] = plain
            if (title := ENCODINGS[encoding]) != "UTF-8":
                self._encodings.setdefault(title, []).append(name)

    def _decoded(self, name: str, content: bytes, encoding: str) -> str:
        """Block by block, so that too much text is noticed before all of it is in memory."""
        decoder = decoder_of(encoding)
        parts: list[str] = []
        for start in range(0, len(content), _BLOCK):
            go_on()
            parts.append(decoder.decode(content[start : start + _BLOCK]))
            self._left -= len(parts[-1])
            if self._left < 0:
                most = settings().upload_cells
                raise OwnDataError(f"{name}: more than {most:,} characters, the limit (PLAYGROUND_UPLOAD_CELLS); upload less text")
            if "\x00" in parts[-1]:
                raise OwnDataError(f"{name}: the file is not text (it contains NUL bytes); {_REMEDY}")
        return "".join(parts)

    def notes(self) -> list[Note]:
        notes = []
        for title, names in self._encodings.items():
            unsure = "Windows-1252" in title or title == "Latin-1"
            doubt = " If accented letters look wrong, save as UTF-8." if unsure else ""
            notes.append(Note(f"Read as {title}, not UTF-8: {listed(names)}.{doubt}", warning=unsure))
        if self._empty:
            notes.append(Note(f"Skipped empty files: {listed(self._empty)}.", warning=True))
        if self._repeated:
            notes.append(Note(f"Skipped files with the same text as another: {listed(self._repeated)}.", warning=True))
        if self._controls:
            notes.append(removed_controls(self._controls))
        return notes


def removed_controls(count: int) -> Note:
    """A note on control characters that were removed."""
    return Note(f"Removed {count:,} control character{'s' if count > 1 else ''}.")
