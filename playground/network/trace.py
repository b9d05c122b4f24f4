"""Every shape, parameter count and FLOP count of a network, from the layers themselves.

An empty tensor on the meta device is pushed through them, which computes nothing."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from playground.catalog.layers import Layer, Shape
from playground.network.checks import check_design, check_size, misfit
from playground.network.problems import Fix, Problem, replaced, without
from playground.spec import ExperimentSpec


@dataclass(frozen=True)
class Row:
    """What one layer makes of one example. flops: floating-point operations of its matrix products and convolutions, forward."""

    index: int
    title: str
    shape_in: Shape
    shape_out: Shape
    parameters: int
    flops: int


@dataclass(frozen=True)
class Trace:
    """The network of a spec, layer by layer as far as it works, and what is wrong with it."""

    input_shape: Shape
    outputs: int
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]

    @property
    def ok(self) -> bool:
        """Whether the network can be built and trained; notes do not count."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def flops(self) -> int:
        """Of one example, forward."""
        return sum(row.flops for row in self.rows)


def trace(spec: ExperimentSpec) -> Trace:
    """Shapes, counts and problems of the spec's network, within milliseconds, as every layer's trace is kept.

    Never raises for what a user can write."""
    outputs = spec.loss.outputs(spec.data)
    shape, rows = spec.data.shape, []
    problems: list[Problem] = []
    for index, layer in enumerate(spec.network):
        problem = misfit(spec, index, shape)
        if problem is None:
            try:
                shape_out, parameters, flops = _trace_layer(layer.sized(outputs), shape)
            except (ValueError, RuntimeError) as error:
                problem = Problem(f"network[{index}]", _plain(layer, shape, error), fix=_remedy(spec, index, shape))
        if problem is not None:
            problems.append(problem)
            break
        rows.append(Row(index, layer.title, shape, shape_out, parameters, flops))
        shape = shape_out
    complete = len(rows) == len(spec.network)
    problems += check_design(spec, outputs, shape if complete else None)
    problems += check_size(spec, sum(row.parameters for row in rows), sum(math.prod(row.shape_out) for row in rows))
    return Trace(spec.data.shape, outputs, tuple(rows), tuple(problems))


@lru_cache(maxsize=4096)
def _trace_layer(layer: Layer, shape: Shape) -> tuple[Shape, int, int]:
    """Shape after the layer, its parameters, its FLOPs for one example."""
    with torch.device("meta"):
        module: nn.Module = layer.build(shape).eval()
        counter = FlopCounterMode(display=False)
        with torch.no_grad(), counter:
            out = module(torch.empty(1, *shape))
    if 0 in out.shape:
        raise ValueError("nothing is left after it")
    return tuple(out.shape[1:]), sum(parameter.numel() for parameter in module.parameters()), counter.get_total_flops()


def _remedy(spec: ExperimentSpec, index: int, shape: Shape) -> Fix:
    other = spec.network[index].remedy(shape)
    return without(spec, index) if other is None else replaced(spec, index, other[1], other[0])


def _plain(layer: Layer, shape: Shape, error: Exception) -> str:
    reason = str(error).split("\n")[0][:200]
    return f"{layer.title} cannot work on {'×'.join(map(str, shape))}: {reason}"
