"""Experiments to start from, ready to train."""

from dataclasses import dataclass

from playground.catalog.datasets import Circle, MnistSample
from playground.catalog.layers import AvgPool2d, Conv2d, Dense, Dropout, Flatten, Layer, MaxPool2d, Output, ReLU, Tanh
from playground.catalog.losses import BCE, CrossEntropy
from playground.catalog.optimizers import SGD, Adam
from playground.catalog.schedules import Constant, OneCycle, Schedule
from playground.spec import ExperimentSpec, TrainingSettings


@dataclass(frozen=True)
class Preset:
    """A named experiment. help: one sentence, what there is to see."""

    name: str
    title: str
    help: str
    spec: ExperimentSpec


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


_PRESETS = (
    Preset(
        "mlp_784_256_10",
        "Three layers: 784-256-10",
        "The plain network of the textbooks: every pixel in, one hidden layer, ten digits out.",
        _digits(Flatten(), Dense(units=256), ReLU(), Output(), epochs=20),
    ),
    Preset(
        "small_cnn",
        "Small convolutional network",
        "Two rounds of filters and pooling: fewer weights than the plain network, and better answers.",
        _digits(
            Conv2d(filters=16), ReLU(), MaxPool2d(), Conv2d(filters=32), ReLU(), MaxPool2d(),
            Flatten(), Dense(units=64), ReLU(), Output(), lr=0.003, schedule=OneCycle(),
        ),
    ),
    Preset(
        "playground_2d",
        "Two classes in the plane",
        "TensorFlow Playground's default: tiny hidden layers bend a line around a circle while you watch.",
        ExperimentSpec(
            data=Circle(),
            network=(Dense(units=4), Tanh(), Dense(units=2), Tanh(), Output()),
            loss=BCE(),
            optimizer=SGD(lr=0.03),
            training=TrainingSettings(epochs=300, batch_size=10),
        ),
    ),
    Preset(
        "lenet5",
        "LeNet-5",
        "The network that read cheques in 1998 (LeCun et al.): tanh, average pooling, three dense layers.",
        _digits(
            Conv2d(filters=6, kernel=5), Tanh(), AvgPool2d(), Conv2d(filters=16, kernel=5, padding="valid"), Tanh(), AvgPool2d(),
            Flatten(), Dense(units=120), Tanh(), Dense(units=84), Tanh(), Output(),
        ),
    ),
    Preset(
        "keras_classic",
        "The Keras classic: 784-128-10",
        "The first network of many courses, with dropout against learning by heart.",
        _digits(Flatten(), Dense(units=128), ReLU(), Dropout(rate=0.2), Output(), epochs=20),
    ),
)  # fmt: skip

PRESETS: dict[str, Preset] = {preset.name: preset for preset in _PRESETS}
