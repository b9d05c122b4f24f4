"""Uploaded data, addressed by content: `uploads/<sha256>/` in the data folder, plain arrays and JSON, written once and never changed. The
store has a size limit: when it is full, the least recently used uploads are deleted (`eviction.py`), unless someone holds them."""

import contextlib
import functools
import hashlib
import json
import logging
import os
import re
import tempfile
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from playground.artifacts.copies import copy_later, delete_later, pending
from playground.artifacts.disk_space import folder_bytes
from playground.artifacts.errors import DataError
from playground.artifacts.eviction import DRAFT, evict, make_room
from playground.artifacts.holding import Hold, held
from playground.artifacts.storage import StorageError, fetch_if_missing
from playground.settings import settings

logger = logging.getLogger(__name__)

_DESCRIPTION = "description.json"
_ARRAYS = ("inputs", "targets")
_KEY = re.compile(r"[0-9a-f]{64}")


_AT_HAND: ContextVar["Upload | None"] = ContextVar("upload", default=None)


@dataclass(frozen=True)
class Upload:
    """Examples before the split.

    inputs: uint8 (N, C, H, W) for images, int32 (N, L) for texts, float32 (N, D) otherwise. targets: int64 (N,) classes, or float32 (N, 1).
    A text to be continued is int32 (T,), with the number of symbols of each of its files, int64 (F,), as targets; a time series is float64
    (T, F), with the time of each step in seconds since 1970, or its number, float64 (T,), as targets.
    description: JSON data that is part of the content: names of features and classes, the vocabulary, how to fill missing values."""

    inputs: NDArray[Any]
    targets: NDArray[Any]
    description: Mapping[str, Any]

    @cached_property
    def key(self) -> str:
        """SHA-256 of the content, 64 hexadecimal digits: the same on every machine."""
        digest = hashlib.sha256()
        for name in _ARRAYS:
            array = np.ascontiguousarray(getattr(self, name))
            digest.update(f"{name} {array.dtype.newbyteorder('<').str} {array.shape}\n".encode())
            digest.update(array.astype(array.dtype.newbyteorder("<"), copy=False).reshape(-1).view(np.uint8).data)
        digest.update(_text(self.description).encode())
        return digest.hexdigest()


def store_upload(upload: Upload) -> str:
    """Writes it to the store atomically and returns its key; does nothing if the same content is already there. May delete the least
    recently used uploads to make room.

    Raises: DataError if the folder cannot be written."""
    folder = _folder(upload.key)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with _held_if_there(folder):
            if not _is_whole(folder, upload.key):
                _write(folder, upload)
                copy_later("uploads", upload.key)
            _use(folder)
        make_room(folder.parent, _KEY, settings().upload_store_bytes, {upload.key, *pending("uploads")})
    except OSError as error:
        raise DataError(
            f"{folder.parent}: cannot be written ({error}); free some disk space, or set PLAYGROUND_DATA to a writable folder"
        ) from error
    return upload.key


def open_upload(key: str, name: str) -> Upload:
    """The upload with this key, memory-mapped: it stays readable even if it is deleted from the store. name: the user's name for it, for
    the message.

    Raises: DataError if it is neither on this server nor in its storage, or has changed."""
    upload = _AT_HAND.get()
    if upload is not None and upload.key == key:
        return upload
    folder = _folder(key)
    _fetch_if_missing(key)
    hold = held(folder)
    if hold is None:
        raise DataError(
            f"the data “{name}” ({key[:8]}) is not on this server; upload the same file on the Data page again, with the same settings"
        )
    with hold:
        if not _is_whole(folder, key):
            raise DataError(
                f"the data “{name}” ({key[:8]}) is damaged on this server ({folder}); upload the same file on the Data page again"
            )
        _use(folder)
        return _read(folder)


@contextlib.contextmanager
def at_hand(upload: Upload) -> Iterator[None]:
    """Within this block, `open_upload` finds the upload although it is not stored yet, for example to preview it."""
    token = _AT_HAND.set(upload)
    try:
        yield
    finally:
        _AT_HAND.reset(token)


def is_stored(key: str) -> bool:
    """Whether there is an upload with this key, without checking its content."""
    return bool(key) and _is_here(key)


def upload_bytes(key: str) -> int:
    """Disk space of an upload, 0 if it is not on this server."""
    return folder_bytes(_folder(key)) if _KEY.fullmatch(key) else 0


def delete_upload(key: str, also_elsewhere: bool) -> bool:
    """Deletes the upload here and from the storage, unless somebody holds it here, such as a run. Returns whether it was deleted here.
    also_elsewhere: from the storage even if it is not here.

    Raises: OSError."""
    folder = _folder(key)
    if not _KEY.fullmatch(key):
        return False
    was_here = folder.is_dir()
    is_deleted = was_here and evict(folder)
    if is_deleted or (also_elsewhere and not was_here):
        delete_later("uploads", key)
    return is_deleted


def hold(key: str) -> Hold | None:
    """Keeps the upload in the store until the hold is closed; None if it is not there."""
    lock = held(_folder(key)) if _is_here(key) else None
    if lock is not None:
        _use(_folder(key))
    return lock


def _is_here(key: str) -> bool:
    try:
        _fetch_if_missing(key)
    except StorageError as error:  # opening it reports the reason
        logger.warning("An upload cannot be fetched: %s", error.detail)
    return _folder(key).is_dir()


def _fetch_if_missing(key: str) -> None:
    """Raises: StorageError."""
    if _KEY.fullmatch(key):
        fetch_if_missing(f"uploads/{key}")


def _held_if_there(folder: Path) -> contextlib.AbstractContextManager[object]:
    return held(folder) or contextlib.nullcontext()


def _use(folder: Path) -> None:
    """Records that it was used now; not possible in a read-only data folder, which evicts nothing anyway."""
    with contextlib.suppress(OSError):
        os.utime(folder)


def _folder(key: str) -> Path:
    return settings().data / "uploads" / key


def _is_whole(folder: Path, key: str) -> bool:
    try:
        states = tuple((state.st_mtime_ns, state.st_size, state.st_ino) for state in (file.stat() for file in _files(folder)))
        return _key_of(folder, states) == key
    except (OSError, ValueError, EOFError):
        return False


@functools.lru_cache(maxsize=64)
def _key_of(folder: Path, _states: tuple[tuple[int, int, int], ...]) -> str:
    """Key of the content of a folder whose files are in these states; read once per process."""
    return _read(folder).key


def _files(folder: Path) -> list[Path]:
    return [*(folder / f"{name}.npy" for name in _ARRAYS), folder / _DESCRIPTION]


def _read(folder: Path) -> Upload:
    """Mode "c" (copy on write), because torch warns about arrays that are not writable."""
    inputs, targets = (np.load(folder / f"{name}.npy", mmap_mode="c", allow_pickle=False) for name in _ARRAYS)
    return Upload(inputs, targets, json.loads((folder / _DESCRIPTION).read_text(encoding="utf-8")))


def _write(folder: Path, upload: Upload) -> None:
    """Writes to a draft folder, renamed when complete. A damaged upload of the same key is moved into the draft and deleted with it."""
    with tempfile.TemporaryDirectory(prefix=DRAFT, dir=folder.parent, ignore_cleanup_errors=True) as name:
        draft = Path(name, "draft")
        draft.mkdir()
        for title in _ARRAYS:
            with (draft / f"{title}.npy").open("wb") as file:
                np.save(file, np.ascontiguousarray(getattr(upload, title)))
                file.flush()
                os.fsync(file.fileno())
        (draft / _DESCRIPTION).write_text(_text(upload.description), encoding="utf-8")
        try:
            draft.rename(folder)
        except OSError:
            if _is_whole(folder, upload.key):
                return  # another process stored the same content first
            with contextlib.suppress(FileNotFoundError):
                folder.rename(Path(name, "damaged"))
            draft.rename(folder)


def _text(description: Mapping[str, Any]) -> str:
    return json.dumps(dict(description), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
