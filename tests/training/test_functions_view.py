"""Activation functions and their inputs, against the same written out."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from playground.catalog.layers import LAYERS, Conv2d, Dense, Flatten, Layer, Output, ReLU, Sigmoid, Tanh
from playground.network import build_model
from playground.spec import ExperimentSpec
from playground.training.views.functions import BINS, FLAT, Functions
from tests.training.specs import digits
from tests.training.test_layer_probe import CPU, batch_of, probe_of
from tests.training.test_views import seen


def computed(spec: ExperimentSpec, network: torch.nn.Module) -> np.ndarray:
    given = seen(spec.data, torch.zeros(1, 10), torch.zeros(1))
    return Functions(spec, CPU).compute(type(given)(**{**vars(given), "probe": probe_of(spec, network)}))


def test_a_function_its_slope_and_its_inputs_are_those_of_the_network() -> None:
    spec = digits(Flatten(), Dense(units=16), ReLU(), Dense(units=6), Sigmoid(), Output())
    network = build_model(spec)
    with torch.no_grad():
        network[1].bias[:4] = -1000.0
        network[3].weight.mul_(40)
    relu, sigmoid = computed(spec, network)
    inputs, _ = batch_of(spec)
    h1 = network[1](inputs.flatten(1)).detach()
    h2 = network[3](h1.clamp(min=0)).detach()

    assert relu.shape == (5, BINS)
    for rows, numbers in ((relu, h1), (sigmoid, h2)):
        reach = rows[0, -1] + (rows[0, 1] - rows[0, 0]) / 2
        counts, _ = np.histogram(numbers.numpy().clip(-reach, reach * (1 - 1e-6)), BINS, (-reach, reach))
        np.testing.assert_allclose(rows[3] * numbers.numel(), counts, atol=1)
        assert rows[4, 2] == numbers.numel()
        needed = np.quantile(numbers.abs().numpy(), 0.99)
        assert reach == 4 or reach / 2 < needed * 1.05
        assert reach >= needed * 0.95
    np.testing.assert_allclose(relu[1], relu[0].clip(0))
    np.testing.assert_allclose(relu[2], relu[0] > 0)
    s = 1 / (1 + np.exp(-sigmoid[0].astype(float)))
    np.testing.assert_allclose(sigmoid[1], s, atol=1e-6)
    np.testing.assert_allclose(sigmoid[2], s * (1 - s), atol=1e-6)

    assert relu[4, 0] == pytest.approx(float((h1 <= 0).float().mean()))
    assert relu[4, 1] == pytest.approx(float((h1 <= 0).all(dim=0).float().mean()))
    slopes = torch.sigmoid(h2) * (1 - torch.sigmoid(h2))
    assert sigmoid[4, 0] == pytest.approx(float((slopes <= FLAT).float().mean()), abs=1e-3)
    assert 0.05 < sigmoid[4, 0] < 1


@pytest.mark.parametrize("kind", ["relu", "leaky_relu", "prelu", "elu", "selu", "gelu", "silu", "softplus", "tanh", "hard_tanh", "mish"])
def test_every_function_is_drawn_on_images_and_vectors(kind: str) -> None:
    layer = LAYERS[kind]()
    spec = digits(Conv2d(filters=3), layer, Flatten(), Dense(units=4), layer, Output())
    for rows in computed(spec, build_model(spec)):
        x = torch.as_tensor(rows[0]).requires_grad_()
        value = build_model(digits(Flatten(), Dense(units=1), layer, Output()))[2](x)
        np.testing.assert_allclose(rows[1], value.detach(), atol=1e-6)
        np.testing.assert_allclose(rows[2], torch.autograd.grad(value.sum(), x)[0], atol=1e-5)
        assert rows[3].sum() == pytest.approx(1)


def test_a_slope_for_each_channel_is_drawn_as_their_mean() -> None:
    spec = digits(Conv2d(filters=2), LAYERS["prelu"](per_channel=True), Flatten(), Output())
    network = build_model(spec)
    with torch.no_grad():
        network[1].weight.copy_(torch.tensor([0.1, 0.5]))
    (rows,) = computed(spec, network)
    np.testing.assert_allclose(rows[1], F.leaky_relu(torch.as_tensor(rows[0]), 0.3), atol=1e-6)


@pytest.mark.parametrize(("layers", "applies"), [((Tanh(),), True), ((LAYERS["softmax"](),), False), ((), False)])
def test_it_is_for_networks_with_functions_of_single_numbers(layers: tuple[Layer, ...], applies: bool) -> None:
    assert Functions.applies(digits(Flatten(), Dense(units=4), *layers, Output())) is applies
