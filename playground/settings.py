"""Server settings, read from environment variables; no other file reads them."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Limits and locations of one server; units are in the names.

    database: SQLAlchemy URL of the database of runs; None for SQLite in the data folder. Servers that share a database must also share
    the data folder, which holds the weights.
    history_bytes: disk space for the earlier weights of one run.
    upload_…: limits for uploaded data: bytes of a file, and of an unpacked archive or the arrays made from it; pixels of an image; files in
    an archive; rows, columns and cells of a table; classes (at most 1,000, the limit of a spec).
    upload_held_bytes: uploaded files that are not stored yet, of all visitors together, on disk; and as much in memory while they arrive.
    upload_store_bytes: disk space for all uploads; beyond it, the least recently used ones are deleted, unless a run uses them.
    downloads: URL of a folder with the datasets' files, used instead of the internet: `{downloads}/{kind}/{file}`."""

    data: Path = Path(".playground")
    database: str | None = None
    parallel_runs: int = 1
    max_parameters: int = 20_000_000
    max_batch_bytes: int = 2_000_000_000
    history_bytes: int = 50_000_000
    upload_bytes: int = 100_000_000
    upload_unpacked_bytes: int = 1_000_000_000
    upload_pixels: int = 40_000_000
    upload_files: int = 20_000
    upload_rows: int = 1_000_000
    upload_columns: int = 1_000
    upload_cells: int = 20_000_000
    upload_classes: int = 100
    upload_held_bytes: int = 500_000_000
    upload_store_bytes: int = 5_000_000_000
    downloads: str | None = None


def settings() -> Settings:
    """The settings of this process, from the environment variables
    `PLAYGROUND_DATA`, `PLAYGROUND_DATABASE`, `PLAYGROUND_PARALLEL_RUNS`, `PLAYGROUND_MAX_PARAMETERS`, `PLAYGROUND_MAX_BATCH_BYTES`,
    `PLAYGROUND_HISTORY_BYTES`, `PLAYGROUND_DOWNLOADS`, and `PLAYGROUND_UPLOAD_BYTES`, `_UNPACKED_BYTES`, `_PIXELS`, `_FILES`, `_ROWS`,
    `_COLUMNS`, `_CELLS`, `_CLASSES`, `_HELD_BYTES` and `_STORE_BYTES`.

    Raises: ValueError if a number is not a positive integer or a URL is not HTTP, naming the variable."""
    return Settings(
        data=Path(os.environ.get("PLAYGROUND_DATA") or ".playground").expanduser(),
        database=os.environ.get("PLAYGROUND_DATABASE", "").strip() or None,
        parallel_runs=_count("PLAYGROUND_PARALLEL_RUNS", os.cpu_count() or 1),
        max_parameters=_count("PLAYGROUND_MAX_PARAMETERS", Settings.max_parameters),
        max_batch_bytes=_count("PLAYGROUND_MAX_BATCH_BYTES", Settings.max_batch_bytes),
        history_bytes=_count("PLAYGROUND_HISTORY_BYTES", Settings.history_bytes),
        upload_bytes=_count("PLAYGROUND_UPLOAD_BYTES", Settings.upload_bytes),
        upload_unpacked_bytes=_count("PLAYGROUND_UPLOAD_UNPACKED_BYTES", Settings.upload_unpacked_bytes),
        upload_pixels=_count("PLAYGROUND_UPLOAD_PIXELS", Settings.upload_pixels),
        upload_files=_count("PLAYGROUND_UPLOAD_FILES", Settings.upload_files),
        upload_rows=_count("PLAYGROUND_UPLOAD_ROWS", Settings.upload_rows),
        upload_columns=_count("PLAYGROUND_UPLOAD_COLUMNS", Settings.upload_columns),
        upload_cells=_count("PLAYGROUND_UPLOAD_CELLS", Settings.upload_cells),
        upload_classes=_count("PLAYGROUND_UPLOAD_CLASSES", Settings.upload_classes),
        upload_held_bytes=_count("PLAYGROUND_UPLOAD_HELD_BYTES", Settings.upload_held_bytes),
        upload_store_bytes=_count("PLAYGROUND_UPLOAD_STORE_BYTES", Settings.upload_store_bytes),
        downloads=_address("PLAYGROUND_DOWNLOADS"),
    )


def _count(variable: str, default: int) -> int:
    text = os.environ.get(variable, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{variable}: must be a positive integer, got {text!r}")
    return int(text)


def _address(variable: str) -> str | None:
    text = os.environ.get(variable, "").strip().rstrip("/")
    if text and not text.startswith(("http://", "https://")):
        raise ValueError(f"{variable}: must start with http:// or https://, got {text!r}")
    return text or None
