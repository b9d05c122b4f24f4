"""A network as ONNX, for programs that know nothing of PyTorch (https://onnx.ai)."""

import io
import json
import threading
import warnings
from collections.abc import Mapping
from typing import Any, cast

import onnx
import torch
from torch import Tensor, nn

from playground.catalog.datasets.examples import DataError
from playground.catalog.layers import Shape
from playground.export.failure import ExportError
from playground.network import build_model, trace
from playground.paths import item
from playground.spec import ExperimentSpec, compact

OPSET = 17
"""Of 2022, which every runtime in use reads."""
INPUT, OUTPUT = "input", "output"

_ALONE = threading.Lock()
"""PyTorch's exporter keeps its state in globals."""


def to_onnx(spec: ExperimentSpec, weights: Mapping[str, Tensor] | None = None, steps: int | None = None) -> bytes:
    """The network in evaluation mode: `input` (N, *spec.data.shape) float32, as `spec.data.encode` gives it → `output` (N, K), for any N.

    weights: of the trained network; None for its first ones. steps: how many steps trained it, for the file's own description.
    Raises: SpecError with every error of the network; ExportError naming the layer that ONNX does not know."""
    model = build_model(spec)
    if weights is not None:
        model.load_state_dict(dict(weights))
    exported = onnx.load_model_from_string(_exported(_with_plain_pooling(model.eval()), spec))
    onnx.helper.set_model_props(exported, description(spec, None if weights is None else steps or 0))
    exported.producer_name = "Neural network playground"
    exported.doc_string = "What goes in and what comes out stands in the metadata."
    content: bytes = exported.SerializeToString()
    return content


def description(spec: ExperimentSpec, steps: int | None) -> dict[str, str]:
    """What whoever opens the file has to know: how inputs are made, how outputs are read, what it was made of. Each value is text, lists
    and numbers as JSON.

    steps: how many trained it; None where nothing did."""
    data = spec.data
    return {
        "title": data.title,
        "task": data.task.name(),
        "classes": json.dumps(data.classes, ensure_ascii=False),
        "features": json.dumps(data.feature_names, ensure_ascii=False),
        "preprocessing": json.dumps(_preprocessing(spec), ensure_ascii=False),
        "reading": _reading(spec),
        "trained_steps": "" if steps is None else str(steps),
        "experiment": json.dumps(compact(spec), ensure_ascii=False),
    }


def _preprocessing(spec: ExperimentSpec) -> dict[str, object]:
    """From raw examples to inputs: divided by `divide_by`, then less `mean`, by `deviation`, one number a channel or feature."""
    steps: dict[str, object] = {"divide_by": 255 if spec.data.family == "images" else 1}
    if spec.data.standardise:
        try:
            mean, deviation = spec.data.statistics()
        except DataError as error:
            return {**steps, "standardised": True, "missing": f"mean and deviation of the training examples: {error}"}
        steps |= {"mean": mean.flatten().tolist(), "deviation": deviation.flatten().tolist()}
    return steps


def _reading(spec: ExperimentSpec) -> str:
    if spec.data.classes:
        return "one number: its sigmoid is the probability of the second class" if spec.loss.outputs(spec.data) == 1 else (
            "one number a class: their softmax are the probabilities, and the largest is the answer"
        )  # fmt: skip
    return "a picture, row by row" if spec.data.task.name() == "reconstruction" else "the value itself"


class _FieldMeans(nn.Module):
    """What nn.AdaptiveAvgPool2d does, as two products with matrices: ONNX knows it only where the size divides the map."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        """x: (N, C, H, W) → (N, C, size, size)."""
        height, width = (self._shares(int(side)) for side in x.shape[-2:])
        return height @ x @ width.T

    def _shares(self, side: int) -> Tensor:
        """(size, side): with what share each place enters each field, which goes from ⌊i · side / size⌋ up to ⌈(i + 1) · side / size⌉."""
        shares = torch.zeros(self.size, side)
        for field in range(self.size):
            first, last = field * side // self.size, -(-(field + 1) * side // self.size)
            shares[field, first:last] = 1 / (last - first)
        return shares


def _with_plain_pooling(module: nn.Module) -> nn.Module:
    """The same network, its adaptive pooling in a form that ONNX knows for every size."""
    if isinstance(module, nn.AdaptiveAvgPool2d) and isinstance(module.output_size, int) and module.output_size > 1:
        return _FieldMeans(module.output_size)
    for name, inner in module.named_children():
        setattr(module, name, _with_plain_pooling(inner))
    return module


def _exported(model: nn.Module, spec: ExperimentSpec) -> bytes:
    try:
        return _graph(model, spec.data.shape)
    except (torch.onnx.OnnxExporterError, RuntimeError, TypeError, ValueError) as error:
        place = _culprit(spec)
        reason = str(error).split("\n")[0].split("  [Caused by")[0][:200]
        raise ExportError(
            f"{place}: ONNX has no form for this layer on its input ({reason}); "
            "take another in its place, or take the weights and the script along instead"
        ) from error


def _graph(module: nn.Module, shape: Shape) -> bytes:
    file, axes = io.BytesIO(), {INPUT: {0: "examples"}, OUTPUT: {0: "examples"}}
    with _ALONE, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # that the exporter is an older one, and that shapes are fixed, which they are but for N
        torch.onnx.export(
            module, (torch.zeros(2, *shape),), cast(Any, file), dynamo=False, opset_version=OPSET,
            input_names=[INPUT], output_names=[OUTPUT], dynamic_axes=axes, verbose=False,
        )  # fmt: skip
    return file.getvalue()


def _culprit(spec: ExperimentSpec) -> str:
    """The first layer that cannot be exported alone, those in blocks too."""
    traced = trace(spec)
    for row in traced.in_order():
        layer = item(spec, row.path)
        if not layer.branches():
            try:
                _graph(_with_plain_pooling(layer.sized(traced.outputs).build(row.shape_in).eval()), row.shape_in)
            except (torch.onnx.OnnxExporterError, RuntimeError, TypeError, ValueError):
                return f"{row.path} ({layer.title})"
    return "network"
