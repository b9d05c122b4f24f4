"""A second home for folders of the data folder: any file system that fsspec knows, by its URL (`PLAYGROUND_STORAGE`).

The data folder stays the place where everything is written and read. What must survive its machine, or be seen by other servers, is also
copied to the storage, and fetched from there when it is missing here. A folder there is complete when it has a manifest, which is written
last."""

import functools
import hashlib
import json
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cachetools import TTLCache

from playground.artifacts.errors import DataError
from playground.artifacts.eviction import DRAFT
from playground.settings import settings, without_passwords

_MANIFEST = "manifest.json"
_MOST_MANIFEST_BYTES = 1_000_000
_PART_BYTES = 1 << 20
_FETCHED = ".fetched"
"""A file of a folder that may be fetched again: which state of it was fetched."""

_lock = threading.Lock()
_missing: TTLCache[Path, bool] = TTLCache(1000, ttl=30)
"""What the storage did not have, or had nothing newer of, some seconds ago: pages ask again and again."""


class StorageError(DataError):
    """The storage cannot be used. The message is for visitors. detail: for the operator, which storage and why."""

    def __init__(self, message: str, detail: str) -> None:
        super().__init__(message)
        self.detail = detail


class Storage:
    """url: of a folder, such as s3://bucket/playground. Methods may take as long as the file system lets them.

    Raises (every method): StorageError."""

    def __init__(self, url: str) -> None:
        from fsspec.core import url_to_fs  # only where there is a storage

        self._shown = without_passwords(url)
        try:
            self._files, self._root = url_to_fs(url)
        except ImportError as error:
            raise _unusable(f"PLAYGROUND_STORAGE: {self._shown} needs a package that is not installed ({_said(error)})") from None
        except Exception as error:  # noqa: BLE001 - each file system has its own
            raise _unusable(f"PLAYGROUND_STORAGE: {self._shown} is not the URL of a folder ({_said(error)})") from None

    def put(self, name: str, directory: Path) -> None:
        """Copies the files of a directory, without its folders and hidden files, to the folder `name` of the storage.

        Each file may be replaced or appended to meanwhile: what is copied is one state of it."""
        with self._plain_errors():
            target = self._path(name)
            self._files.makedirs(target, exist_ok=True)
            try:
                before = self._manifest(target)
                self._files.rm_file(f"{target}/{_MANIFEST}")  # from here on incomplete
            except (FileNotFoundError, StorageError):
                before = {}
            manifest = {}
            for file in sorted(directory.iterdir()):
                if file.is_file() and not file.name.startswith("."):
                    with suppress(FileNotFoundError):  # just removed
                        manifest[file.name] = self._copied(file, f"{target}/{file.name}")
            self._files.pipe_file(f"{target}/{_MANIFEST}", json.dumps(manifest).encode())
            for old in before.keys() - manifest.keys():
                with suppress(FileNotFoundError):
                    self._files.rm_file(f"{target}/{old}")

    def _copied(self, file: Path, target: str) -> str:
        """Copies a file; returns its checksum."""
        digest = hashlib.sha256()
        with file.open("rb") as content, self._files.open(target, "wb") as copy:
            while part := content.read(_PART_BYTES):
                digest.update(part)
                copy.write(part)
        return digest.hexdigest()

    def fetch(self, name: str, directory: Path, renews: bool = False) -> bool:
        """Makes the directory from the folder `name` of the storage, with all its files or not at all. Returns whether there is such a
        folder, and it is complete; a directory that exists stays as it is. renews: except one that was fetched in
        this way before, in an earlier state."""
        with self._plain_errors():
            source = self._path(name)
            try:
                manifest = self._manifest(source)
            except FileNotFoundError:
                return False
            state = hashlib.sha256(json.dumps(manifest, sort_keys=True).encode()).hexdigest()
            if renews and fetched_state(directory) == state:
                return True
            directory.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(prefix=DRAFT, dir=directory.parent, ignore_cleanup_errors=True) as draft:
                copy = Path(draft, directory.name)
                copy.mkdir()
                for file, checksum in manifest.items():
                    self._files.get_file(f"{source}/{file}", str(copy / file))
                    if _sha256(copy / file) != checksum:
                        raise _damaged(f"{self._shown}: {name}/{file} does not have the checksum of its manifest")
                if renews:
                    (copy / _FETCHED).write_text(state)
                with suppress(OSError):  # another process was faster
                    if fetched_state(directory) is not None:
                        directory.rename(Path(draft, "earlier"))
                    copy.rename(directory)
            return True

    def delete(self, name: str) -> None:
        """Deletes the folder `name` of the storage, if there is one."""
        with self._plain_errors():
            target = self._path(name)
            for how in ({"path": f"{target}/{_MANIFEST}"}, {"path": target, "recursive": True}):
                self._files.invalidate_cache()
                with suppress(FileNotFoundError):
                    self._files.rm(**how)

    def check(self) -> None:
        """Raises StorageError if nothing can be written there now."""
        with self._plain_errors():
            self._files.makedirs(self._root, exist_ok=True)
            self._files.pipe_file(f"{self._root}/.check", b"written by the playground to see whether it can")

    def _path(self, name: str) -> str:
        return f"{self._root.rstrip('/')}/{name}"

    def _manifest(self, source: str) -> dict[str, str]:
        content = self._files.cat_file(f"{source}/{_MANIFEST}", end=_MOST_MANIFEST_BYTES)
        try:
            manifest: Any = json.loads(content)
        except ValueError:
            manifest = None
        if not isinstance(manifest, dict) or not all(_is_file_name(file) for file in manifest):
            raise _damaged(f"{self._shown}: {source}/{_MANIFEST} is no manifest")
        return manifest

    @contextmanager
    def _plain_errors(self) -> Iterator[None]:
        try:
            yield
        except StorageError:
            raise
        except Exception as error:  # each file system has its own
            raise _unusable(f"{self._shown}: {_said(error)}") from error


def storage() -> Storage | None:
    """The storage of this server; None if it has none. Raises: StorageError if its URL cannot be used."""
    url = settings().storage
    return None if url is None else _storage(url)


def fetch_if_missing(name: str, renews: bool = False) -> None:
    """Fetches the folder `name` of the data folder from the storage, if it is missing and there is a storage that has it. renews: as in
    `Storage.fetch`.

    Raises: StorageError."""
    directory = settings().data / name
    current = None if directory.is_dir() else storage()
    if current is None:
        return
    with _lock:
        if directory in _missing:
            return
    if not current.fetch(name, directory, renews):
        with _lock:
            _missing[directory] = True


def fetch_newest(name: str, soon: bool = True) -> None:
    """The same, and if the folder was fetched before and the storage has a newer state of it, fetches that. A folder that was written here
    stays as it is. soon: whether half a minute later is early enough.

    Raises: StorageError if the folder is missing."""
    directory = settings().data / name
    if fetched_state(directory) is None:
        fetch_if_missing(name, renews=True)
        return
    current = storage()
    with _lock:
        if current is None or (soon and directory in _missing):
            return
        _missing[directory] = True
    with suppress(StorageError):  # what is here can be used meanwhile
        current.fetch(name, directory, renews=True)


def fetched_state(directory: Path) -> str | None:
    """Which state of the directory was fetched; None if it was written here, or never changes."""
    try:
        return (directory / _FETCHED).read_text()
    except OSError:
        return None


def fetched_seconds(directory: Path) -> float | None:
    """How long ago the directory was fetched; None if it was written here, or never changes."""
    try:
        return time.time() - (directory / _FETCHED).stat().st_mtime
    except OSError:
        return None


def keep_as_own(name: str) -> None:
    """The folder of the data folder is going to be written here: it is not fetched again. Raises: OSError."""
    (settings().data / name / _FETCHED).unlink(missing_ok=True)


@functools.lru_cache(maxsize=4)
def _storage(url: str) -> Storage:
    return Storage(url)


def _unusable(detail: str) -> StorageError:
    return StorageError(
        "the server's storage cannot be used at the moment, and this server does not have the files itself; try again later", detail
    )


def _damaged(detail: str) -> StorageError:
    return StorageError("a file in the server's storage is damaged; nothing was fetched", detail)


def _is_file_name(text: str) -> bool:
    return text not in ("", ".", "..") and "/" not in text and "\\" not in text and "\0" not in text


def _said(error: Exception) -> str:
    return without_passwords(" ".join(str(error).split())[:200]) or type(error).__name__


def _sha256(file: Path) -> str:
    digest = hashlib.sha256()
    with file.open("rb") as content:
        while part := content.read(_PART_BYTES):
            digest.update(part)
    return digest.hexdigest()
