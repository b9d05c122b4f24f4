"""How the numbers of a tensor of one example are laid out to be drawn, and sent to the browser."""

import base64
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.catalog.tensors import TensorSpec
from playground.web.markup import exact_number

_STEPS_OF_SCALE = 32767
_COLUMNS = 64
"""Of a vector."""


@dataclass(frozen=True)
class Layout:
    """How the numbers of a tensor are drawn: as `maps` of rows × columns, of large ones every `stride`th row and column. A sequence has a
    column for each step.

    The index of a number: map · size + row · stride · across + column · stride · along."""

    maps: int
    rows: int
    columns: int
    size: int
    across: int
    along: int
    stride: int = 1
    image: bool = False

    @classmethod
    def of(cls, x: TensorSpec, most: int) -> "Layout":
        """most: numbers that are drawn."""
        sizes = x.sizes
        if len(sizes) == 3:
            _, height, width = sizes
            stride = max(1, math.ceil(math.sqrt(height * width / most)))
            rows, columns = -(-height // stride), -(-width // stride)
            return cls(max(1, min(sizes[0], most // (rows * columns))), rows, columns, height * width, width, 1, stride, True)
        if len(sizes) == 2:
            length, features = sizes
            columns = min(length, most)
            return cls(1, max(1, min(features, most // columns)), columns, length * features, 1, features)
        count = min(sizes[0], most)
        return cls(1, -(-count // _COLUMNS), min(count, _COLUMNS), sizes[0], _COLUMNS, 1)

    def units(self, count: int) -> list[int]:
        """The indices of what is drawn, map by map and row by row; of `count` numbers."""
        drawn = (
            one * self.size + row * self.stride * self.across + column * self.stride * self.along
            for one in range(self.maps) for row in range(self.rows) for column in range(self.columns)
        )  # fmt: skip
        return [unit for unit in drawn if unit < count]

    def plain(self, count: int) -> dict[str, Any]:
        return {
            "maps": self.maps, "rows": self.rows, "columns": self.columns, "size": self.size, "across": self.across, "along": self.along,
            "stride": self.stride, "image": self.image, "count": count,
        }  # fmt: skip


def packed(values: Tensor, layout: Layout) -> dict[str, Any]:
    """Numbers as 16-bit integers, as shares of the largest one; NaN as 0."""
    flat = values.flatten()
    drawn = flat[torch.tensor(layout.units(len(flat)))].double().numpy()
    finite = np.nan_to_num(drawn, nan=0.0, posinf=0.0, neginf=0.0)
    high = float(np.abs(finite).max(initial=0.0))
    shares = np.rint(finite / (high or 1.0) * _STEPS_OF_SCALE).astype("<i2")
    return {"shares": base64.b64encode(shares.tobytes()).decode(), "high": high, "ends": exact_number(high)}
