"""Feature maps against a forward pass by hand."""

import copy

import pytest
import torch
from torch import nn

from playground.explain import ExplainError, feature_maps, layers


def _model():
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 3, 3),
        nn.BatchNorm2d(3),
        nn.ReLU(inplace=True),
        nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten()),
        nn.Dropout(),
        nn.Linear(3, 2),
    )


def test_each_layer_gives_what_it_gives_in_a_forward_pass():
    model, x = _model().eval(), torch.rand(1, 1, 8, 8)
    value = x
    for index, layer in enumerate(model):
        value = layer(value.clone()).detach()
        seen = feature_maps(model, x, index)
        assert torch.equal(seen, value[0])
        assert torch.equal(seen, feature_maps(model, x, str(index)))


def test_layers_are_listed_with_the_shapes_they_give():
    found = layers(_model(), torch.rand(2, 1, 8, 8))
    assert [(layer.name, layer.title, layer.shape) for layer in found] == [
        ("0", "Conv2d", (3, 6, 6)),
        ("1", "BatchNorm2d", (3, 6, 6)),
        ("2", "ReLU", (3, 6, 6)),
        ("3.0", "AdaptiveAvgPool2d", (3, 1, 1)),
        ("3.1", "Flatten", (3,)),
        ("4", "Dropout", (3,)),
        ("5", "Linear", (2,)),
    ]
    assert [layer.name for layer in found if layer.convolution] == ["0"]


def test_a_network_in_training_stays_as_it_is():
    model, x = _model().train(), torch.rand(1, 1, 8, 8)
    before = copy.deepcopy(model.state_dict())
    feature_maps(model, x, 4)
    layers(model, x)
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert not any(module._forward_hooks for module in model.modules())


@pytest.mark.parametrize(("layer", "message"), [("9", "layer: unknown '9'"), ("", "layer: unknown ''"), (-1, "layer: unknown '-1'")])
def test_an_unknown_layer_is_named(layer, message):
    with pytest.raises(ExplainError, match=message):
        feature_maps(_model(), torch.rand(1, 1, 8, 8), layer)


@pytest.mark.parametrize("x", [torch.rand(2, 1, 8, 8), torch.rand(1, 3, 8, 8), torch.rand(1, 1, 1, 1)])
def test_an_input_that_does_not_fit_is_refused(x):
    with pytest.raises(ExplainError, match=r"^x: "):
        feature_maps(_model(), x, 0)
