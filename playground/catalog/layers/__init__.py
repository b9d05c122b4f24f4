"""Layers, in menu order."""

from typing import TYPE_CHECKING

from playground.catalog.layers.activations import GELU, Activation, HardTanh, LeakyReLU, ReLU, Sigmoid, Softmax, Tanh
from playground.catalog.layers.attention import Attention, TransformerBlock
from playground.catalog.layers.base import Layer
from playground.catalog.layers.batch_norm import BatchNorm
from playground.catalog.layers.blocks import Parallel, Residual
from playground.catalog.layers.conv1d import Conv1d
from playground.catalog.layers.conv2d import Conv2d
from playground.catalog.layers.conv_transpose2d import ConvTranspose2d
from playground.catalog.layers.dense import Dense, Output
from playground.catalog.layers.dropout import Dropout, Dropout2d
from playground.catalog.layers.features import Features
from playground.catalog.layers.flatten import Flatten
from playground.catalog.layers.gaussian_noise import GaussianNoise
from playground.catalog.layers.identity import Identity
from playground.catalog.layers.layer_norm import GroupNorm, LayerNorm
from playground.catalog.layers.pooling import AdaptiveAvgPool2d, AvgPool2d, GlobalAvgPool2d, MaxPool1d, MaxPool2d
from playground.catalog.layers.rectifiers import ELU, SELU, PReLU, Softplus
from playground.catalog.layers.recurrent import GRU, LSTM, RNN
from playground.catalog.layers.reshape import Reshape, ToSequence
from playground.catalog.layers.sequences import ClassToken, Embedding, Patches, Positions, SequencePool
from playground.catalog.layers.smooth_activations import Mish, SiLU
from playground.catalog.layers.upsample import Upsample
from playground.catalog.layers.weights import Freezable, Weighted
from playground.catalog.variant import Registry

LAYERS: Registry[Layer] = Registry(
    "layer",
    Dense,
    Features,
    Conv2d,
    Conv1d,
    ConvTranspose2d,
    Embedding,
    Positions,
    LSTM,
    GRU,
    RNN,
    Attention,
    Patches,
    ClassToken,
    SequencePool,
    MaxPool2d,
    AvgPool2d,
    GlobalAvgPool2d,
    AdaptiveAvgPool2d,
    MaxPool1d,
    Flatten,
    Reshape,
    ToSequence,
    Upsample,
    ReLU,
    LeakyReLU,
    PReLU,
    ELU,
    SELU,
    GELU,
    SiLU,
    Mish,
    Softplus,
    Tanh,
    HardTanh,
    Sigmoid,
    Softmax,
    Identity,
    Dropout,
    Dropout2d,
    GaussianNoise,
    BatchNorm,
    LayerNorm,
    GroupNorm,
    TransformerBlock,
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
    "ELU",
    "GELU",
    "GRU",
    "LAYERS",
    "LSTM",
    "RNN",
    "SELU",
    "Activation",
    "AdaptiveAvgPool2d",
    "AnyLayer",
    "Attention",
    "AvgPool2d",
    "BatchNorm",
    "ClassToken",
    "Conv1d",
    "Conv2d",
    "ConvTranspose2d",
    "Dense",
    "Dropout",
    "Dropout2d",
    "Embedding",
    "Features",
    "Flatten",
    "Freezable",
    "GaussianNoise",
    "GlobalAvgPool2d",
    "GroupNorm",
    "HardTanh",
    "Identity",
    "Layer",
    "LayerNorm",
    "LeakyReLU",
    "MaxPool1d",
    "MaxPool2d",
    "Mish",
    "Output",
    "PReLU",
    "Parallel",
    "Patches",
    "Positions",
    "ReLU",
    "Reshape",
    "Residual",
    "SequencePool",
    "SiLU",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "ToSequence",
    "TransformerBlock",
    "Upsample",
    "Weighted",
]
