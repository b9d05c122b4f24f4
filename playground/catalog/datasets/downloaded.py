"""Base class of image datasets that are downloaded on demand."""

import shutil
import time
from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from filelock import FileLock, Timeout

from playground.artifacts import fetching
from playground.artifacts.fetching import DownloadError, DownloadStoppedError, RemoteFile, Report, Stopped, megabytes
from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.examples import Array, Data, DataError, Split
from playground.catalog.datasets.images import Images
from playground.catalog.encodings import Encoding
from playground.settings import settings

_SPARE_BYTES = 20_000_000
"""Disk space to leave free."""
_LOOK_SECONDS = 0.2


@dataclass(frozen=True)
class Needs:
    """What has to be downloaded. mirrors: URLs of folders, tried in order."""

    license: str
    mirrors: tuple[str, ...]
    files: tuple[RemoteFile, ...]

    @property
    def bytes(self) -> int:
        """Total size of all files."""
        return sum(file.bytes for file in self.files)


class NotDownloadedError(DataError):
    """The files of a dataset have not been downloaded, or one of them (`damaged`) has changed since."""

    def __init__(self, kind: "type[Downloaded]", damaged: Path | None) -> None:
        self.kind, self.damaged = kind, damaged
        what = "not downloaded yet" if damaged is None else f"{damaged} is damaged"
        suggestion = f"press Download next to it in the playground, or run: python -m playground download {kind.name()}"
        super().__init__(f"{kind.title}: {what} ({megabytes(kind.needs.bytes)} to download); {suggestion}")


class Downloaded(Images):
    """Images with a fixed training and test set, whose files are downloaded once, on request.

    Loading never downloads. The files are in the `downloads` folder of the data folder, their arrays in the cache."""

    needs: ClassVar[Needs]
    encoding: ClassVar[Encoding]
    trains: ClassVar[int]
    """Number of training images."""

    def __init_subclass__(cls, **settings: Any) -> None:
        super().__init_subclass__(**settings)
        if "needs" in cls.__dict__:
            cls.license = cls.needs.license

    @abstractmethod
    def parse(self, files: Sequence[Path]) -> tuple[Array, Array]:
        """All images and their classes, like `read`, from the files in the order of `needs`.

        Raises: DataError if one of them has unexpected content, naming it."""

    def read(self) -> tuple[Array, Array]:
        """All images, uint8 (N, C, H, W), the training images first, and their classes, int64 (N,).

        Raises: NotDownloadedError saying how to download; DataError, like `parse`."""
        folder = self.folder()
        for file in self.needs.files:
            path = folder / file.name
            if not fetching.is_whole(file, path):
                raise NotDownloadedError(type(self), path if path.exists() else None)
        images, classes = self.parse([folder / file.name for file in self.needs.files])
        if classes.max(initial=0) >= len(self.classes):
            raise DataError(f"{folder}: contains class {classes.max()}, but the last class is {len(self.classes) - 1}; {again(folder)}")
        return images, classes.astype(np.int64)

    def examples(self) -> Data:
        def make() -> Data:
            images, classes = self.read()
            return Data(Split(images[: self.trains], classes[: self.trains]), Split(images[self.trains :], classes[self.trains :]))

        return cached(self.name(), "; ".join(file.checksum for file in self.needs.files), make)

    @classmethod
    def folder(cls) -> Path:
        """Where the files are."""
        return settings().data / "downloads" / cls.name()

    @classmethod
    def bytes_here(cls) -> int:
        """How many bytes of the files are here, partial downloads included."""
        folder = cls.folder()
        return sum(min(file.bytes, max(fetching.size(folder / file.name), _part(file, folder))) for file in cls.needs.files)

    @classmethod
    def is_here(cls) -> bool:
        """Whether it can be loaded without a download. Raises: DataError, like `parse`."""
        try:
            cls().examples()
        except NotDownloadedError:
            return False
        return True

    @classmethod
    def bytes_on_disk(cls) -> int:
        """Size of the files and the arrays together."""
        return cls.needs.bytes + (cls.trains + cls.tests) * (cls.encoding.tensor.numbers + 8)

    @classmethod
    def sources(cls) -> tuple[str, ...]:
        """URLs of the folders to download from: only the server's own mirror if one is set."""
        own = settings().downloads
        return cls.needs.mirrors if own is None else (f"{own}/{cls.name()}/",)

    @classmethod
    def download(cls, report: Report = lambda _: None, stopped: Stopped = lambda: False) -> None:
        """Downloads what is missing and prepares the arrays. If another process is already doing so, waits for it.

        report: called with the number of bytes here, out of `needs.bytes`. Raises: DownloadError with the reason and what to do;
        DownloadStoppedError."""
        folder = cls.folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with _alone(folder, lambda: report(cls.bytes_here()), stopped):
                _download_missing(cls, folder, report, stopped)
        except OSError as error:
            raise DownloadError(f"{cls.title}: {fetching.not_written(folder, error)}") from error
        except DownloadStoppedError:
            raise DownloadStoppedError(f"{cls.title}: stopped; the {megabytes(cls.bytes_here())} received so far are kept") from None
        except DownloadError as error:
            raise DownloadError(f"{cls.title}: {error}") from error
        cls().examples()


def again(path: Path) -> str:
    """What to do about a damaged file."""
    return f"delete {path} and download the dataset again"


def _download_missing(kind: type[Downloaded], folder: Path, report: Report, stopped: Stopped) -> None:
    done, missing = 0, []
    for file in kind.needs.files:
        if fetching.is_whole(file, folder / file.name):
            done += file.bytes
        else:
            (folder / file.name).unlink(missing_ok=True)
            missing.append(file)
    needed = kind.bytes_on_disk() - kind.bytes_here() + _SPARE_BYTES
    if missing and (free := shutil.disk_usage(folder).free) < needed:
        raise DownloadError(
            f"not enough disk space in {folder}: {megabytes(needed)} needed, {megabytes(free)} free; "
            "free some space, or set PLAYGROUND_DATA to a folder on another disk"
        )
    for file in missing:

        def tell(here: int, before: int = done) -> None:
            report(before + here)

        fetching.fetch(file, [f"{source}{file.name}" for source in kind.sources()], folder, tell, stopped)
        done += file.bytes
        report(done)


@contextmanager
def _alone(folder: Path, waiting: Callable[[], None], stopped: Stopped) -> Iterator[None]:
    """One process or thread at a time; the operating system releases the lock when a process ends, in whatever way.

    Raises: DownloadStoppedError if `stopped` says so while waiting."""
    lock = FileLock(folder / ".lock", blocking=False)
    while True:
        try:
            lock.acquire()
            break
        except Timeout:
            if stopped():
                raise DownloadStoppedError("stopped") from None
            waiting()
            time.sleep(_LOOK_SECONDS)
    try:
        yield
    finally:
        lock.release()


def _part(file: RemoteFile, folder: Path) -> int:
    return fetching.size(fetching.part_of(file, folder))
