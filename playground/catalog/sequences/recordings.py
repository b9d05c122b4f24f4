"""Recordings and time series that sktime includes as files; its code is never imported."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets.examples import Split
from playground.catalog.datasets.packaged import damaged, packaged_file, packaged_table
from playground.catalog.sequences.vocabulary import padded

Floats = NDArray[np.float32]


def recordings(file: str, labels: Sequence[str], length: int, features: int) -> Split:
    """The recordings of a .ts file: (N, length, features), padded with NaN, and the index of each one's label in `labels`.

    file: path below sktime's datasets/data.
    Raises: DataError if sktime or the file is missing or damaged, naming the file and what to do."""
    path = packaged_file("sktime", f"datasets/data/{file}", "sktime")
    try:
        rows = read_ts(path.read_text(encoding="utf-8"))
        if not rows:
            raise ValueError("it has no recordings")
        for number, (values, label) in enumerate(rows, start=1):
            if label not in labels:
                raise ValueError(f"recording {number} has the label {label!r}, expected one of {', '.join(labels)}")
            if values.shape[1] != features or not 1 <= len(values) <= length:
                shape = f"{len(values)} × {values.shape[1]}"
                raise ValueError(f"recording {number} has {shape} values, expected at most {length} × {features}")
    except (OSError, ValueError) as error:  # UnicodeDecodeError is a ValueError
        raise damaged(path, f"cannot be read ({error})", "sktime") from error
    targets = np.array([labels.index(label) for _, label in rows], dtype=np.int64)
    return Split(padded([values for values, _ in rows], length), targets)


def read_ts(text: str) -> list[tuple[Floats, str]]:
    """The recordings (L, F) of a .ts file and their labels. A row has one list of numbers for each feature, then the label, with colons
    between them; lines that begin with # or % are comments, with @ settings.

    Raises: ValueError naming the line."""
    rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith(("#", "%", "@")):
            continue
        *features, label = line.strip().split(":")
        try:
            columns = [np.array(feature.split(","), dtype=np.float32) for feature in features]
            values = np.stack(columns, axis=1)
        except ValueError as error:
            raise ValueError(f"line {number}: {error}") from error
        if not np.isfinite(values).all():
            raise ValueError(f"line {number}: a value is missing or not finite")
        rows.append((values, label))
    return rows


def airline() -> Floats:
    """Passengers of international airlines, 144 months from January 1949 on: (144, 1), in hundreds of thousands.

    Raises: DataError, as `recordings`."""
    table = packaged_table(
        "sktime", "datasets/data/Airline/Airline.csv", (144, 1), install="sktime", numbers=np.float32, header=1, columns=(1,)
    )  # fmt: skip
    return (table / 100).astype(np.float32)


def heartbeats() -> Floats:
    """21 seconds of an electrocardiogram, 360 values a second: (7500, 1), in mV.

    Raises: DataError, as `recordings`."""
    table: Floats = packaged_table(
        "sktime", "datasets/data/mitdb/mitdb.csv", (7500, 1), install="sktime", numbers=np.float32, header=1, columns=(0,)
    )  # fmt: skip
    return table
