"""Networks for images: handwritten digits."""

from playground.catalog.augmentations import Affine, Rotation
from playground.catalog.datasets import MnistSample, NoisyDigits
from playground.catalog.layers import (
    AvgPool2d,
    BatchNorm,
    Conv2d,
    ConvTranspose2d,
    Dense,
    Dropout,
    Flatten,
    GlobalAvgPool2d,
    Layer,
    LayerNorm,
    MaxPool2d,
    Output,
    Parallel,
    Patches,
    Positions,
    ReLU,
    Residual,
    SequencePool,
    Sigmoid,
    Tanh,
    TransformerBlock,
)
from playground.catalog.losses import MSE, CrossEntropy
from playground.catalog.optimizers import Adam
from playground.catalog.schedules import Constant, OneCycle, Schedule
from playground.presets.base import Preset
from playground.spec import ExperimentSpec, TrainingSettings


def _digits(*layers: Layer, lr: float = 0.001, schedule: Schedule | None = None, epochs: int = 5) -> ExperimentSpec:
    """Handwritten digits with Adam, in batches of 32."""
    return ExperimentSpec(
        data=MnistSample(),
        network=layers,
        loss=CrossEntropy(),
        optimizer=Adam(lr=lr),
        schedule=schedule or Constant(),
        training=TrainingSettings(epochs=epochs),
    )


def _convolutions(*filters: int) -> tuple[Layer, ...]:
    return tuple(layer for count in filters for layer in (Conv2d(filters=count), ReLU()))


def _residual(filters: int, stride: int = 1) -> Residual:
    return Residual(layers=(Conv2d(filters=filters, stride=stride), BatchNorm(), ReLU(), Conv2d(filters=filters), BatchNorm()))


PRESETS = (
    Preset(
        "mlp_784_256_10",
        "Three layers: 784-256-10",
        "The standard network: every pixel in, one hidden layer, ten digits out.",
        _digits(Flatten(), Dense(units=256), ReLU(), Output(), epochs=20),
    ),
    Preset(
        "small_cnn",
        "Small convolutional network",
        "Two rounds of filters and pooling: fewer weights than the dense network, and better predictions.",
        _digits(
            Conv2d(filters=16), ReLU(), MaxPool2d(), Conv2d(filters=32), ReLU(), MaxPool2d(),
            Flatten(), Dense(units=64), ReLU(), Output(), lr=0.003, schedule=OneCycle(),
        ),
    ),
    Preset(
        "keras_classic",
        "The Keras classic: 784-128-10",
        "The first network in many courses, with dropout to reduce overfitting.",
        _digits(Flatten(), Dense(units=128), ReLU(), Dropout(rate=0.2), Output(), epochs=20),
    ),
    Preset(
        "lenet5",
        "LeNet-5",
        "The network that read checks in 1998 (LeCun et al.): tanh, average pooling, three dense layers.",
        _digits(
            Conv2d(filters=6, kernel=5), Tanh(), AvgPool2d(), Conv2d(filters=16, kernel=5, padding="valid"), Tanh(), AvgPool2d(),
            Flatten(), Dense(units=120), Tanh(), Dense(units=84), Tanh(), Output(),
        ),
    ),
    Preset(
        "vgg_small",
        "VGG-style network",
        "Two small filters in a row see as much as one large filter, with fewer weights (Simonyan & Zisserman 2015).",
        _digits(
            *_convolutions(8, 8), MaxPool2d(), *_convolutions(16, 16), MaxPool2d(), *_convolutions(32, 32), MaxPool2d(),
            Flatten(), Dense(units=64), ReLU(), Dropout(rate=0.3), Output(), lr=0.003, schedule=OneCycle(),
        ),
    ),
    Preset(
        "resnet_small",
        "ResNet-style network",
        "Blocks learn what to add to their input, and shortcuts let gradients flow past them (He et al. 2016).",
        _digits(
            Conv2d(filters=12), BatchNorm(), ReLU(), MaxPool2d(),
            _residual(12), ReLU(), _residual(24, stride=2), ReLU(), _residual(24), ReLU(),
            GlobalAvgPool2d(), Output(), lr=0.01, schedule=OneCycle(),
        ),
    ),
    Preset(
        "inception_block",
        "Inception block",
        "Filters of several sizes run side by side on the same maps, and their outputs are joined (Szegedy et al. 2015).",
        _digits(
            Conv2d(filters=12), ReLU(), MaxPool2d(),
            Parallel(branch=(
                (Conv2d(filters=8, kernel=1), ReLU()),
                (Conv2d(filters=6, kernel=1), ReLU(), Conv2d(filters=12), ReLU()),
                (Conv2d(filters=4, kernel=1), ReLU(), Conv2d(filters=8, kernel=5), ReLU()),
            )),
            MaxPool2d(), Flatten(), Dense(units=64), ReLU(), Output(), lr=0.003, schedule=OneCycle(),
        ),
    ),
    Preset(
        "vit_digits",
        "Vision transformer",
        "Cuts a digit into 16 squares and lets attention look from square to square (Dosovitskiy et al. 2021).",
        ExperimentSpec(
            data=MnistSample(augmentations=(Affine(shift=0.06, probability=0.9), Rotation(degrees=10, probability=0.8))),
            network=(
                Patches(size=7, width=64), Positions(), *[TransformerBlock(heads=4, expansion=2, dropout=0)] * 3,
                LayerNorm(), SequencePool(how="mean"), Output(),
            ),
            loss=CrossEntropy(),
            optimizer=Adam(lr=0.003),
            schedule=OneCycle(),
            training=TrainingSettings(epochs=20, batch_size=64),
        ),
        "ViT attention patches image",
    ),
    Preset(
        "denoising_autoencoder",
        "Denoising autoencoder",
        "Squeezes a noisy digit through a bottleneck and redraws it clean, without ever seeing a label (Vincent et al. 2008).",
        ExperimentSpec(
            data=NoisyDigits(),
            network=(
                Conv2d(filters=12, stride=2), ReLU(), Conv2d(filters=16, stride=2), ReLU(),
                ConvTranspose2d(filters=12, kernel=2, stride=2), ReLU(),
                ConvTranspose2d(filters=1, kernel=2, stride=2), Sigmoid(), Flatten(),
            ),
            loss=MSE(),
            optimizer=Adam(lr=0.003),
            training=TrainingSettings(epochs=5),
        ),
    ),
)  # fmt: skip
