"""What is still to be copied to the storage or deleted there: a small file for each request in the data folder (`pending/`), removed when
it has been carried out. So nothing is lost while the storage is away or when a server ends."""

import hashlib
import re
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Literal, NamedTuple

from filelock import FileLock, Timeout

from playground.artifacts.storage import Storage, StorageError, storage
from playground.settings import settings

_NAME = re.compile(r"\d{20}-(put|delete)-(uploads|runs)-([A-Za-z0-9_-]+)-[0-9a-f]{8}")
_FILLED = ".filled-for"
"""The storage that knows of everything that was in the data folder when it was set up."""

Kind = Literal["uploads", "runs"]
"""Folders of the data folder whose folders are copied."""


class _Request(NamedTuple):
    file: Path
    action: str
    folder: str
    """In the data folder and in the storage."""


def copy_later(kind: Kind, name: str) -> None:
    """The folder `kind/name` of the data folder is new or has changed. Does nothing without a storage. Raises: OSError."""
    _request("put", kind, name)


def delete_later(kind: Kind, name: str) -> None:
    """The folder `kind/name` of the data folder has been deleted for good. Does nothing without a storage. Raises: OSError."""
    _request("delete", kind, name)


def pending(kind: Kind | None = None) -> frozenset[str]:
    """Names of the folders that are still to be copied or deleted, all or those of a kind."""
    folders = (request.folder.split("/") for request in _requests())
    return frozenset(name for of_kind, name in folders if kind in (None, of_kind))


def carry_out() -> int:
    """Carries out what is pending, the oldest first, and returns how many folders that were. One process at a time; another returns
    at once.

    Raises: StorageError or OSError, after trying everything; what could not be carried out stays pending."""
    current = storage()
    if current is None:
        return 0
    _folder().mkdir(parents=True, exist_ok=True)
    try:
        with FileLock(_folder() / ".lock", blocking=False):
            _fill()
            return _carried_out(current)
    except Timeout:
        return 0


def _carried_out(current: Storage) -> int:
    newest: dict[str, str] = {}
    files: dict[str, list[Path]] = {}
    for file, action, folder in _requests():
        newest[folder] = action
        files.setdefault(folder, []).append(file)
    failures: list[StorageError] = []
    for folder, action in newest.items():
        try:
            _carry_out(current, action, folder)
        except StorageError as error:
            failures.append(error)
            continue
        for file in files[folder]:
            file.unlink(missing_ok=True)
    if failures:
        raise failures[0]
    return len(newest)


def _carry_out(current: Storage, action: str, folder: str) -> None:
    directory = settings().data / folder
    if action == "delete":
        current.delete(folder)
    elif directory.is_dir():
        current.put(folder, directory)


def _request(action: str, kind: Kind, name: str) -> None:
    if settings().storage is not None:
        _folder().mkdir(parents=True, exist_ok=True)
        (_folder() / f"{time.time_ns():020}-{action}-{kind}-{name}-{secrets.token_hex(4)}").touch()


def _requests() -> list[_Request]:
    """In the order in which they were made."""
    with suppress(FileNotFoundError):
        matches = [(file, _NAME.fullmatch(file.name)) for file in sorted(_folder().iterdir())]
        return [_Request(file, match[1], f"{match[2]}/{match[3]}") for file, match in matches if match]
    return []


def _fill() -> None:
    """A storage that is new to this data folder gets everything that is in it."""
    filled, url = _folder() / _FILLED, hashlib.sha256((settings().storage or "").encode()).hexdigest()
    if not filled.exists() or filled.read_text() != url:
        for kind in ("uploads", "runs"):
            for name in _names(settings().data / kind):
                copy_later(kind, name)
        filled.write_text(url)


def _names(folder: Path) -> Iterable[str]:
    return [path.name for path in folder.iterdir() if not path.name.startswith(".")] if folder.is_dir() else ()


def _folder() -> Path:
    return settings().data / "pending"
