"""Length of share tokens: for every preset, and for networks of 20 layers in which every layer has its own settings.

`python -m benchmarks.links` prints a table, and the same as JSON."""

import random

from benchmarks.figures import Figure, median, report
from playground.catalog.layers import ELU, BatchNorm, Conv2d, Dense, Dropout, Flatten, Layer, LeakyReLU, MaxPool2d, Output
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.spec import ExperimentSpec

LAYERS, NETWORKS, MOST = 20, 500, 400


def twenty_layers(seed: int) -> ExperimentSpec:
    """Convolutions, norms, activations, pooling, dropout and dense layers with numbers drawn at random."""
    draw = random.Random(seed)
    layers: list[Layer] = []
    for size in range(5):
        padding = draw.choice(("same", "valid")) if size == 0 else "same"
        layers += [
            Conv2d(filters=draw.randint(4, 128), kernel=draw.choice((1, 3, 5, 7)), padding=padding),
            draw.choice((BatchNorm(), MaxPool2d(), Dropout(rate=round(draw.uniform(0.05, 0.6), 2)))),
            draw.choice((LeakyReLU(slope=round(draw.uniform(0.01, 0.4), 2)), ELU(alpha=round(draw.uniform(0.5, 2), 1)))),
        ]
    layers += [Flatten(), Dense(units=draw.randint(10, 300)), ELU(), Dropout(rate=round(draw.uniform(0.05, 0.6), 2)), Output()]
    spec = PRESETS["small_cnn"].spec
    training = spec.training.model_copy(update={"epochs": draw.randint(1, 200), "seed": draw.randint(0, 99_999)})
    return spec.model_copy(update={"network": tuple(layers), "training": training})


def main() -> None:
    presets = [len(to_token(preset.spec)) for preset in PRESETS.values()]
    lengths = [len(to_token(twenty_layers(seed))) for seed in range(NETWORKS)]
    assert all(len(twenty_layers(seed).network) == LAYERS for seed in range(3))
    report(
        [
            Figure("longest token of a preset", max(presets), "characters", MOST, "lower"),
            Figure(f"token of {LAYERS} layers, median", median(lengths), "characters", MOST, "lower"),
            Figure(f"token of {LAYERS} layers, longest of {NETWORKS}", max(lengths), "characters", MOST, "lower"),
        ]
    )


if __name__ == "__main__":
    main()
