"""What the browser gets of a step taken apart: PyTorch's numbers, bounded for any network."""

import base64
import json
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from playground.catalog.datasets import Diabetes, Rearranging
from playground.catalog.layers import Conv2d, Dense, Dropout, Embedding, Flatten, MaxPool2d, Output, ReLU, Residual, Tanh, TransformerBlock
from playground.catalog.losses import MSE, CrossEntropy
from playground.catalog.optimizers import Adam
from playground.catalog.tensors import TensorSpec
from playground.network import build_model
from playground.spec import ExperimentSpec
from playground.training.one_step import OneStep, one_step, without_history
from playground.web.layouts import Layout
from playground.web.markup import exact_number
from playground.web.one_step_data import Pick, step_data
from tests.training.specs import digits, points

NETWORKS = {
    "points": points(Dense(units=4), Tanh(), Dense(units=2), Tanh(), Output()),
    "cnn": digits(
        Conv2d(filters=4), ReLU(), Residual(layers=(Conv2d(filters=4), ReLU())), MaxPool2d(), Flatten(), Dense(units=70), Output()
    ),
    "sequence": points(Embedding(width=8), TransformerBlock(heads=2), Output(), data=Rearranging(samples=40), loss=CrossEntropy()),
    "table": points(Dense(units=5), ReLU(), Output(), data=Diabetes(), loss=MSE(), optimizer=Adam()),
    "frozen": points(Dense(units=3, frozen=True), Dropout(), Output()),
}


def taken(spec: ExperimentSpec, row: int = 2) -> OneStep:
    data = spec.data.load()
    return one_step(spec, data, [row], without_history(spec, data, build_model(spec).state_dict(), 0, None))


def unpacked(part: dict[str, Any]) -> Tensor:
    whole = np.frombuffer(base64.b64decode(part["shares"]), "<i2").astype(np.float64)
    return torch.from_numpy(whole / 32767 * part["high"])


def drawn(layout: dict[str, Any], values: Tensor) -> Tensor:
    """The numbers of a tensor in the order in which the browser draws them, as assets/js/one_step_model.js has it."""
    flat = values.flatten().double()
    units = [
        one * layout["size"] + row * layout["stride"] * layout["across"] + column * layout["stride"] * layout["along"]
        for one in range(layout["maps"])
        for row in range(layout["rows"])
        for column in range(layout["columns"])
    ]
    return flat[[unit for unit in units if unit < layout["count"]]]


@pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS)
def test_colors_and_numbers_are_those_of_the_step(spec: ExperimentSpec) -> None:
    step = taken(spec)
    data = step_data(step, Pick())
    json.dumps(data, allow_nan=False)
    assert [layer["path"] for layer in data["layers"]] == [of.path for of in step.passes]
    for layer, of in zip(data["layers"], step.passes, strict=True):
        for name, values in (("values", of.output), ("gradient", of.gradient)):
            if values is None:
                assert layer[name] is None
                continue
            expected = drawn(layer["layout"], values[0])
            torch.testing.assert_close(unpacked(layer[name]), expected, rtol=0, atol=layer[name]["high"] / 60000 + 1e-12)
            assert layer["layout"]["count"] == values[0].numel()
        for part, change in zip(layer["weights"], [change for change in step.changes if change.path == of.path], strict=True):
            assert part["name"] == change.name
            assert part["step"] == exact_number(float((change.after - change.before).norm()))
    assert data["loss"]["value"] == exact_number(step.loss)


@pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS)
def test_every_layer_can_be_picked_with_any_of_its_units_and_weights(spec: ExperimentSpec) -> None:
    step = taken(spec)
    changes = {(change.path, change.name): change for change in step.changes}
    for of in step.passes:
        for unit in (0, of.output[0].numel() - 1):
            picked = step_data(step, Pick(of.path, unit))["picked"]
            assert (picked["path"], picked["unit"]) == (of.path, unit)
            assert picked["output"]["result"] == exact_number(float(of.output[0].flatten()[unit]))
            assert (picked["gradient"] is None) == (of.gradient is None)
            for weight in picked["weights"]:
                change, index = changes[of.path, weight["name"]], weight["index"]
                before, gradient, after = (float(each.flatten()[index]) for each in (change.before, change.gradient, change.after))
                moved = float((change.after - change.before).flatten()[index])
                assert weight["numbers"] == [exact_number(value) for value in (before, gradient, moved, after)]
            if picked["weights"]:
                name, index = picked["weights"][-1]["name"], picked["weights"][-1]["index"]
                chosen = step_data(step, Pick(of.path, unit, (name, index)))["picked"]
                assert chosen["weight"] == [name, index]
                assert chosen["update"][-1]["result"] == picked["weights"][-1]["numbers"][-1]


def test_the_weights_of_a_unit_are_its_own() -> None:
    step = taken(NETWORKS["points"])
    picked = step_data(step, Pick("network[0]", 2))["picked"]
    assert [weight["label"] for weight in picked["weights"]] == ["weight[3, 1]", "weight[3, 2]", "bias[3]"]
    assert picked["name"] == "unit 3"
    assert picked["others"] == 9
    step = taken(NETWORKS["cnn"])
    picked = step_data(step, Pick("network[0]", 64 + 9))["picked"]
    assert picked["name"] == "channel 2, row 2, column 2"
    assert {weight["label"].partition("[")[2].partition(",")[0].strip("]") for weight in picked["weights"]} == {"2"}


@pytest.mark.parametrize(
    "pick", [Pick("network[9]", 0), Pick("network[0]", 10**9), Pick("network[0]", -1), Pick("network[0]", 0, ("no", 3))]
)
def test_what_does_not_exist_is_not_picked(pick: Pick) -> None:
    step = taken(NETWORKS["points"])
    picked = step_data(step, pick)["picked"]
    assert picked["path"] == "network[0]"
    assert 0 <= picked["unit"] < 4
    assert picked["weight"] is not None


def test_the_outputs_are_shown_with_their_targets_and_gradients() -> None:
    step = taken(NETWORKS["cnn"])
    loss = step_data(step, Pick())["loss"]
    assert loss["columns"] == ["output o", "probability", "target y", "∂L/∂o"]
    probabilities = torch.softmax(step.outputs[0].double(), dim=0)
    truth = int(step.targets[0])
    assert len(loss["outputs"]) == 10
    for number, (name, output, probability, target, slope) in enumerate(loss["outputs"]):
        assert (name, output) == (str(number), exact_number(float(step.outputs[0, number])))
        assert probability == exact_number(float(probabilities[number]))
        assert target == ("1" if number == truth else "0")
        assert step.passes[-1].gradient is not None
        assert slope == exact_number(float(step.passes[-1].gradient[0, number]))
    assert loss["target"] == step.spec.data.classes[truth]
    data = step_data(taken(NETWORKS["sequence"]), Pick())
    assert (data["loss"]["answer"][:5], data["loss"]["target"]) == ("step ", "")
    assert len(data["input"]["names"]) == 8


def test_large_and_deep_networks_are_bounded() -> None:
    inside = [Dense(units=64) if index % 2 else Tanh() for index in range(197)]
    for spec in (digits(Flatten(), *inside, Dense(units=64), Output()), digits(Flatten(), Dense(units=4096), ReLU(), Output())):
        data = step_data(taken(spec), Pick())
        assert len(json.dumps(data)) < 2_000_000
        assert len(data["picked"]["weights"]) <= 10


@pytest.mark.parametrize(
    ("x", "most"),
    [
        (TensorSpec.vector(5), 100), (TensorSpec.vector(5000), 100), (TensorSpec.sequence(7, 6), 100), (TensorSpec.sequence(900, 60), 1000),
        (TensorSpec.image(3, 8, 8), 100), (TensorSpec.image(3, 200, 100), 1000), (TensorSpec.image(512, 4, 4), 4096),
    ],
)  # fmt: skip
def test_layouts_draw_each_number_once_and_not_too_many(x: TensorSpec, most: int) -> None:
    layout = Layout.of(x, most)
    units = layout.units(x.numbers)
    assert len(set(units)) == len(units) <= most + 64
    assert all(0 <= unit < x.numbers for unit in units)
    if x.numbers <= most:
        assert set(units) == set(range(x.numbers))


def test_infinite_values_are_drawn_as_nothing_and_written_as_they_are() -> None:
    assert [exact_number(value) for value in (0, 1, -0.5, 0.03, 123456, 1e-5, -2.5e7, float("inf"), float("nan"), 1 / 3)] == [
        "0", "1", "−0.5", "0.03", "123456", "1·10⁻⁵", "−2.5·10⁷", "∞", "–", "0.3333",
    ]  # fmt: skip
