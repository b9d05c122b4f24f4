"""Saves links of this version of the spec for the tests of all later versions: `python -m scripts.keep_links`, once per version.

Every preset, every entry of every registry with its defaults, and one rich experiment; each with its meaning at the time, all defaults
written out."""

import json
from pathlib import Path

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS, MnistSample
from playground.catalog.layers import LAYERS, Conv2d, Dense, Dropout, Flatten, Output, Parallel, ReLU, Residual
from playground.catalog.losses import LOSSES, CrossEntropy
from playground.catalog.optimizers import OPTIMIZERS, AdamW
from playground.catalog.schedules import SCHEDULES, OneCycle
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.spec import VERSION, ExperimentSpec, StopConditions, TrainingSettings

PLAIN = PRESETS["perceptron"].spec


def experiments() -> dict[str, ExperimentSpec]:
    """Experiments by name."""
    parts = {
        **{f"data {kind.name()}": {"data": kind()} for kind in DATASETS},
        **{f"loss {kind.name()}": {"loss": kind()} for kind in LOSSES},
        **{f"optimizer {kind.name()}": {"optimizer": kind()} for kind in OPTIMIZERS},
        **{f"schedule {kind.name()}": {"schedule": kind()} for kind in SCHEDULES},
        "every augmentation": {"data": MnistSample(augmentations=tuple(kind() for kind in AUGMENTATIONS))},
        "every layer": {"network": tuple(kind() for kind in LAYERS)},
    }
    return {
        **{f"preset {name}": preset.spec for name, preset in PRESETS.items()},
        **{name: PLAIN.model_copy(update=part) for name, part in parts.items()},
        "rich": _rich(),
    }


def _rich() -> ExperimentSpec:
    """Nested blocks, and settings of every kind with non-default values, including None."""
    inner = Residual(layers=(Conv2d(filters=8, kernel=5, bias=False, l2=0.001), ReLU()))
    return ExperimentSpec(
        data=MnistSample(augmentations=tuple(kind(probability=0.25) for kind in AUGMENTATIONS if kind.name() in ("rotation", "noise"))),
        network=(
            Conv2d(filters=8, init="he_normal", frozen=True),
            Parallel(branch=((), (inner, Conv2d(filters=4, padding="valid", kernel=1)), (ReLU(),)), join="concatenate"),
            Flatten(),
            Dense(units=33, init="constant", init_value=-0.25, l1=1e-05),
            Dropout(rate=0.35),
            Output(),
        ),
        loss=CrossEntropy(label_smoothing=0.1),
        optimizer=AdamW(lr=0.0123, weight_decay=0.03),
        schedule=OneCycle(),
        training=TrainingSettings(
            epochs=7, batch_size=48, seed=2**31 - 1, device="cpu", threads=2, clip_norm=1.5, ema=0.99, stop=StopConditions(patience=3)
        ),
    )


if __name__ == "__main__":
    kept = {name: {"token": to_token(spec), "meant": json.loads(spec.to_json())} for name, spec in experiments().items()}
    with Path(f"tests/export/links_v{VERSION}.json").open("x", encoding="utf-8") as file:
        file.write("{\n" + ",\n".join(f"{json.dumps(name)}: {json.dumps(entry)}" for name, entry in kept.items()) + "\n}\n")
