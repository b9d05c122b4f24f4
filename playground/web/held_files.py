"""Files that visitors have uploaded and not stored yet: on disk instead of in memory, bounded for all visitors together. When there are too
many, the least recently used ones are deleted, and their visitors are asked to upload them again."""

import hashlib
import os
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import DeletedFile

from playground.artifacts.fetching import megabytes
from playground.own import OwnDataError
from playground.settings import settings
from playground.web import session

_LOCK = threading.Lock()
_OLDEST_SECONDS = 24 * 3600.0
"""A file that nobody used for so long is deleted: its visitor has left."""
_TAKEN = "held_files.taken"


@dataclass(frozen=True)
class HeldFile:
    """The content of an uploaded file. digest: SHA-256 of it, "" if it is not here. size: in bytes."""

    digest: str
    size: int

    def read(self) -> bytes:
        """Raises: OwnDataError if it was deleted to make room for others, or there was none."""
        try:
            content = _path(self.digest).read_bytes()
            os.utime(_path(self.digest))
        except OSError:
            most = megabytes(settings().upload_held_bytes)
            raise OwnDataError(
                f"the file is not on this server any more: it keeps at most {most} of uploaded files for all its visitors "
                f"(PLAYGROUND_UPLOAD_HELD_BYTES), as far as its disk has space; upload it again"
            ) from None
        return content


Files = tuple[tuple[str, HeldFile], ...]
"""Names and contents."""


def hold(content: bytes) -> HeldFile:
    """Keeps the content on disk, if there is space; deletes the least recently used ones beyond the limit."""
    held = HeldFile(hashlib.sha256(content).hexdigest(), len(content))
    path = _path(held.digest)
    with suppress(OSError), _LOCK:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path.parent.parent, prefix=".held-") as folder:
            Path(folder, "file").write_bytes(content)
            Path(folder, "file").replace(path)
        _make_room(path)
    return held


def read_all(files: Files) -> list[tuple[str, bytes]]:
    """Names and contents. Raises: OwnDataError, as `HeldFile.read`."""
    return [(name, held.read()) for name, held in files]


def digest_of(files: Files) -> str:
    """Tells sets of files apart."""
    return hashlib.sha256("".join(held.digest for _, held in files).encode()).hexdigest()[:12]


def take(key: str) -> Files:
    """The files in the uploader with this key, moved out of Streamlit's memory. In its callback. A file that Streamlit does not have any
    more, and that was not taken before, has to be uploaded again."""
    value = session.widget(key)
    uploaded: Sequence[Any] = value if isinstance(value, list) else [] if value is None else [value]
    before: dict[str, tuple[str, HeldFile]] = session.choice(_TAKEN, {})
    taken: dict[str, tuple[str, HeldFile]] = {}
    for file in uploaded:
        if isinstance(file, DeletedFile):
            taken[file.file_id] = before.get(file.file_id, ("the file", HeldFile("", 0)))
        else:
            taken[file.file_id] = (str(file.name), hold(file.getvalue()))
            _forget(file.file_id)
    session.choose(_TAKEN, {**before, **taken})
    return tuple(taken.values())


def _forget(file_id: str) -> None:
    """Removes a file from Streamlit's memory; its widget still shows it."""
    context = get_script_run_ctx()
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        context.uploaded_file_mgr.remove_file(context.session_id, file_id)


def _path(digest: str) -> Path:
    return settings().data / "held" / (digest or "none")


def _make_room(newest: Path) -> None:
    """Deletes files, the least recently used first, until the rest fits; never the newest."""
    files = []
    for path in newest.parent.iterdir():
        with suppress(FileNotFoundError):
            state = path.stat()
            files.append((state.st_mtime, state.st_size, path))
    total, now = sum(size for _, size, _ in files), time.time()
    for used, size, path in sorted(files):
        if path != newest and (total > settings().upload_held_bytes or now - used > _OLDEST_SECONDS):
            path.unlink(missing_ok=True)
            total -= size
