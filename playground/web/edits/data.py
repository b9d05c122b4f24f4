"""Edits of the data: another dataset, with what has to change with it, and augmentations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.datasets.base import DIFFICULTY, Dataset, Family
from playground.catalog.layers import Flatten, Layer
from playground.catalog.losses import LOSSES
from playground.catalog.losses.base import Loss
from playground.paths import chains, layer_count
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.fitting import fitting
from playground.web.edits.parts import keeping, variant_of
from playground.web.edits.settings import checked

_GIVES: dict[Family, str] = {"images": "images", "points": "points", "tables": "rows of numbers", "curves": "one number at a time"}
_WHOSE = frozenset({"key", "called", "labels", "features"})
"""Settings that say whose data they are and what is in them."""


@dataclass(frozen=True)
class Adapted:
    """A spec, and what had to change with it besides what was asked for: sentences for the user."""

    spec: ExperimentSpec
    notes: tuple[str, ...] = ()


def replace_dataset(spec: ExperimentSpec, to: str | Dataset) -> Adapted:
    """Another dataset: of a kind, with the settings that stay, or this one as it is. What fits it stays: layers, the loss; what does not is
    adapted, and told."""
    dataset = to if isinstance(to, Dataset) else _with_kept_settings(variant_of(DATASETS, to), spec.data)
    notes: list[str] = []
    network = _fitting(spec, dataset)
    notes += _network_notes(spec, spec.model_copy(update={"network": network}), dataset)
    if getattr(spec.data, "augmentations", ()) and not getattr(dataset, "augmentations", ()):
        notes.append(f"Augmentation went: {dataset.title} gives {_GIVES[dataset.family]}.")
    loss = spec.loss
    if dataset.task.name() not in loss.tasks:
        loss = _fitting_loss(dataset)
        why = f"{dataset.title} is a {dataset.task.title.lower()} task, which {spec.loss.spoken()} does not fit"
        notes.append(f"The loss is now {loss.spoken()}: {why}.")
    return Adapted(spec.model_copy(update={"data": dataset, "network": network, "loss": loss}), tuple(notes))


def _with_kept_settings(variant: type[Dataset], current: Dataset) -> Dataset:
    """The variant with the settings that were changed from their defaults and that it has too: of another family only those that mean the
    same everywhere. Whose data they are never goes along."""
    changed = {name for name, field in type(current).model_fields.items() if getattr(current, name) != field.get_default()} - _WHOSE
    if variant.family != current.family:
        changed &= {*DIFFICULTY, "seed", "test_share"}
    dataset: Dataset = keeping(variant, current, changed)
    return dataset


def _fitting(spec: ExperimentSpec, dataset: Dataset) -> tuple[Layer, ...]:
    """As it was where one more layer would be too many: the trace says then what does not fit."""
    try:
        return checked(spec.model_copy(update={"network": fitting(spec.network, dataset)})).network
    except SpecError:
        return spec.network


def _network_notes(before: ExperimentSpec, after: ExperimentSpec, dataset: Dataset) -> Iterator[str]:
    """What became of a network, those layers too that are in blocks."""
    gives = f"{dataset.title} gives {_GIVES[dataset.family]}"
    flattened = max(0, _flattens(after) - _flattens(before))
    went = layer_count(before) + flattened - layer_count(after)
    if flattened:
        yield f"A flatten layer was put before the first dense layer: {gives}."
    if went > 0:
        yield f"{went} layer{'s' if went > 1 else ''} for images went: {gives}."


def _flattens(spec: ExperimentSpec) -> int:
    return sum(isinstance(layer, Flatten) for _, layers in chains(spec) for layer in layers)


def add_augmentation(spec: ExperimentSpec, kind: str) -> ExperimentSpec:
    """One more augmentation, after the others.

    Raises: SpecError if the dataset takes none."""
    return _with_augmentations(spec, *_augmentations(spec), variant_of(AUGMENTATIONS, kind)())


def remove_augmentation(spec: ExperimentSpec, index: int) -> ExperimentSpec:
    """Without augmentation `index`."""
    kept = _augmentations(spec)
    _check(kept, index, "data.augmentations")
    return _with_augmentations(spec, *kept[:index], *kept[index + 1 :])


def move_augmentation(spec: ExperimentSpec, index: int, to: int) -> ExperimentSpec:
    """Augmentation `index` at the place `to`: they are applied in order."""
    kept = _augmentations(spec)
    _check(kept, index, "data.augmentations")
    _check(kept, to, "data.augmentations")
    return _with_augmentations(spec, *_moved(kept, index, to))


def _check(items: tuple[Any, ...], index: int, path: str) -> None:
    if not 0 <= index < len(items):
        raise SpecError(f"{path}[{index}]: there is no such place, there are {len(items)}")


def _moved(items: tuple[Any, ...], index: int, to: int) -> list[Any]:
    rest = [item for place, item in enumerate(items) if place != index]
    return [*rest[:to], items[index], *rest[to:]]


def _fitting_loss(dataset: Dataset) -> Loss:
    return next(loss for loss in LOSSES if dataset.task.name() in loss.tasks)()


def _augmentations(spec: ExperimentSpec) -> tuple[Any, ...]:
    if "augmentations" not in type(spec.data).model_fields:
        raise SpecError(f"data: {spec.data.title} takes no augmentation, which is for images")
    return tuple(getattr(spec.data, "augmentations"))  # noqa: B009 — only some datasets have them


def _with_augmentations(spec: ExperimentSpec, *augmentations: Any) -> ExperimentSpec:
    return checked(spec.model_copy(update={"data": spec.data.model_copy(update={"augmentations": augmentations})}))
