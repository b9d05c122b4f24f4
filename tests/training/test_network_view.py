"""The picture of a network: every number in it equals a forward pass written out in plain PyTorch."""

import dataclasses
import json
from collections.abc import Sequence

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.datasets import Circle, Curve, Dataset, Digits8, Iris, Parity, Waves
from playground.catalog.layers import (
    GRU,
    Attention,
    BatchNorm,
    Conv1d,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Dropout,
    Embedding,
    Features,
    Flatten,
    Identity,
    Layer,
    MaxPool2d,
    Output,
    ReLU,
    Residual,
    SequencePool,
    Tanh,
)
from playground.catalog.losses import MSE, CrossEntropy, Loss
from playground.network import build_model, readout
from playground.presets import PRESETS
from playground.spec import MAX_LAYERS, ExperimentSpec, TrainingSettings
from playground.training import Finished, Snapshot, View, declarations, train
from playground.training.batches import Examples
from playground.training.views import NetworkPicture, Slice
from playground.training.views.boundary import points_of_plane
from playground.training.views.network_layout import EXAMPLES, GRID, LINE, MOST_NUMBERS, columns
from tests.contract.layer_cases import CASES, experiment

CPU = torch.device("cpu")


def spec_of(data: Dataset, *layers: Layer, loss: Loss | None = None) -> ExperimentSpec:
    return ExperimentSpec(data=data, network=layers, loss=loss or (CrossEntropy() if data.classes else MSE()))


def looked(spec: ExperimentSpec, part: int = 7) -> tuple[nn.Module, Examples, dict[tuple[str, str], Tensor]]:
    """The network, the test set, and the picture as its declaration divides it. part: so small that the examples do not fit at once."""
    network = build_model(spec).eval()
    with torch.no_grad():
        for buffer in network.buffers():  # as after some training
            if buffer.is_floating_point():
                buffer += torch.rand_like(buffer)
    test = Examples.of(spec.data, spec.data.load().test, readout(spec), CPU)
    values = NetworkPicture(spec, CPU).look(network, test, part)
    return network, test, divided(NetworkPicture.slices(spec), values)


def divided(slices: Sequence[Slice], values: np.ndarray) -> dict[tuple[str, str], Tensor]:
    sizes = [int(np.prod(each.shape)) for each in slices]
    assert values.dtype == np.float32
    assert values.shape == (sum(sizes),)
    pieces = np.split(values, np.cumsum(sizes)[:-1])
    names = [(each.path, "output" if each.layers or each.path == "input" else each.what) for each in slices]
    assert len(set(names)) == len(names)
    return {name: torch.from_numpy(piece).reshape(each.shape) for name, each, piece in zip(names, slices, pieces, strict=True)}


def check(shown: dict[tuple[str, str], Tensor], expected: dict[tuple[str, str], Tensor]) -> None:
    """That exactly these numbers are shown, in this order."""
    assert list(shown) == list(expected)
    for name, values in expected.items():
        assert shown[name].shape == values.shape, name
        torch.testing.assert_close(shown[name], values, rtol=1e-5, atol=1e-6, equal_nan=True, msg=lambda text, name=name: f"{name}: {text}")


@torch.no_grad()
def test_points_are_shown_as_what_every_unit_computes_over_the_plane() -> None:
    spec = spec_of(Circle(standardise=True), Dense(units=5), Tanh(), Dropout(), Dense(units=3, bias=False), ReLU(), Output())
    network, _, shown = looked(spec, part=50)
    x = spec.data.encode(points_of_plane(spec.data, GRID))
    first = torch.tanh(x @ network[0].weight.T + network[0].bias)
    second = torch.relu(first @ network[3].weight.T)
    last = second @ network[5].weight.T + network[5].bias

    def over_the_plane(outputs: Tensor) -> Tensor:
        return outputs.T.reshape(-1, GRID, GRID)

    check(
        shown,
        {
            ("input", "output"): over_the_plane(x),
            ("network[0]", "output"): over_the_plane(first),
            ("network[0]", "weight"): network[0].weight,
            ("network[0]", "bias"): network[0].bias,
            ("network[3]", "output"): over_the_plane(second),
            ("network[3]", "weight"): network[3].weight,
            ("network[5]", "output"): over_the_plane(last),
            ("network[5]", "weight"): network[5].weight,
            ("network[5]", "bias"): network[5].bias,
        },
    )
    slices = {each.path: each for each in NetworkPicture.slices(spec) if each.titles}
    assert slices["network[0]"].titles == ("Dense", "Tanh", "Dropout")
    assert [each.layers for each in slices.values()] == [0, 3, 2, 1]
    assert slices["input"].names == ("x1", "x2")
    assert slices["network[5]"].names == spec.data.classes


def test_features_are_called_by_their_formulas() -> None:
    slices = NetworkPicture.slices(spec_of(Circle(), Features(formulas=("x1", "x1^2")), Output()))
    assert [each.names for each in slices if each.titles] == [("x1", "x2"), ("x1", "x1^2"), Circle().classes]


@torch.no_grad()
def test_a_value_on_a_line_is_shown_along_it() -> None:
    spec = spec_of(Curve(), Dense(units=2), ReLU(), Output())
    network, _, shown = looked(spec)
    x = torch.linspace(-6, 6, LINE).unsqueeze(1)
    first = torch.relu(x @ network[0].weight.T + network[0].bias)
    torch.testing.assert_close(shown["network[0]", "output"], first.T.unsqueeze(1), rtol=1e-5, atol=1e-6)
    assert NetworkPicture.declared(spec).bounds == (-6, 6)


@torch.no_grad()
def test_rows_are_shown_for_as_many_test_examples_of_each_class() -> None:
    spec = spec_of(Iris(standardise=True), Dense(units=4), Output())
    network, test, shown = looked(spec)
    rows = [row for number in range(3) for row in (test.targets == number).nonzero()[: EXAMPLES // 3, 0].tolist()]
    x = spec.data.encode(test.raw[rows])
    first = x @ network[0].weight.T + network[0].bias
    last = first @ network[1].weight.T + network[1].bias
    torch.testing.assert_close(shown["input", "output"], x.T.unsqueeze(1))
    torch.testing.assert_close(shown["network[0]", "output"], first.T.unsqueeze(1))
    torch.testing.assert_close(shown["network[1]", "output"], last.T.unsqueeze(1))
    assert NetworkPicture.declared(spec).axes == tuple(name for name in spec.data.classes for _ in range(EXAMPLES // 3))


@torch.no_grad()
def test_where_a_class_has_no_test_example_there_is_no_number() -> None:
    spec = spec_of(Iris(), Output())
    split = spec.data.load().test
    rows = np.flatnonzero(split.targets != 1)
    test = Examples.of(spec.data, dataclasses.replace(split, inputs=split.inputs[rows], targets=split.targets[rows]), readout(spec), CPU)
    network = build_model(spec).eval()
    shown = divided(NetworkPicture.slices(spec), NetworkPicture(spec, CPU).look(network, test, 100))
    each = EXAMPLES // 3
    missing = shown["network[0]", "output"].isnan()[:, 0]
    assert missing[:, each : 2 * each].all()
    assert not missing[:, :each].any()
    assert not missing[:, 2 * each :].any()


@torch.no_grad()
def test_a_convolution_is_shown_as_kernels_and_maps_of_one_image() -> None:
    spec = spec_of(Digits8(), Conv2d(filters=3), BatchNorm(), ReLU(), MaxPool2d(), Conv2d(filters=20, kernel=5), Flatten(), Output())
    network, test, shown = looked(spec)
    rows = [int((test.targets == number).nonzero()[0, 0]) for number in range(10)]
    x = spec.data.encode(test.raw[rows])
    norm = network[1]
    first = F.conv2d(x, network[0].weight, network[0].bias, padding=1)
    first = F.relu(F.batch_norm(first, norm.running_mean, norm.running_var, norm.weight, norm.bias, eps=norm.eps))
    pooled = F.max_pool2d(first, 2)
    second = F.conv2d(pooled, network[4].weight, network[4].bias, padding=2)
    last = second.flatten(1) @ network[6].weight.T + network[6].bias
    check(
        shown,
        {
            ("input", "output"): x[0],
            ("network[0]", "output"): first[0],
            ("network[0]", "kernel"): network[0].weight,
            ("network[0]", "bias"): network[0].bias,
            ("network[3]", "output"): pooled[0],
            ("network[4]", "output"): second[0, :16],
            ("network[4]", "kernel"): network[4].weight[:16],
            ("network[4]", "bias"): network[4].bias[:16],
            ("network[6]", "output"): last.T.unsqueeze(1),
            ("network[6]", "bias"): network[6].bias,
        },
    )
    (wide,) = [each for each in NetworkPicture.slices(spec) if (each.path, each.what) == ("network[4]", "maps")]
    assert (wide.shape, wide.whole) == ((16, 4, 4), (20, 4, 4))


@torch.no_grad()
def test_the_first_dense_layer_of_images_is_shown_as_images() -> None:
    spec = spec_of(Digits8(), Flatten(), Dropout(), Dense(units=40), ReLU(), Output())
    network, _, shown = looked(spec)
    torch.testing.assert_close(shown["network[2]", "image"], network[2].weight[:16].reshape(16, 8, 8))
    torch.testing.assert_close(shown["network[4]", "weight"], network[4].weight[:, :16])


@torch.no_grad()
def test_maps_are_also_made_larger() -> None:
    spec = spec_of(Digits8(), Conv2d(filters=2, stride=2), ConvTranspose2d(filters=3), Flatten(), Output())
    network, test, shown = looked(spec)
    x = spec.data.encode(test.raw[[int((test.targets == 0).nonzero()[0, 0])]])
    small = network[0](x)
    settings = {name: getattr(network[1], name) for name in ("stride", "padding", "output_padding")}
    large = F.conv_transpose2d(small, network[1].weight, network[1].bias, **settings)
    torch.testing.assert_close(shown["network[1]", "output"], large[0], rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(shown["network[1]", "kernel"], network[1].weight.transpose(0, 1))


@torch.no_grad()
def test_large_maps_are_averaged() -> None:
    spec = spec_of(Digits8(), ConvTranspose2d(filters=1, kernel=8, stride=8), Flatten(), Output())
    network, test, shown = looked(spec)
    large = network[0](spec.data.encode(test.raw[[int((test.targets == 0).nonzero()[0, 0])]]))
    assert large.shape[2:] == (64, 64)
    torch.testing.assert_close(shown["network[0]", "output"], large[0].reshape(1, 32, 2, 32, 2).mean(dim=(2, 4)), rtol=1e-5, atol=1e-6)


@torch.no_grad()
def test_a_sequence_is_shown_step_by_step() -> None:
    spec = spec_of(Waves(), Conv1d(filters=6, kernel=3), ReLU(), GRU(units=4, returns="all"), SequencePool(), Output())
    network, test, shown = looked(spec)
    x = spec.data.encode(test.raw[:EXAMPLES])
    first = F.relu(F.conv1d(x.transpose(1, 2), network[0].weight, network[0].bias, padding=1)).transpose(1, 2)
    steps = network[2](first)
    pooled = network[3](steps)
    torch.testing.assert_close(shown["input", "output"], x[:1, :64].transpose(1, 2))
    torch.testing.assert_close(shown["network[0]", "output"], first[:1, :64].transpose(1, 2), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(shown["network[0]", "kernel"], network[0].weight.unsqueeze(2))
    torch.testing.assert_close(shown["network[2]", "output"], steps[:1, :64].transpose(1, 2), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(shown["network[3]", "output"], pooled.T.unsqueeze(1), rtol=1e-5, atol=1e-6)


@torch.no_grad()
def test_symbols_of_any_length_pass_with_their_mask() -> None:
    spec = spec_of(Parity(answers="steps"), Embedding(width=8), Attention(heads=2), Residual(layers=(Dense(units=8), Tanh())), Output())
    network, test, shown = looked(spec)
    x = spec.data.encode(test.raw[:1])
    mask = x != 0
    embedded = network[0](x)
    attended = network[1](embedded, mask)
    torch.testing.assert_close(shown["input", "output"], x.reshape(1, 1, -1).float())
    torch.testing.assert_close(shown["network[0]", "output"], embedded.transpose(1, 2), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(shown["network[1]", "output"], attended.transpose(1, 2), rtol=1e-5, atol=1e-6)
    width, projected = 8, embedded @ network[1].in_proj_weight.T + network[1].in_proj_bias
    query, key, _ = (part.reshape(1, -1, 2, width // 2).transpose(1, 2) for part in projected.split(width, dim=2))
    scores = (query @ key.transpose(2, 3) / (width // 2) ** 0.5).masked_fill(~mask[:, None, None], -torch.inf)
    attention = torch.where(mask[:, None, :, None], scores.softmax(dim=3), 0.0)
    torch.testing.assert_close(shown["network[1]", "heads"], attention[0], rtol=1e-5, atol=1e-6)
    outputs = network(x)
    torch.testing.assert_close(shown["network[3]", "output"], outputs.transpose(1, 2), rtol=1e-5, atol=1e-6)


@torch.no_grad()
def test_the_states_that_lead_to_the_last_one_are_shown() -> None:
    spec = spec_of(Waves(), GRU(units=4), Output())
    network, test, shown = looked(spec)
    x = spec.data.encode(test.raw[:EXAMPLES])
    plain = nn.GRU(x.shape[2], 4, batch_first=True)
    plain.load_state_dict(network[0].state_dict())
    states, last = plain(x)
    torch.testing.assert_close(shown["network[0]", "steps"], states[:1, :64].transpose(1, 2), rtol=1e-5, atol=1e-6)
    torch.testing.assert_close(shown["network[0]", "output"], last[0].T.unsqueeze(1), rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(("kind", "tensor"), CASES)
def test_every_layer_can_be_looked_at(kind: type[Layer], tensor: object) -> None:
    spec = experiment(kind(), tensor)  # type: ignore[arg-type]
    network, _, shown = looked(spec, part=100)
    assert all(values.isfinite().all() for values in shown.values())
    layers = [each.layers for each in NetworkPicture.slices(spec) if each.titles]
    assert sum(layers) == len(spec.network) == len(list(network.children()))


@pytest.mark.parametrize(
    "layers",
    [
        (*(Identity(),) * (MAX_LAYERS - 1), Output()),
        (*(Dense(units=64),) * (MAX_LAYERS - 1), Output()),
        (Dense(units=4096), ReLU(), Dense(units=4096), Output()),
    ],
)
def test_large_networks_are_shown_in_part(layers: tuple[Layer, ...]) -> None:
    spec = spec_of(Circle(), *layers)
    slices = NetworkPicture.slices(spec)
    assert sum(int(np.prod(each.shape)) for each in slices) <= MOST_NUMBERS
    assert len(json.dumps([dataclasses.asdict(each) for each in slices])) < 12_000
    assert len(looked(spec, part=256)[2]) == len(slices)


def test_many_convolutions_with_large_kernels_are_shown_in_part() -> None:
    spec = spec_of(Digits8(), *(Conv2d(filters=16, kernel=15),) * 60, Flatten(), Output())
    assert len(columns(spec)) == 24
    assert sum(column.numbers for column in columns(spec)) <= MOST_NUMBERS


def test_a_network_that_cannot_be_built_has_no_picture() -> None:
    assert not NetworkPicture.applies(spec_of(Digits8(), Output()))
    assert "network" not in [view.name for view in declarations(spec_of(Digits8(), Output())).views]


def test_a_picture_that_fails_ends_nothing_but_itself(monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    def fail(*_: object) -> None:
        raise MemoryError("no room for a copy")

    monkeypatch.setattr(NetworkPicture, "look", fail)
    spec = PRESETS["playground_2d"].spec
    events = list(train(spec.model_copy(update={"training": TrainingSettings(epochs=3)})))
    assert isinstance(events[-1], Finished)
    names = {event.name for event in events if isinstance(event, View)}
    assert "network" not in names
    assert names >= {"boundary", "confusion"}
    assert caplog.text.count("cannot be shown of this run") == 1


@pytest.mark.parametrize("ema", [None, 0.9])
def test_a_run_ends_with_the_picture_of_its_last_weights(ema: float | None) -> None:
    spec = PRESETS["playground_2d"].spec
    spec = spec.model_copy(update={"training": TrainingSettings(epochs=3, ema=ema)})
    events = list(train(spec))
    last = [event for event in events if isinstance(event, View) and event.name == "network"][-1]
    weights = [event for event in events if isinstance(event, Snapshot)][-1]
    assert last.step == weights.step == next(event.step for event in events if isinstance(event, Finished))
    network = build_model(spec)
    network.load_state_dict(weights.tensors)
    test = Examples.of(spec.data, spec.data.load().test, readout(spec), CPU)
    np.testing.assert_array_equal(NetworkPicture(spec, CPU).look(network.eval(), test, 1024), last.values)
