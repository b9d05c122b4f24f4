"""Layers, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.layers.activations import GELU, Activation, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from playground.catalog.layers.base import Layer, Shape
from playground.catalog.layers.batch_norm import BatchNorm
from playground.catalog.layers.blocks import Parallel, Residual
from playground.catalog.layers.conv2d import Conv2d
from playground.catalog.layers.dense import Dense, Output
from playground.catalog.layers.dropout import Dropout, Dropout2d
from playground.catalog.layers.flatten import Flatten
from playground.catalog.layers.pooling import AvgPool2d, GlobalAvgPool2d, MaxPool2d
from playground.catalog.variant import Registry

LAYERS: Registry[Layer] = Registry(
    "layer",
    Dense,
    Conv2d,
    MaxPool2d,
    AvgPool2d,
    GlobalAvgPool2d,
    Flatten,
    ReLU,
    LeakyReLU,
    Tanh,
    Sigmoid,
    GELU,
    Softmax,
    Dropout,
    Dropout2d,
    BatchNorm,
    Residual,
    Parallel,
    Output,
)

if TYPE_CHECKING:
    AnyLayer = Layer
else:
    AnyLayer = LAYERS.union()
    for block in (Residual, Parallel):
        block.model_rebuild(_types_namespace={"AnyLayer": AnyLayer})

__all__ = [
    "GELU",
    "LAYERS",
    "Activation",
    "AnyLayer",
    "AvgPool2d",
    "BatchNorm",
    "Conv2d",
    "Dense",
    "Dropout",
    "Dropout2d",
    "Flatten",
    "GlobalAvgPool2d",
    "Layer",
    "LeakyReLU",
    "MaxPool2d",
    "Output",
    "Parallel",
    "ReLU",
    "Residual",
    "Shape",
    "Sigmoid",
    "Softmax",
    "Tanh",
]
