"""Networks as ONNX: onnxruntime answers as PyTorch does."""

import json

import numpy as np
import onnx
import onnxruntime
import pytest
import torch

from playground.catalog.datasets.columns import FittedColumns, fitted_columns
from playground.catalog.datasets.recordings import JapaneseVowels
from playground.catalog.layers import (
    LSTM,
    AdaptiveAvgPool2d,
    BatchNorm,
    Conv1d,
    Conv2d,
    Flatten,
    Output,
    ReLU,
    Residual,
    SequencePool,
)  # fmt: skip
from playground.catalog.losses import MSE, CrossEntropy
from playground.export import onnx as exporter
from playground.export.failure import ExportError
from playground.export.onnx import to_onnx
from playground.network import build_model
from playground.own.names import shown
from playground.presets import PRESETS
from playground.spec import ExperimentSpec, SpecError
from tests.export.examples import BRANCHES, BROKEN, HOSTILE, SMALL_CNN, combinations, hostile_table, of
from tests.predicting.runs import houses


def session(content: bytes) -> onnxruntime.InferenceSession:
    onnx.checker.check_model(onnx.load_model_from_string(content), full_check=True)
    return onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])


def notes(content: bytes) -> dict[str, str]:
    return session(content).get_modelmeta().custom_metadata_map


def agrees(spec: ExperimentSpec, weights: dict[str, torch.Tensor] | None = None) -> None:
    model = build_model(spec).eval()
    if weights:
        model.load_state_dict(weights)
    running = session(to_onnx(spec, weights))
    for count in (1, 2, 5):
        x = spec.data.tensor.sample(count, generator=torch.Generator().manual_seed(count))
        (found,) = running.run(["output"], {"input": x.numpy()})
        torch.testing.assert_close(torch.from_numpy(found), model(x).detach(), rtol=1e-4, atol=1e-4)


def test_sequences_may_have_any_number_of_steps_and_end_early() -> None:
    layers = (Conv1d(filters=8, stride=2), BatchNorm(), Residual(layers=(Conv1d(filters=8), ReLU())))
    network = (*layers, LSTM(units=8, bidirectional=True, returns="all"), SequencePool(), Output())
    spec = PRESETS["perceptron"].spec.model_copy(update={"data": JapaneseVowels(), "network": network, "loss": CrossEntropy()})
    model, running = build_model(spec).eval(), session(to_onnx(spec))
    x = spec.data.encode(spec.data.load().test.inputs[:6])
    assert x.isnan().any()
    for part in (x, x[:2], x[:, :20]):
        (found,) = running.run(["output"], {"input": part.numpy()})
        torch.testing.assert_close(torch.from_numpy(found), model(part).detach(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_answers_as_the_network_does(name: str) -> None:
    agrees(PRESETS[name].spec)


@pytest.mark.parametrize("name", [name for name, preset in PRESETS.items() if preset.spec.data.tensor.has("length")])
def test_presets_of_sequences_take_any_length(name: str) -> None:
    spec = PRESETS[name].spec
    model, running, tensor = build_model(spec).eval(), session(to_onnx(spec)), spec.data.tensor
    for length in (1, 2, tensor.size("length") // 2 + 1, tensor.size("length")):
        x = tensor.resized("length", length).sample(3)
        (outputs,) = running.run(["output"], {"input": x.numpy()})
        torch.testing.assert_close(torch.from_numpy(outputs), model(x).detach(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize(("name", "spec"), [pytest.param(*each, id=each[0]) for each in combinations()])
def test_every_kind_of_output_is_that_of_the_network(name: str, spec: ExperimentSpec) -> None:
    agrees(spec)


def test_weights_go_along_with_running_statistics() -> None:
    spec = PRESETS["resnet_small"].spec
    weights = {
        name: torch.rand_like(value) if value.is_floating_point() else value for name, value in build_model(spec).state_dict().items()
    }
    agrees(spec, weights)
    assert notes(to_onnx(spec, weights, 12))["trained_steps"] == "12"
    assert notes(to_onnx(spec))["trained_steps"] == ""


def test_blocks_in_blocks() -> None:
    agrees(BRANCHES)


@pytest.mark.parametrize("size", [1, 2, 3, 5, 27, 28, 40])
def test_adaptive_pooling_of_every_size(size: int) -> None:
    """PyTorch's exporter knows only sizes that divide the map."""
    agrees(of(Conv2d(filters=3), AdaptiveAvgPool2d(size=size), Flatten(), Output()))


def test_metadata_say_how_to_feed_it_and_how_to_read_it() -> None:
    spec = SMALL_CNN.model_copy(update={"data": SMALL_CNN.data.model_copy(update={"standardise": True})})
    told = notes(to_onnx(spec))
    assert json.loads(told["classes"]) == list("0123456789")
    assert "softmax" in told["reading"]
    assert ExperimentSpec.model_validate(json.loads(told["experiment"])) == spec
    steps = json.loads(told["preprocessing"])
    raw = spec.data.load().test.inputs[:3]
    by_hand = (raw / steps["divide_by"] - np.reshape(steps["mean"], (-1, 1, 1))) / np.reshape(steps["deviation"], (-1, 1, 1))
    np.testing.assert_allclose(by_hand, spec.data.encode(raw).numpy(), atol=1e-6)


def test_metadata_have_the_columns_and_the_scale_of_the_target() -> None:
    spec = ExperimentSpec(data=houses(), network=(Output(),), loss=MSE())
    told = notes(to_onnx(spec))
    target = json.loads(told["target"])
    assert target == {"name": "price", "mean": spec.data.target_scale[0], "deviation": spec.data.target_scale[1]}
    assert f"price = output × {target['deviation']!r} + {target['mean']!r}" in told["reading"]
    assert FittedColumns.from_plain(json.loads(told["columns"])) == fitted_columns(spec.data)
    assert json.loads(notes(to_onnx(PRESETS["small_cnn"].spec))["columns"]) is None


def test_metadata_say_where_outputs_are_no_probabilities() -> None:
    reading = notes(to_onnx(SMALL_CNN.model_copy(update={"loss": MSE()})))["reading"]
    assert "One number per class" in reading
    assert "not probabilities" in reading


def test_hostile_names_are_text() -> None:
    spec = hostile_table()
    told = notes(to_onnx(spec))
    assert tuple(json.loads(told["classes"])) == spec.data.classes
    assert set(spec.data.classes) == {shown(name) for name in HOSTILE}
    assert tuple(json.loads(told["features"])) == spec.data.feature_names
    assert ExperimentSpec.model_validate(json.loads(told["experiment"])) == spec


def test_without_the_data_of_its_own_it_says_what_it_does_not_know() -> None:
    spec = hostile_table()
    spec = spec.model_copy(update={"data": spec.data.model_copy(update={"key": "0" * 64})})
    assert "not on this server" in json.loads(notes(to_onnx(spec))["preprocessing"])["missing"]


def test_a_broken_network_says_where() -> None:
    with pytest.raises(SpecError, match=r"network\[1\]"):
        to_onnx(BROKEN)


def test_a_layer_that_onnx_does_not_know_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exporter, "_with_plain_pooling", lambda module: module)
    with pytest.raises(ExportError, match=r"^network\[1\] \(Adaptive average pooling 2D\): .*replace the layer, or export the weights"):
        to_onnx(of(Conv2d(filters=3), AdaptiveAvgPool2d(size=5), Flatten(), Output()))
