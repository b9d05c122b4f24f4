"""Sequences of numbers: one row of features per step."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.catalog.encodings.base import Encoding, Picture, Typed
from playground.catalog.sequences.vocabulary import padded
from playground.catalog.tensors import Array, TensorSpec


def valid_steps(inputs: Array) -> Array:
    """All steps that are not padding: (N, L, F) → (steps, F)."""
    steps: Array = inputs[~np.isnan(inputs).any(axis=2)]
    return steps


@dataclass(frozen=True)
class SequenceEncoding(Encoding):
    """Stored as float32 (N, L, F), with NaN in all features of the steps after the end of a shorter sequence.

    length: of the longest sequence. varies: whether there are shorter ones. Statistics are those of each feature over the valid steps. The
    only feature of a sequence may be left out: (N, L)."""

    title: ClassVar[str] = "Sequences"
    examples: ClassVar[str] = "sequences of numbers"
    keywords: ClassVar[str] = "time series timeseries signal sensor steps"
    picture: ClassVar[Picture] = "series"
    at_once: ClassVar[int] = 64

    length: int
    features: int = 1
    varies: bool = False

    @cached_property
    def tensor(self) -> TensorSpec:
        return TensorSpec.sequence(self.length, self.features, self.varies)

    @property
    def size(self) -> str:
        steps = f"{'up to ' if self.varies else ''}{self.length} step{'s' if self.length != 1 else ''}"
        return f"{steps} of {self.features} number{'s' if self.features != 1 else ''}"

    @property
    def example(self) -> str:
        return f"a sequence of {self.size}{'; the steps after its end are NaN' if self.varies else ''}"

    @property
    def how_to_type(self) -> str:
        one = "its number" if self.features == 1 else f"its {self.features} numbers, separated by spaces"
        return f"One step per line: {one}; up to {self.length} step{'s' if self.length != 1 else ''}"

    def read(self, text: str) -> Array:
        """Lines of numbers, separated by spaces, commas or semicolons: (l, F). Empty lines are skipped."""
        rows = []
        for number, line in enumerate(text.splitlines(), start=1):
            values = line.replace(",", " ").replace(";", " ").split()
            if not values:
                continue
            if len(values) != self.features:
                raise ValueError(f"line {number}: expected {self.features} number{'s' if self.features != 1 else ''}, got {len(values)}")
            rows.append([_finite(value, number) for value in values])
        return np.array(rows, np.float32).reshape(-1, self.features)

    def unpadded(self, raw: Array) -> Array:
        steps: Array = raw[~np.isnan(raw.reshape(len(raw), -1)).any(axis=1)]
        return steps

    def steps(self, raw: Array) -> tuple[str, ...]:
        return tuple(map(str, range(1, len(raw) + 1)))

    def as_typed(self, raw: Array) -> str:
        return "\n".join(" ".join(f"{value:.4g}" for value in step) for step in raw)

    def typed(self, text: str, last: bool = False) -> Typed:
        steps = self.read(text)
        kept = steps[-self.length :] if last else steps[: self.length]
        return Typed(kept, self.steps(kept), cut=len(steps) - len(kept))

    @property
    def preprocessing(self) -> dict[str, object]:
        return super().preprocessing | ({"padding": "NaN"} if self.varies else {})

    def completed(self, raw: Tensor) -> Tensor:
        """Adds the feature axis of sequences with one feature, and padding after sequences that are all shorter."""
        if raw.ndim == 2 and self.features == 1:
            raw = raw.unsqueeze(2)
        missing = self.length - raw.shape[1] if raw.ndim == 3 else 0
        return torch.nn.functional.pad(raw.to(torch.float32), (0, 0, 0, missing), value=torch.nan) if self.varies and missing > 0 else raw

    def measured(self, inputs: Array) -> Array:
        return valid_steps(inputs)

    def mean(self, inputs: Array) -> Tensor:
        """The mean of each step over the sequences that have it: (L, F); NaN after the end of the longest one."""
        valid = ~np.isnan(inputs)
        sums, counts = np.where(valid, inputs, 0).sum(axis=0, dtype=np.float64), valid.sum(axis=0)
        return torch.from_numpy(np.where(counts > 0, sums / np.maximum(counts, 1), np.nan).astype(np.float32))

    def collated(self, examples: Sequence[Array]) -> Array:
        """Sequences (l, F) or, with one feature, (l,), each with 1 to L steps → (N, L, F), padded with NaN.

        Raises: ValueError naming the sequence that is empty, too long or has other features."""
        checked = []
        for index, example in enumerate(examples):
            steps = np.asarray(example, np.float32)
            steps = steps[:, None] if steps.ndim == 1 and self.features == 1 else steps
            if steps.ndim != 2 or steps.shape[1] != self.features or not (1 if self.varies else self.length) <= len(steps) <= self.length:
                raise ValueError(f"sequence {index}: expected {self.size}, got an array of shape {np.shape(example)}")
            checked.append(steps)
        return padded(checked, self.length)


def _finite(text: str, line: int) -> float:
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) < float(np.finfo(np.float32).max):
        raise ValueError(f"line {line}: “{text[:20]}” is not a finite number")
    return value
