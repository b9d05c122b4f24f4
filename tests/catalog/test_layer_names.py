"""Other names of layers, which the menu of the network editor searches."""

import pytest

from playground.catalog.layers import LAYERS


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("skip connection", "residual"),
        ("shortcut", "residual"),
        ("concat", "parallel"),
        ("fc", "dense"),
        ("linear", "dense"),
        ("convolutional", "conv2d"),
        ("deconv", "conv_transpose2d"),
        ("maxpool", "max_pool2d"),
        ("batchnorm", "batch_norm"),
        ("swish", "silu"),
    ],
)
def test_a_layer_is_known_by_its_other_names(name: str, kind: str) -> None:
    assert set(name.split()) <= set(LAYERS[kind].keywords.lower().split())


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("relu6", "relu"),
        ("depthwise separable convolution", "conv2d"),
        ("instance normalization", "group_norm"),
        ("highway", "residual"),
        ("pixel shuffle", "upsample"),
    ],
)
def test_a_layer_that_does_not_exist_has_a_nearest_one(name: str, kind: str) -> None:
    nearest = [
        layer.name() for layer in LAYERS if any(set(name.split()) <= set(other.lower().split()) for other in layer.stands_in_for.split(","))
    ]
    assert nearest == [kind]
