"""Rules of augmentation: which targets can be mixed, and which images lose their meaning."""

from collections.abc import Iterator
from typing import Any

from playground.catalog.augmentations import Augmentation, HorizontalFlip, MixingAugmentation, VerticalFlip
from playground.catalog.losses import LOSSES, Loss
from playground.network.problems import Fix, Problem
from playground.spec import ExperimentSpec


def check_augmentations(spec: ExperimentSpec) -> Iterator[Problem]:
    """Problems of the data's augmentations, each at its path."""
    augmentations: tuple[Augmentation, ...] = getattr(spec.data, "augmentations", ())
    for index, augmentation in enumerate(augmentations):
        path = f"data.augmentations[{index}]"
        if isinstance(augmentation, MixingAugmentation):
            yield from _mixed(spec, augmentation, path, _without(spec, augmentations, index))
        elif isinstance(augmentation, HorizontalFlip | VerticalFlip) and "7" in spec.data.classes:
            message = "Most digits are no longer digits when mirrored: the network learns shapes that never occur"
            yield Problem(path, message, severity="note", fix=_without(spec, augmentations, index))


def _mixed(spec: ExperimentSpec, augmentation: Augmentation, path: str, removed: Fix) -> Iterator[Problem]:
    """Mixing needs classes, and a loss that takes class probabilities as targets."""
    if not spec.data.classes:
        yield Problem(path, f"{augmentation.title} mixes classes, but {spec.data.title} has none", fix=removed)
    elif not spec.loss.soft_targets:
        suitable = [loss for loss in LOSSES if loss.soft_targets and spec.data.task.answer in loss.tasks]
        message = f"{augmentation.title} mixes classes, but {spec.loss.spoken()} allows only one class per example"
        if not suitable:
            yield Problem(path, message, fix=removed)
            return
        fix = Fix(f"Use {suitable[0].spoken()}", spec.model_copy(update={"loss": suitable[0]()}))
        yield Problem(path, f"{message}; choose {_or(suitable)}", fix=fix)


def _or(losses: list[type[Loss]]) -> str:
    """Losses to choose from, within a sentence."""
    names = [loss.spoken() for loss in losses]
    return " or ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def _without(spec: ExperimentSpec, augmentations: tuple[Any, ...], index: int) -> Fix:
    kept = augmentations[:index] + augmentations[index + 1 :]
    data = spec.data.model_copy(update={"augmentations": kept})
    return Fix(f"Remove {augmentations[index].spoken()}", spec.model_copy(update={"data": data}))
