"""Baselines: the input that stands for "nothing there", which a method compares with."""

from collections.abc import Callable
from typing import Literal

import torch
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.encodings import Encoding
from playground.explain.errors import ExplainError

Baseline = Literal["black", "white", "mean", "blurred", "noise", "unknown"]

BASELINE_TITLES: dict[Baseline, str] = {
    "black": "Black (all zero)",
    "white": "White (all one)",
    "mean": "Mean of the training set",
    "blurred": "The input, blurred",
    "noise": "Noise",
}
"""For images."""

_FOR_STEPS: dict[Baseline, str] = {"black": "Zero", "mean": "Mean of the training set", "noise": "Noise"}
_FOR_SYMBOLS: dict[Baseline, str] = {"unknown": "Unknown symbols", "black": "No symbols (zero vectors)", "mean": "The average symbol"}


def baseline_titles(encoding: Encoding) -> dict[Baseline, str]:
    """The baselines that make sense for inputs of this encoding, the usual one first, with their titles."""
    if encoding.tensor.vocabulary is not None:
        return {name: title for name, title in _FOR_SYMBOLS.items() if name != "unknown" or encoding.unknown is not None}
    return _FOR_STEPS if encoding.tensor.has("length") else BASELINE_TITLES


def make_baseline(
    name: Baseline, x: Tensor, mean: Tensor | None = None, seed: int = 0, scaled: Callable[[Tensor], Tensor] | None = None
) -> Tensor:
    """x: (N, *shape) as the model takes it → the baseline of each example, (N, *shape). mean: (*shape) or (1, *shape), of the training
    set, as the model takes it. scaled: values in [0, 1] → what the model takes, where examples are standardized: black must stay black.

    Raises: ExplainError if the mean is needed but missing, anything but images is to be blurred, or symbols are asked for."""
    if name == "unknown":
        raise ExplainError("baseline: only symbols can be unknown; choose another baseline")
    if name == "black":
        return _taken(torch.zeros_like(x), scaled)
    if name == "white":
        return _taken(torch.ones_like(x), scaled)
    if name == "noise":
        generator = torch.Generator().manual_seed(seed)
        return _taken(torch.rand(x.shape, generator=generator).to(x), scaled)
    if name == "blurred":
        return _blurred(x)
    if mean is None:
        raise ExplainError("baseline: the mean of the training set is not known here; pass mean=…, or choose another baseline")
    return custom_baseline(mean, x)


def vector_baseline(name: Baseline, table: Tensor, unknown: int | None = None) -> Tensor:
    """The vector (W,) that stands for no symbol in particular. table: the vectors of all symbols (V, W), that of padding first.
    unknown: the number of the symbol that stands for unknown ones.

    Raises: ExplainError if that is needed but missing, or the baseline is not one for symbols."""
    if name == "black":
        return torch.zeros_like(table[0])
    if name == "mean":
        return table[1:].mean(dim=0)
    if name == "unknown":
        if unknown is None:
            raise ExplainError("baseline: this vocabulary has no symbol for unknown ones; pass unknown=…, or choose another baseline")
        return table[unknown]
    raise ExplainError(f"baseline: of symbols must be one of {', '.join(_FOR_SYMBOLS)}, got {name!r}")


def _taken(numbers: Tensor, scaled: Callable[[Tensor], Tensor] | None) -> Tensor:
    return numbers if scaled is None else scaled(numbers)


def custom_baseline(baseline: Tensor, x: Tensor) -> Tensor:
    """The same baseline, (*shape), (1, *shape) or (N, *shape), for every example of x: (N, *shape).

    Raises: ExplainError if its shape or its type does not fit."""
    if baseline.is_floating_point() != x.is_floating_point():
        raise ExplainError(f"baseline: must be of the input's type {x.dtype}, got {baseline.dtype}")
    if tuple(baseline.shape) not in (tuple(x.shape[1:]), (1, *x.shape[1:]), tuple(x.shape)):
        raise ExplainError(f"baseline: must have the shape of the input {tuple(x.shape[1:])}, got {tuple(baseline.shape)}")
    return baseline.detach().to(x).expand_as(x).contiguous()


def _blurred(x: Tensor) -> Tensor:
    """Gaussian blur with a standard deviation of a seventh of the shorter side: strokes disappear, only the rough area of ink remains."""
    if x.ndim != 4:
        raise ExplainError("baseline: only images can be blurred; choose another baseline")
    height, width, channels = x.shape[2], x.shape[3], x.shape[1]
    sigma = min(height, width) / 7
    radius = max(1, round(2 * sigma))
    offsets = torch.arange(-radius, radius + 1, dtype=x.dtype, device=x.device)
    weights = torch.exp(-(offsets**2) / (2 * sigma**2))
    weights = weights / weights.sum()
    padded = F.pad(x, (radius, radius, radius, radius), mode="replicate")
    rows = F.conv2d(padded, weights.view(1, 1, -1, 1).repeat(channels, 1, 1, 1), groups=channels)
    return F.conv2d(rows, weights.view(1, 1, 1, -1).repeat(channels, 1, 1, 1), groups=channels)
