"""The network of a spec as a module."""

import torch
from torch import nn

from playground.network.trace import trace
from playground.spec import ExperimentSpec, SpecError


def build_model(spec: ExperimentSpec) -> nn.Sequential:
    """A fresh network on the CPU: module i is layer i of the spec. Inputs (N, *spec.data.tensor.sizes) → outputs (N, K).

    Initial weights depend on `spec.training.seed` alone; PyTorch's global generator keeps its state.
    Raises: SpecError with every error that `trace` finds."""
    traced = trace(spec)
    if not traced.ok:
        raise SpecError(*(f"{problem.path}: {problem.message}" for problem in traced.problems if problem.severity == "error"))
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(spec.training.seed)
        return nn.Sequential(
            *(layer.sized(traced.outputs).build(row.tensor_in) for layer, row in zip(spec.network, traced.rows, strict=True))
        )
