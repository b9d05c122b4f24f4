"""The images in uploaded files, and the texts that may contain their classes: found by content, not yet decoded."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playground.catalog.messages import counted
from playground.own.archive import Archive, Entry, hidden_files, hidden_part
from playground.own.decoding import ENDINGS, HEAD_BYTES, actual_kind, is_image
from playground.own.errors import OwnDataError
from playground.own.names import listed, shown
from playground.own.prepared import Note
from playground.own.work import go_on

_ZIP = (b"PK\x03\x04", b"PK\x05\x06")
_TEXTS = (".csv", ".tsv", ".txt", ".tab", ".json", ".jsonl", ".ndjson", ".lst", ".list")
_MOST_TEXTS = 10
"""Of an archive; a text for every image contains no list of classes."""
_MOST_TEXT_BYTES = 5_000_000


@dataclass(frozen=True)
class File:
    """An uploaded file. archive: name of the ZIP that contains it, None for a single file. path: in the archive, or as uploaded; with /."""

    archive: str | None
    path: str

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of its path, the outermost first."""
        return tuple(self.path.split("/")[:-1])

    @property
    def name(self) -> str:
        """Without folders."""
        return self.path.rsplit("/", 1)[-1]


class Sources:
    """What was uploaded. images: of all files, the single ones first. texts: what may be a list of classes, with its content. notes: on
    what is neither.

    Raises: OwnDataError if an archive is damaged, malicious, or no ZIP."""

    def __init__(self, files: Sequence[tuple[str, bytes]]) -> None:
        self._loose: list[tuple[File, bytes]] = []
        self._archives: list[tuple[Archive, list[Entry]]] = []
        self.texts: list[tuple[File, bytes]] = []
        self._others: dict[str, list[str]] = {}
        hidden: list[str] = []
        images: list[File] = []
        for name, content in files:
            path = name.replace("\\", "/").lstrip("/")
            if content.startswith(_ZIP) or (path.lower().endswith(".zip") and not is_image(content[:HEAD_BYTES], path)):
                archive = Archive(name, content)
                hidden += archive.hidden
                images += self._opened(archive, path.rsplit("/", 1)[-1])
            elif hidden_part(path):
                hidden.append(path)
            else:
                self._single(File(None, path), content)
        self.images = (*(file for file, _ in self._loose), *images)
        self._hidden = hidden

    def _single(self, file: File, content: bytes) -> None:
        head = content[:HEAD_BYTES]
        if is_image(head, file.path):
            self._loose.append((file, content))
        elif (kind := actual_kind(head)) is not None and "archive" in kind:
            raise OwnDataError(f"{shown(file.name)} is {kind}, which cannot be opened here; create a ZIP, or upload the files themselves")
        elif file.path.lower().endswith(_TEXTS) and len(content) <= _MOST_TEXT_BYTES:
            self.texts.append((file, content))
        else:
            self._other(file.path, head)

    def _opened(self, archive: Archive, name: str) -> list[File]:
        go_on()
        entries, texts = [], []
        for entry in archive.entries:
            if entry.path.lower().endswith(ENDINGS) or is_image(head := archive.head(entry, HEAD_BYTES), entry.path):
                entries.append(entry)
            elif entry.path.lower().endswith(_TEXTS) and entry.info.file_size <= _MOST_TEXT_BYTES:
                texts.append(entry)
            else:
                self._other(entry.path, head)
        texts.sort(key=lambda entry: entry.path.count("/"))
        self.texts += [(File(name, path), content) for path, content in archive.contents(texts[:_MOST_TEXTS])]
        for entry in texts[_MOST_TEXTS:]:
            self._other(entry.path, b"")
        self._archives.append((archive, entries))
        return [File(name, entry.path) for entry in entries]

    def _other(self, path: str, head: bytes) -> None:
        self._others.setdefault(actual_kind(head) or "", []).append(path)

    def notes(self, read: Sequence[File]) -> list[Note]:
        """On the files that are left out before any image is decoded. read: texts that were read as lists of classes."""
        others = {kind: list(paths) for kind, paths in self._others.items()}
        unread = [file.path for file, _ in self.texts if file not in read]
        if unread:
            others["text"] = others.get("text", []) + unread
        notes = []
        for kind, paths in others.items():
            why = f", {kind} instead of an image" if kind else ", not an image"
            notes.append(
                Note(f"Skipped {counted(len(paths), 'file')}{why}: {listed((shown(path, 80) for path in paths), 10)}.", warning=True)
            )
        return notes + [Note(text) for text in hidden_files(self._hidden)]

    def contents(self) -> Iterator[bytes]:
        """The content of each image, in their order."""
        for _, content in self._loose:
            yield content
        for archive, entries in self._archives:
            for _, content in archive.contents(entries):
                yield content
