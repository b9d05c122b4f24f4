"""The network of a spec as a module."""

import torch

from playground.catalog.layers.network_modules import Network
from playground.catalog.tensors import TensorSpec
from playground.network.trace import trace
from playground.spec import ExperimentSpec, SpecError


def build_model(spec: ExperimentSpec) -> Network:
    """A fresh network on the CPU: module i is layer i of the spec. Inputs (N, *spec.data.tensor.sizes) → outputs (N, K).

    Initial weights depend on `spec.training.seed` alone; PyTorch's global generator keeps its state.
    Raises: SpecError with every error that `trace` finds."""
    traced = trace(spec)
    if not traced.ok:
        raise SpecError(*(f"{problem.path}: {problem.message}" for problem in traced.problems if problem.severity == "error"))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.training.seed)
        modules = [layer.sized(traced.outputs).build(row.tensor_in) for layer, row in zip(spec.network, traced.rows, strict=True)]
    return Network(*modules, padding=padding_of(spec.data.tensor))


def padding_of(x: TensorSpec) -> str:
    """What stands after the end of such an input, as `Network` wants to know it."""
    if not x.varies:
        return "none"
    return "nan" if x.vocabulary is None else "symbol"
