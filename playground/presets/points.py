"""Small networks for points in the plane, which show their decision boundary while they learn."""

from playground.catalog.datasets import Circle, Spiral, Xor
from playground.catalog.layers import Dense, Features, Output, Tanh
from playground.catalog.losses import BCE
from playground.catalog.optimizers import SGD, Adam
from playground.presets.base import Preset
from playground.spec import ExperimentSpec, TrainingSettings

PRESETS = (
    Preset(
        "playground_2d",
        "Two classes in the plane",
        "TensorFlow Playground's default: two tiny hidden layers bend a line around a circle while you watch.",
        ExperimentSpec(
            data=Circle(),
            network=(Dense(units=4), Tanh(), Dense(units=2), Tanh(), Output()),
            loss=BCE(),
            optimizer=SGD(lr=0.03),
            training=TrainingSettings(epochs=300, batch_size=10),
        ),
    ),
    Preset(
        "circle_features",
        "One neuron and a circle",
        "A single neuron draws only a straight line. With x₁² and x₂² as input features, the same neuron separates a circle.",
        ExperimentSpec(
            data=Circle(),
            network=(Features(formulas=("x1^2", "x2^2")), Output()),
            loss=BCE(),
            optimizer=SGD(lr=0.03),
            training=TrainingSettings(epochs=100, batch_size=10),
        ),
        "feature engineering linear model logistic regression polynomial squares",
    ),
    Preset(
        "perceptron",
        "Perceptron and its limits",
        "One neuron draws one straight line, and no line separates XOR: watch accuracy stay near 50%. A hidden layer fixes it.",
        ExperimentSpec(
            data=Xor(), network=(Output(),), loss=BCE(), optimizer=SGD(lr=0.03), training=TrainingSettings(epochs=100, batch_size=10)
        ),
    ),
    Preset(
        "deep_mlp_spiral",
        "Deep network for the spiral",
        "Four hidden layers fold the plane until the two arms of a spiral separate.",
        ExperimentSpec(
            data=Spiral(),
            network=(Dense(units=16), Tanh(), Dense(units=16), Tanh(), Dense(units=16), Tanh(), Dense(units=8), Tanh(), Output()),
            loss=BCE(),
            optimizer=Adam(lr=0.01),
            training=TrainingSettings(epochs=150, batch_size=16),
        ),
    ),
)
