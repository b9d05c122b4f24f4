"""Activation functions, and where the numbers that they get lie on them."""

from collections.abc import Generator
from functools import lru_cache
from typing import ClassVar, Final

import numpy as np
import torch
from torch import Tensor, nn

from playground.catalog.layers.activations import Activation, Softmax
from playground.catalog.tensors import TensorSpec
from playground.paths import item
from playground.spec import ExperimentSpec
from playground.training.layer_probe import ProbedLayer, by_unit, probe_size, probed_layers
from playground.training.views.base import Seen, Values, ViewInParts, values_of

BINS: Final = 64
LEAST_REACH: Final = 4.0
"""The functions are drawn from −reach to reach: this, or as many times doubled as 99 % of the inputs need."""
FLAT: Final = 0.01
"""A function is flat where its slope is at most this: nearly no gradient comes through."""
_NEEDED = 0.99


class Functions(ViewInParts):
    """(layers, 5, BINS): for each activation function x in the middle of each bin; its value and its slope there; the share of the layer's
    inputs in the bin, the first and last of which have all beyond; and the share of inputs at which it is flat, the share of units
    (features or channels) at which it is so for all examples, and the number of inputs.

    A function with a slope for each channel is drawn as their mean."""

    name: ClassVar[str] = "functions"
    title: ClassVar[str] = "Activation functions and their inputs"
    tab: ClassVar[str] = "activations"
    form: ClassVar[str] = "functions"
    asked: ClassVar[bool] = True

    def __init__(self, spec: ExperimentSpec, device: torch.device) -> None:
        super().__init__(spec, device)
        self._layers = functions(spec)

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return bool(functions(spec))

    @classmethod
    def choices(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        return tuple(layer.label for layer in functions(spec))

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        return (
            f"The line is the function, dashed its slope; bars are the layer's inputs for up to {probe_size(spec)} fixed training "
            f"examples. Where the slope is at most {FLAT}, the function is flat: no gradient comes through."
        )

    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        probe = seen.probe
        if probe is None:
            raise ValueError("the activation functions need a probe")
        pairs = probe.observed(self._layers, probe.inputs)
        yield
        drawn = []
        for layer, (inputs, _) in zip(self._layers, pairs, strict=True):
            drawn.append(_rows(probe.module(layer), inputs, layer, probe.valid))
            yield
        return np.stack(drawn)


@lru_cache(maxsize=64)
def functions(spec: ExperimentSpec) -> tuple[ProbedLayer, ...]:
    """The layers that are functions of single numbers."""
    layers = ((layer, item(spec, layer.path)) for layer in probed_layers(spec))
    return tuple(layer for layer, what in layers if isinstance(what, Activation) and not isinstance(what, Softmax))


def _rows(module: nn.Module, inputs: Tensor, layer: ProbedLayer, valid: Tensor | None) -> Values:
    """(5, BINS), as in `Functions`. inputs: of the layer for the probe; valid: which steps are no padding."""
    slopes = by_unit(_slopes(module, inputs), layer.y, valid)
    numbers = by_unit(inputs, layer.x, valid).flatten()
    numbers = numbers[numbers.isfinite()]
    reach = _reach(numbers)
    x = (torch.arange(BINS, device=inputs.device) + 0.5) * (2 * reach / BINS) - reach
    spread = x.reshape(-1, *(1 for _ in layer.x.sizes)).expand(-1, *_one_step(layer.x)).contiguous()
    with torch.no_grad():
        value = module(spread).flatten(1).mean(dim=1)
    bins = ((numbers + reach) * (BINS / (2 * reach))).floor().clamp(0, BINS - 1).long()
    shares = torch.bincount(bins, minlength=BINS) / max(1, len(numbers))
    flat = slopes.abs() <= FLAT
    facts = torch.zeros(BINS, device=inputs.device)
    facts[:3] = torch.stack([flat.float().mean(), flat.all(dim=0).float().mean(), facts.new_tensor(len(numbers))])
    return values_of(torch.stack([x, value, _slopes(module, spread).flatten(1).mean(dim=1), shares, facts]))


def _reach(numbers: Tensor) -> float:
    if not len(numbers):
        return LEAST_REACH
    needed = float(numbers.abs().kthvalue(max(1, round(_NEEDED * len(numbers)))).values)
    reach = LEAST_REACH
    while reach < needed:
        reach *= 2
    return reach


def _one_step(x: TensorSpec) -> tuple[int, ...]:
    """The sizes of an input with a single pixel or step."""
    return tuple(size if name in ("features", "channels") else 1 for name, size in x.axes)


def _slopes(module: nn.Module, inputs: Tensor) -> Tensor:
    """The derivative of the function at each input."""
    with torch.inference_mode(False), torch.enable_grad():
        at = inputs.detach().clone().requires_grad_()
        (slopes,) = torch.autograd.grad(module(at).sum(), at)
    return slopes
