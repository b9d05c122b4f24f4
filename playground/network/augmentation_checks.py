"""Rules of augmentation: which targets can be mixed, and which images lose their meaning."""

from collections.abc import Iterator
from typing import Any

from playground.catalog.augmentations import Augmentation, HorizontalFlip, MixingAugmentation, VerticalFlip
from playground.catalog.losses import LOSSES
from playground.network.problems import Fix, Problem
from playground.spec import ExperimentSpec


def check_augmentations(spec: ExperimentSpec) -> Iterator[Problem]:
    """Mistakes in the augmentations of the data, each at its path."""
    augmentations: tuple[Augmentation, ...] = getattr(spec.data, "augmentations", ())
    for index, augmentation in enumerate(augmentations):
        path = f"data.augmentations[{index}]"
        if isinstance(augmentation, MixingAugmentation):
            yield from _mixed(spec, augmentation, path, _without(spec, augmentations, index))
        elif isinstance(augmentation, HorizontalFlip | VerticalFlip) and "7" in spec.data.classes:
            message = "A mirrored digit is no longer a digit: the network learns shapes that never occur"
            yield Problem(path, message, severity="note", fix=_without(spec, augmentations, index))


def _mixed(spec: ExperimentSpec, augmentation: Augmentation, path: str, removed: Fix) -> Iterator[Problem]:
    """Mixing needs classes, and a loss that compares with their probabilities."""
    if not spec.data.classes:
        yield Problem(path, f"{augmentation.title} mixes classes, and {spec.data.title} has none", fix=removed)
    elif not spec.loss.soft_targets:
        fitting = [loss for loss in LOSSES if loss.soft_targets and spec.data.task.name() in loss.tasks]
        message = f"{augmentation.title} mixes classes, and {spec.loss.spoken()} takes one class per example"
        if not fitting:
            yield Problem(path, message, fix=removed)
            return
        other = Fix(f"Use {fitting[0].spoken()}", spec.model_copy(update={"loss": fitting[0]()}))
        yield Problem(path, f"{message}; fitting: {', '.join(loss.title for loss in fitting)}", fix=other)


def _without(spec: ExperimentSpec, augmentations: tuple[Any, ...], index: int) -> Fix:
    kept = augmentations[:index] + augmentations[index + 1 :]
    data = spec.data.model_copy(update={"augmentations": kept})
    return Fix(f"Remove {augmentations[index].spoken()}", spec.model_copy(update={"data": data}))
