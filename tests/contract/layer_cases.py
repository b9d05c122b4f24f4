"""Every layer with every kind of input that it takes, and an experiment for each."""

from typing import Any

import pytest

from playground.catalog.datasets import Dataset, Digits8, Sentences
from playground.catalog.layers import LAYERS, Conv1d, Conv2d, Dense, Flatten, Layer, Output, SequencePool, ToSequence
from playground.catalog.layers.shapes import measured
from playground.catalog.losses import BCE, CrossEntropy, Loss
from playground.catalog.tensors import VECTOR, TensorSpec
from playground.spec import ExperimentSpec, TrainingSettings
from tests.tensors import tensor_of

TENSORS = (tensor_of(12), tensor_of(10, 4), tensor_of(4, 8, 8), TensorSpec.symbols(10, 20))
"""A vector, a sequence, an image and symbols, for the layers that take them."""

CASES = [
    pytest.param(kind, tensor, id=f"{kind.name()}-{'symbols' if tensor.vocabulary else f'{len(tensor.axes)}d'}")
    for kind in LAYERS
    for tensor in TENSORS
    if kind.fits(tensor)
]
OF_NUMBERS = [case for case in CASES if case.values[1].vocabulary is None]


def around(layer: Layer, tensor: TensorSpec) -> tuple[tuple[Layer, ...], tuple[Layer, ...]]:
    """The layers that a network needs before this one, so that its input has the axes of the tensor, and after it."""
    before: tuple[Layer, ...] = (
        {
            ("features",): (Flatten(), Dense(units=12)),
            ("length", "features"): (ToSequence(steps="columns"), Conv1d(filters=4)),
            ("channels", "height", "width"): (Conv2d(filters=4),),
        }[tensor.names]
        if tensor.vocabulary is None
        else ()
    )
    is_flat = measured(layer.sized(10), tensor).tensor.names == VECTOR
    ends = isinstance(layer, Output) and is_flat
    flattening = () if is_flat else (Flatten(),) if tensor.vocabulary is None else (SequencePool(),)
    return before, (*flattening, *(() if ends else (Output(),)))


def experiment(layer: Layer, tensor: TensorSpec, **training: Any) -> ExperimentSpec:
    """A small one whose network contains the layer: on digits, or on sentences for a layer that takes symbols."""
    before, after = around(layer, tensor)
    data: tuple[Dataset, Loss] = (Digits8(), CrossEntropy()) if tensor.vocabulary is None else (Sentences(samples=200), BCE())
    return ExperimentSpec(
        data=data[0], network=(*before, layer, *after), loss=data[1], training=TrainingSettings(**{"batch_size": 256, **training})
    )
