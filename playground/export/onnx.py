"""A network as ONNX, for programs that do not use PyTorch (https://onnx.ai)."""

import io
import json
import threading
import warnings
from collections.abc import Mapping
from typing import Any, cast

import onnx
import torch
from torch import Tensor, nn

from playground.catalog.datasets.columns import fitted_columns
from playground.catalog.datasets.examples import DataError
from playground.catalog.tensors import TensorSpec
from playground.export.failure import ExportError
from playground.network import build_model, caveat, readout, trace
from playground.paths import item
from playground.spec import ExperimentSpec, compact

OPSET = 17
"""From 2022, supported by all current runtimes."""
INPUT, OUTPUT = "input", "output"

_EXPORTER = threading.Lock()
"""PyTorch's exporter keeps its state in globals, so that one export runs at a time."""


def to_onnx(spec: ExperimentSpec, weights: Mapping[str, Tensor] | None = None, steps: int | None = None) -> bytes:
    """The network in evaluation mode: `input` (N, *spec.data.tensor.sizes), float32 or for symbols int64, as `spec.data.encode` gives it →
    `output` (N, K), or (N, L, K) with an answer at every step, for any N; and for any number of steps, if the network takes it.

    weights: of the trained network; None for the initial weights. steps: the number of training steps, for the metadata of the file.
    Raises: SpecError with every error of the network; ExportError naming the layer that ONNX does not support."""
    model = build_model(spec)
    if weights is not None:
        model.load_state_dict(dict(weights))
    exported = onnx.load_model_from_string(_exported(_with_plain_pooling(model.eval()), spec))
    onnx.helper.set_model_props(exported, description(spec, None if weights is None else steps or 0))
    exported.producer_name = "Neural Network Playground"
    exported.doc_string = "The metadata describes how to prepare the inputs and read the outputs."
    content: bytes = exported.SerializeToString()
    return content


def description(spec: ExperimentSpec, steps: int | None) -> dict[str, str]:
    """The metadata that a user of the file needs: how to prepare inputs, how to read outputs, and the experiment. Each value is text;
    lists and numbers are JSON.

    steps: the number of training steps; None if the network is not trained."""
    data = spec.data
    return {
        "title": data.title,
        "task": data.task.name(),
        "classes": json.dumps(data.classes, ensure_ascii=False),
        "features": json.dumps(data.feature_names, ensure_ascii=False),
        "target": json.dumps(_target(spec), ensure_ascii=False),
        "columns": json.dumps(_columns(spec), ensure_ascii=False),
        "preprocessing": json.dumps(_preprocessing(spec), ensure_ascii=False),
        "reading": _reading(spec),
        "trained_steps": "" if steps is None else str(steps),
        "experiment": json.dumps(compact(spec), ensure_ascii=False),
    }


def _preprocessing(spec: ExperimentSpec) -> dict[str, object]:
    """How raw examples become inputs: (x / divide_by - mean) / deviation, with one mean and deviation per channel or feature; for symbols,
    what each number stands for."""
    try:
        steps = spec.data.preprocessing()
    except DataError as error:
        return {"missing": f"the vocabulary: {error}"}
    if spec.data.standardizes:
        try:
            mean, deviation = spec.data.statistics()
        except DataError as error:
            return {**steps, "standardised": True, "missing": f"mean and deviation of the training examples: {error}"}
        steps |= {"mean": mean.flatten().tolist(), "deviation": deviation.flatten().tolist()}
    return steps


def _target(spec: ExperimentSpec) -> dict[str, object]:
    """What is predicted, and the scale of values: output × deviation + mean is in its own units."""
    mean, deviation = spec.data.target_scale
    return {"name": spec.data.target_title, **({} if spec.data.classes else {"mean": mean, "deviation": deviation})}


def _columns(spec: ExperimentSpec) -> dict[str, object] | None:
    """How a row of the original columns becomes features, as in `FittedColumns.plain`; None without columns, or if the data is not here."""
    try:
        fitted = fitted_columns(spec.data)
    except DataError:
        return None
    return None if fitted is None else fitted.plain


def _reading(spec: ExperimentSpec) -> str:
    mean, deviation = spec.data.target_scale
    sentences = [
        readout(spec).help(),
        f"{spec.data.target_title} = output × {deviation!r} + {mean!r}." if (mean, deviation) != (0, 1) else "",
        "The values are an image, row by row." if spec.data.task.name() == "reconstruction" else "",
        caveat(spec),
    ]
    return " ".join(sentence for sentence in sentences if sentence)


class _FieldMeans(nn.Module):
    """nn.AdaptiveAvgPool2d as two matrix products; ONNX supports it only if the output size divides the input size."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.size = size

    def forward(self, x: Tensor) -> Tensor:
        """x: (N, C, H, W) → (N, C, size, size)."""
        height, width = (self._shares(int(side)) for side in x.shape[-2:])
        return height @ x @ width.T

    def _shares(self, side: int) -> Tensor:
        """(size, side): the weight of each position in each field; field i covers ⌊i · side / size⌋ to ⌈(i + 1) · side / size⌉."""
        shares = torch.zeros(self.size, side)
        for field in range(self.size):
            first, last = field * side // self.size, -(-(field + 1) * side // self.size)
            shares[field, first:last] = 1 / (last - first)
        return shares


def _with_plain_pooling(module: nn.Module) -> nn.Module:
    """The same network, with adaptive pooling in a form that ONNX supports for every size."""
    if isinstance(module, nn.AdaptiveAvgPool2d) and isinstance(module.output_size, int) and module.output_size > 1:
        return _FieldMeans(module.output_size)
    for name, inner in module.named_children():
        setattr(module, name, _with_plain_pooling(inner))
    return module


def _exported(model: nn.Module, spec: ExperimentSpec) -> bytes:
    try:
        return _graph(model, spec.data.tensor)
    except (torch.onnx.OnnxExporterError, RuntimeError, TypeError, ValueError) as error:
        layer = _unsupported_layer(spec)
        reason = str(error).split("\n")[0].split("  [Caused by")[0][:200]
        raise ExportError(
            f"{layer}: ONNX does not support this layer with this input ({reason}); "
            "replace the layer, or export the weights and the script instead"
        ) from error


def _graph(module: nn.Module, x: TensorSpec) -> bytes:
    file, axes = io.BytesIO(), {INPUT: {0: "examples"}, OUTPUT: {0: "examples"}}
    if _takes_any_length(module, x):
        axes[INPUT][1] = "steps"
        if module(x.sample(2)).ndim > 2:
            axes[OUTPUT][1] = "output steps"
    with _EXPORTER, warnings.catch_warnings(), torch.no_grad():
        warnings.simplefilter("ignore")  # about the older exporter, and about fixed shapes: all but N are fixed on purpose
        torch.onnx.export(
            module, (x.sample(2),), cast(Any, file), dynamo=False, opset_version=OPSET,
            input_names=[INPUT], output_names=[OUTPUT], dynamic_axes=axes, verbose=False,
        )  # fmt: skip
    return file.getvalue()


def _takes_any_length(module: nn.Module, x: TensorSpec) -> bool:
    """Whether it also takes sequences of fewer steps; a dense layer over all steps, for example, does not."""
    if not x.has("length") or x.size("length") == 1:
        return False
    try:
        with torch.no_grad():
            module(x.resized("length", (x.size("length") + 1) // 2).sample(2))
    except RuntimeError:
        return False
    return True


def _unsupported_layer(spec: ExperimentSpec) -> str:
    """The first layer, also inside blocks, that cannot be exported by itself."""
    traced = trace(spec)
    for row in traced.in_order():
        layer = item(spec, row.path)
        if not layer.branches():
            try:
                _graph(_with_plain_pooling(layer.sized(traced.outputs).build(row.tensor_in).eval()), row.tensor_in)
            except (torch.onnx.OnnxExporterError, RuntimeError, TypeError, ValueError):
                return f"{row.path} ({layer.title})"
    return "network"
