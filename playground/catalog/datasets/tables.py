"""Base class of tabular datasets: named features, a seeded split, and standardized features."""

from abc import abstractmethod
from functools import lru_cache
from typing import ClassVar

import numpy as np
from pydantic import Field

from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Data
from playground.catalog.datasets.packaged import packaged_table
from playground.catalog.datasets.splitting import split
from playground.catalog.encodings import Encoding, RowEncoding


class Tables(Dataset):
    """Rows of named features, with a class or a value for every row."""

    features: ClassVar[tuple[str, ...]]
    """Names of the columns, with their units, in order."""

    test_share: float = Field(0.25, ge=0.1, le=0.9, title="Test share", description="Share of the rows held out for testing")
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Split seed", description="Same seed, same split")
    standardise: bool = Field(
        True,
        title="Standardize",
        description="Scale every feature to mean 0 and standard deviation 1; otherwise features with large values dominate",
    )

    @property
    def encoding(self) -> Encoding:
        return RowEncoding(len(self.features))

    @property
    def feature_names(self) -> tuple[str, ...]:
        return self.features

    @abstractmethod
    def rows(self) -> tuple[Array, Array]:
        """All rows, float32 (N, D), and their classes, int64 (N,), or values, float32 (N, 1).

        Raises: DataError if they cannot be loaded."""

    def examples(self) -> Data:
        inputs, targets = self.rows()
        tests = min(max(round(len(inputs) * self.test_share), 1), len(inputs) - 1)
        return split(inputs, targets, tests, self.seed)


@lru_cache(maxsize=8)
def scikit_table(file: str, rows: int, columns: int) -> Array:
    """A table included in scikit-learn, float64 (rows, columns), read-only; tables that are not gzipped have a header.

    Raises: DataError if it is missing or damaged."""
    header = 0 if file.endswith(".gz") else 1
    table = packaged_table(
        "sklearn", f"datasets/data/{file}", (rows, columns), install="scikit-learn", numbers=np.float64,
        between="," if header else None, header=header,
    )  # fmt: skip
    table.setflags(write=False)
    return table
