"""What the person who runs the server may set, read from the environment; the only file that reads it."""

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Settings:
    """Limits and places of one server. Bytes, seconds and counts are in the names.

    database: URL of the database that keeps the runs, as SQLAlchemy reads it; None for SQLite in the data folder. Servers that share
    one share their data folder too, since the weights lie there.
    upload_…: what of their own data users may bring: bytes of a file, and of what comes out of an archive or becomes the network's arrays;
    pixels of an image; files in an archive; rows, columns and cells of a table; classes, of which a spec can name 1,000.
    upload_store_bytes: what all that was brought may take on the disk; beyond it what was used least lately goes, but for what a run uses.
    downloads: address of a folder that has the datasets' files, asked instead of the internet: `{downloads}/{kind}/{file}`."""

    data: Path = Path(".playground")
    database: str | None = None
    parallel_runs: int = 1
    max_parameters: int = 20_000_000
    max_batch_bytes: int = 2_000_000_000
    upload_bytes: int = 100_000_000
    upload_unpacked_bytes: int = 1_000_000_000
    upload_pixels: int = 40_000_000
    upload_files: int = 20_000
    upload_rows: int = 1_000_000
    upload_columns: int = 1_000
    upload_cells: int = 20_000_000
    upload_classes: int = 100
    upload_store_bytes: int = 5_000_000_000
    downloads: str | None = None


def settings() -> Settings:
    """Settings of this process, from the environment:
    `PLAYGROUND_DATA`, `PLAYGROUND_DATABASE`, `PLAYGROUND_PARALLEL_RUNS`, `PLAYGROUND_MAX_PARAMETERS`, `PLAYGROUND_MAX_BATCH_BYTES`,
    `PLAYGROUND_DOWNLOADS`, and `PLAYGROUND_UPLOAD_BYTES`, `_UNPACKED_BYTES`, `_PIXELS`, `_FILES`, `_ROWS`, `_COLUMNS`, `_CELLS`,
    `_CLASSES` and `_STORE_BYTES`.

    Raises: ValueError if a number is not a whole number of at least 1, or an address none of HTTP, naming the variable."""
    return Settings(
        data=Path(os.environ.get("PLAYGROUND_DATA") or ".playground").expanduser(),
        database=os.environ.get("PLAYGROUND_DATABASE", "").strip() or None,
        parallel_runs=_count("PLAYGROUND_PARALLEL_RUNS", os.cpu_count() or 1),
        max_parameters=_count("PLAYGROUND_MAX_PARAMETERS", Settings.max_parameters),
        max_batch_bytes=_count("PLAYGROUND_MAX_BATCH_BYTES", Settings.max_batch_bytes),
        upload_bytes=_count("PLAYGROUND_UPLOAD_BYTES", Settings.upload_bytes),
        upload_unpacked_bytes=_count("PLAYGROUND_UPLOAD_UNPACKED_BYTES", Settings.upload_unpacked_bytes),
        upload_pixels=_count("PLAYGROUND_UPLOAD_PIXELS", Settings.upload_pixels),
        upload_files=_count("PLAYGROUND_UPLOAD_FILES", Settings.upload_files),
        upload_rows=_count("PLAYGROUND_UPLOAD_ROWS", Settings.upload_rows),
        upload_columns=_count("PLAYGROUND_UPLOAD_COLUMNS", Settings.upload_columns),
        upload_cells=_count("PLAYGROUND_UPLOAD_CELLS", Settings.upload_cells),
        upload_classes=_count("PLAYGROUND_UPLOAD_CLASSES", Settings.upload_classes),
        upload_store_bytes=_count("PLAYGROUND_UPLOAD_STORE_BYTES", Settings.upload_store_bytes),
        downloads=_address("PLAYGROUND_DOWNLOADS"),
    )


def _count(variable: str, default: int) -> int:
    text = os.environ.get(variable, "").strip()
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise ValueError(f"{variable}: must be a whole number of at least 1, got {text!r}")
    return int(text)


def _address(variable: str) -> str | None:
    text = os.environ.get(variable, "").strip().rstrip("/")
    if text and not text.startswith(("http://", "https://")):
        raise ValueError(f"{variable}: must begin with http:// or https://, got {text!r}")
    return text or None
