"""Untrusted ZIP archives, read in memory and within limits that do not rely on anything the archive claims about itself."""

import io
import re
import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from playground.catalog.messages import counted
from playground.own.errors import OwnDataError
from playground.own.names import listed, shown
from playground.own.work import go_on
from playground.settings import settings

RATIO = 100
"""An archive may unpack to this many times its size; images are already compressed."""
FREE = 50_000_000
"""Bytes that any archive may unpack to: small archives of simple images compress better."""

_ARCHIVES = (".zip", ".7z", ".rar", ".tar", ".gz", ".tgz", ".bz2", ".xz", ".zst")
_HIDDEN = re.compile(
    r"\.(?!\.?$).+|[@$].*|__.*|#(recycle|snapshot)|lost\+found|system volume information|(eh)?thumbs\.db|desktop\.ini|icon\r", re.IGNORECASE
)
"""Names of files and folders that are hidden or belong to a tool: .ipynb_checkpoints, @eaDir, __MACOSX, Thumbs.db …"""
_UTF8 = 0x800
_ENCRYPTED = 0x1
_ENTRY = b"PK\x01\x02"
_ENTRIES_A_FILE = 3
"""macOS adds a second entry for each file, and folders are entries too."""
_DAMAGES = (zipfile.BadZipFile, zlib.error, struct.error, EOFError, OSError, ValueError, OverflowError, NotImplementedError, RuntimeError)


@dataclass(frozen=True)
class Entry:
    """A file in an archive. path: with /, in Unicode NFC, without leading ./"""

    path: str
    info: zipfile.ZipInfo


class Archive:
    """An open archive. entries: its files in order, without hidden ones and those of tools (`hidden`: their paths).

    Raises: OwnDataError if it is damaged or encrypted, contains links, archives or paths outside of it, or exceeds the server's limits."""

    def __init__(self, name: str, content: bytes) -> None:
        self.name, self._size, self._read = shown(name), len(content), 0
        most = settings().upload_files
        if content.count(_ENTRY) > _ENTRIES_A_FILE * most + 10:
            raise OwnDataError(f"{self.name}: contains more than {most:,} files, the limit (PLAYGROUND_UPLOAD_FILES); upload fewer files")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(content))
        except _DAMAGES:
            raise self._damaged() from None
        files = [info for info in self._zip.infolist() if info.filename and not info.filename.endswith(("/", "\\"))]
        paths = [_path(info) for info in files]
        self.hidden = tuple(path for path in paths if hidden_part(path))
        self.entries = tuple(
            Entry(self._checked(path, info), info) for path, info in zip(paths, files, strict=True) if not hidden_part(path)
        )
        if len(self.entries) > most:
            raise OwnDataError(
                f"{self.name}: contains {len(self.entries):,} files; the limit is {most:,} (PLAYGROUND_UPLOAD_FILES); upload fewer files"
            )

    def contents(self, entries: list[Entry]) -> Iterator[tuple[str, bytes]]:
        """Path and content of each entry, one after another.

        Raises: OwnDataError if one is damaged or is an archive, or if they unpack to more than the limit."""
        for entry in entries:
            go_on()
            content = self._content(entry)
            if content.startswith(b"PK\x03\x04"):
                raise self._nested(entry.path)
            yield entry.path, content

    def head(self, entry: Entry, count: int) -> bytes:
        """The first bytes of an entry. Raises: OwnDataError if it is damaged."""
        go_on()
        try:
            with self._zip.open(entry.info) as file:
                return file.read(count)
        except _DAMAGES:
            raise self._damaged(entry.path) from None

    def _content(self, entry: Entry) -> bytes:
        limits = settings()
        most = min(limits.upload_unpacked_bytes, max(FREE, RATIO * self._size))
        try:
            with self._zip.open(entry.info) as file:
                content = file.read(min(most - self._read, limits.upload_bytes) + 1)
        except _DAMAGES:
            raise self._damaged(entry.path) from None
        self._read += len(content)
        if len(content) > limits.upload_bytes:
            raise OwnDataError(
                f"{self.name}: {shown(entry.path, 80)!r} unpacks to more than {limits.upload_bytes:,} bytes, the limit for a file "
                f"(PLAYGROUND_UPLOAD_BYTES); remove it or make it smaller"
            )
        if self._read > most:
            raise OwnDataError(
                f"{self.name}: {self._size:,} bytes unpack to more than {most:,} bytes, at {shown(entry.path, 80)!r}; the limits are "
                f"{RATIO} times its size and {limits.upload_unpacked_bytes:,} bytes (PLAYGROUND_UPLOAD_UNPACKED_BYTES); upload fewer files"
            )
        return content

    def _checked(self, path: str, info: zipfile.ZipInfo) -> str:
        entry = f"{self.name}: {shown(path, 80)!r}"
        if path.startswith("/") or re.match(r"[A-Za-z]:", path) or ".." in path.split("/"):
            raise OwnDataError(f"{entry} points outside the archive; create the archive again, with paths inside it only")
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            what = "a link" if kind == stat.S_IFLNK else "not a regular file"
            raise OwnDataError(f"{entry} is {what}; add the files themselves to the archive")
        if info.flag_bits & _ENCRYPTED:
            raise OwnDataError(f"{entry} is encrypted; create the archive again without a password")
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise OwnDataError(
                f"{entry} uses an unsupported compression (method {info.compress_type}); create an ordinary ZIP, with deflate compression"
            )
        if path.lower().endswith(_ARCHIVES):
            raise self._nested(path)
        return path

    def _nested(self, path: str) -> OwnDataError:
        where = f"{self.name}: {shown(path, 80)!r}"
        return OwnDataError(f"{where} is an archive within the archive; upload it beside this one, or add the files themselves")

    def _damaged(self, path: str = "") -> OwnDataError:
        where = f" at {shown(path, 80)!r}" if path else ""
        return OwnDataError(f"{self.name}: the archive is damaged or incomplete{where}; create it again, or get a new copy")


def hidden_part(path: str) -> str | None:
    """The first folder of the path, or the file itself, that is hidden or belongs to a tool; None if there is none."""
    return next((part for part in path.split("/") if _HIDDEN.fullmatch(part)), None)


def hidden_files(paths: Sequence[str]) -> list[str]:
    """A sentence about hidden files that were left out; none without any."""
    if not paths:
        return []
    names = listed(shown(name, 40) for name in dict.fromkeys(filter(None, map(hidden_part, paths))))
    return [f"Skipped {counted(len(paths), 'hidden or system file')} ({names})."]


def _path(info: zipfile.ZipInfo) -> str:
    """Older Windows tools write backslashes; many other tools write UTF-8 without declaring it."""
    name = info.filename
    if not info.flag_bits & _UTF8:
        try:
            name = name.encode("cp437").decode("utf-8")
        except UnicodeError:
            name = info.filename
    path = unicodedata.normalize("NFC", name.replace("\\", "/"))
    while path.startswith("./"):
        path = path[2:]
    return path
