"""Trains the network with which Draw greets a first visitor, and keeps it beside this script as a run directory.

python assets/pretrained/make_digits.py     about a minute on one core; the same weights every time on the same machine

Small enough to lie in the repository, trained on the 4,000 digits that come with the app, shifted, scaled, slanted and turned."""

import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parents[1]))

from playground.catalog.augmentations import Affine, Rotation  # noqa: E402  the repository is on the path only now
from playground.catalog.datasets import MnistSample  # noqa: E402
from playground.catalog.layers import BatchNorm, Conv2d, Dense, Dropout, Flatten, MaxPool2d, Output, ReLU  # noqa: E402
from playground.catalog.losses import CrossEntropy  # noqa: E402
from playground.catalog.optimizers import AdamW  # noqa: E402
from playground.catalog.schedules import OneCycle  # noqa: E402
from playground.runs.directory import RunDirectory  # noqa: E402
from playground.spec import ExperimentSpec, TrainingSettings  # noqa: E402
from playground.training import train  # noqa: E402
from playground.training.control import Control  # noqa: E402
from playground.training.events import Evaluated, Finished, Snapshot, Started  # noqa: E402

SPEC = ExperimentSpec(
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


def main() -> None:
    """Trains and writes `digits/`."""
    directory = RunDirectory(HERE / "digits")
    directory.clear()
    directory.write_spec(SPEC)
    for event in train(SPEC, control=Control(watched=False)):
        if isinstance(event, Started | Evaluated | Finished):  # without the thousands of lines of progress
            directory.append_event(event)
        if isinstance(event, Evaluated):
            print(f"epoch {event.epoch:5.2f}: test loss {event.test_loss:.4f}, test accuracy {event.test_accuracy:.2%}")
        if isinstance(event, Snapshot):
            last = event
    directory.write_weights(last.tensors, last.step)


if __name__ == "__main__":
    main()
