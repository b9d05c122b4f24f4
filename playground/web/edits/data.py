"""Edits of the data: another dataset, with what has to change with it, and augmentations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.datasets.base import DIFFICULTY, Dataset, Family
from playground.catalog.layers import Flatten, Layer, Output
from playground.catalog.losses import LOSSES
from playground.catalog.losses.base import Loss
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.parts import keeping, variant_of
from playground.web.edits.settings import checked

_GIVES: dict[Family, str] = {"images": "images", "points": "points", "tables": "rows of numbers", "curves": "one number at a time"}
_WHOSE = frozenset({"key", "called", "labels", "features"})
"""Settings that say whose data they are and what is in them."""
_WITHOUT_WEIGHTS = frozenset({"Activation", "Regularisation", "Normalisation"})


@dataclass(frozen=True)
class Adapted:
    """A spec, and what had to change with it besides what was asked for: sentences for the user."""

    spec: ExperimentSpec
    notes: tuple[str, ...] = ()


def replace_dataset(spec: ExperimentSpec, to: str | Dataset) -> Adapted:
    """Another dataset: of a kind, with the settings that stay, or this one as it is. What fits it stays: layers, the loss; what does not is
    adapted, and told."""
    dataset = to if isinstance(to, Dataset) else _with_kept_settings(variant_of(DATASETS, to), spec.data)
    notes = []
    network = _fitting(spec.network, dataset)
    if network != spec.network:
        notes.append(_network_note(len(spec.network), len(network), dataset))
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


def _network_note(before: int, after: int, dataset: Dataset) -> str:
    """What became of a network of `before` layers."""
    gives = f"{dataset.title} gives {_GIVES[dataset.family]}"
    if after > before:
        return f"A flatten layer was put before the first dense layer: {gives}."
    went = before - after
    return f"{went} layer{'s' if went > 1 else ''} for images went: {gives}."


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


def _fitting(network: tuple[Layer, ...], dataset: Dataset) -> tuple[Layer, ...]:
    """The network without what cannot take examples of this rank, with a flatten layer where one is missing."""
    if len(dataset.shape) == 1:
        kept = _for_rows(network)
        return kept if kept or not network else (Output(),)
    for index, layer in enumerate(network):
        if _needs_rows(layer):
            flat = any(isinstance(earlier, Flatten) or earlier.kind == "global_avg_pool2d" for earlier in network[:index])
            return network if flat else (*network[:index], Flatten(), *network[index:])
    return network


def _for_rows(network: tuple[Layer, ...]) -> tuple[Layer, ...]:
    """What takes rows of numbers, without what followed a layer that went: an activation alone would only cut the data."""
    kept, orphaned = [], False
    for layer in network:
        if not _takes_rows(layer):
            orphaned = True
        elif not orphaned or layer.group not in _WITHOUT_WEIGHTS:
            kept.append(layer)
            orphaned = orphaned and isinstance(layer, Flatten)
    return tuple(kept)


def _takes_rows(layer: Layer) -> bool:
    return (not layer.ranks or 1 in layer.ranks) and all(map(_takes_rows, _inside(layer)))


def _needs_rows(layer: Layer) -> bool:
    return layer.ranks == (1,) or any(map(_needs_rows, _inside(layer)))


def _inside(layer: Layer) -> Iterator[Layer]:
    return (each for _, chain in layer.branches() for each in chain)


def _fitting_loss(dataset: Dataset) -> Loss:
    return next(loss for loss in LOSSES if dataset.task.name() in loss.tasks)()


def _augmentations(spec: ExperimentSpec) -> tuple[Any, ...]:
    if "augmentations" not in type(spec.data).model_fields:
        raise SpecError(f"data: {spec.data.title} takes no augmentation, which is for images")
    return tuple(getattr(spec.data, "augmentations"))  # noqa: B009 — only some datasets have them


def _with_augmentations(spec: ExperimentSpec, *augmentations: Any) -> ExperimentSpec:
    return checked(spec.model_copy(update={"data": spec.data.model_copy(update={"augmentations": augmentations})}))
