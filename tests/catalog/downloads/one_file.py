"""A file of random bytes, and how to download it."""

from pathlib import Path

import numpy as np

from playground.artifacts.fetching import fetch
from tests.catalog.file_server import Files
from tests.catalog.tiny_files import known

CONTENT = np.random.default_rng(0).bytes(300_000)
FILE = known("numbers.bin", CONTENT)


def get(server: Files, folder: Path, *more: str, report=lambda _: None, stopped=lambda: False) -> bytes:
    """`numbers.bin`, from the server or from `more` places."""
    folder.mkdir(exist_ok=True)
    fetch(FILE, more or [f"{server.url}/{FILE.name}"], folder, report, stopped)
    return (folder / FILE.name).read_bytes()


def left(folder: Path) -> dict[str, int]:
    """What lies in the folder, with its size."""
    return {file.name: file.stat().st_size for file in sorted(folder.iterdir()) if file.name != ".lock"}
