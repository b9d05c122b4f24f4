"""Trains the networks that are included with the app and keeps them in assets/pretrained, as run directories with their model cards.

python -m scripts.make_pretrained [NAME …]     all of them, or these; the same weights every time on the same machine

Each is small enough for the repository. "digits", which greets a first visitor on the Draw page, is trained on the digits that come with
the app, shifted, scaled, slanted and turned; the others are presets."""

import sys

from playground.catalog.augmentations import Affine, Rotation
from playground.catalog.datasets import MnistSample
from playground.catalog.layers import BatchNorm, Conv2d, Dense, Dropout, Flatten, MaxPool2d, Output, ReLU
from playground.catalog.losses import CrossEntropy
from playground.catalog.optimizers import AdamW
from playground.catalog.schedules import OneCycle
from playground.export.card import to_card
from playground.presets import PRESETS
from playground.runs.directory import RunDirectory
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import train
from playground.training.control import Control
from playground.training.events import Evaluated, Finished, Snapshot, Started
from playground.web.pretrained import PRETRAINED

CARD = "README.md"

DIGITS = ExperimentSpec(
    data=MnistSample(
        augmentations=(Affine(shift=0.05, scale=0.12, shear=12, probability=0.9), Rotation(degrees=14, probability=0.8)),
    ),
    network=(
        Conv2d(filters=16),
        BatchNorm(),
        ReLU(),
        MaxPool2d(),
        Conv2d(filters=32),
        BatchNorm(),
        ReLU(),
        MaxPool2d(),
        Flatten(),
        Dropout(rate=0.2),
        Dense(units=64),
        ReLU(),
        Output(),
    ),
    loss=CrossEntropy(),
    optimizer=AdamW(lr=0.006, weight_decay=0.02),
    schedule=OneCycle(),
    training=TrainingSettings(epochs=30, batch_size=64, seed=1, device="cpu", threads=1),
)


def experiment(name: str) -> ExperimentSpec:
    """The experiment that trains the network of that name: on one thread of the CPU, since other devices and numbers of threads round
    differently."""
    if name == "digits":
        return DIGITS
    spec = PRESETS[name].spec
    return spec.model_copy(update={"training": spec.training.model_copy(update={"device": "cpu", "threads": 1})})


def make(name: str) -> None:
    """Trains the network and writes its directory."""
    spec, directory = experiment(name), RunDirectory(PRETRAINED[name].directory)
    directory.clear()
    directory.write_spec(spec)
    for event in train(spec, control=Control(watched=False)):
        if isinstance(event, Started | Evaluated | Finished):  # without the thousands of lines of progress
            directory.append_event(event)
        if isinstance(event, Evaluated):
            print(
                f"{name}, epoch {event.epoch:5.2f}: {', '.join(f'{key} {value:.4f}' for key, value in event.columns.items())}", flush=True
            )
        if isinstance(event, Snapshot):
            last = event
    directory.write_weights(last.tensors, last.step)
    (directory.path / CARD).write_text(to_card(spec, last.tensors, last.step), encoding="utf-8")


def main() -> None:
    for name in sys.argv[1:] or PRETRAINED:
        make(name)


if __name__ == "__main__":
    main()
