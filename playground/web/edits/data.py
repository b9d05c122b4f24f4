"""Edits of the data: another dataset, with what has to change with it, and augmentations."""

from dataclasses import dataclass
from typing import Any

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.datasets.base import Dataset
from playground.catalog.layers import Flatten, Layer, Output
from playground.catalog.losses import LOSSES
from playground.catalog.losses.base import Loss
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.parts import keeping, variant_of
from playground.web.edits.settings import checked


@dataclass(frozen=True)
class Adapted:
    """A spec, and what had to change with it besides what was asked for: sentences for the user."""

    spec: ExperimentSpec
    notes: tuple[str, ...] = ()


def replace_dataset(spec: ExperimentSpec, kind: str) -> Adapted:
    """Another dataset. What fits it stays: shared settings, layers, the loss; what does not is adapted, and told."""
    dataset: Dataset = keeping(variant_of(DATASETS, kind), spec.data)
    notes = []
    network = _fitting(spec.network, dataset)
    if network != spec.network:
        notes.append(_network_note(len(spec.network), len(network), dataset))
    loss = spec.loss
    if dataset.task.name() not in loss.tasks:
        loss = _fitting_loss(dataset)
        why = f"{dataset.title} is a {dataset.task.title.lower()} task, which {spec.loss.title.lower()} does not fit"
        notes.append(f"The loss is now {loss.title.lower()}: {why}.")
    return Adapted(spec.model_copy(update={"data": dataset, "network": network, "loss": loss}), tuple(notes))


def _network_note(before: int, after: int, dataset: Dataset) -> str:
    """What became of a network of `before` layers."""
    if after > before:
        return f"A flatten layer was put before the first dense layer: {dataset.title} gives images."
    went = before - after
    return f"{went} layer{'s' if went > 1 else ''} for images went: {dataset.title} gives points."


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
        kept = tuple(layer for layer in network if not layer.ranks or 1 in layer.ranks)
        return kept if kept or not network else (Output(),)
    for index, layer in enumerate(network):
        if layer.ranks == (1,):
            flat = any(isinstance(earlier, Flatten) or earlier.kind == "global_avg_pool2d" for earlier in network[:index])
            return network if flat else (*network[:index], Flatten(), *network[index:])
    return network


def _fitting_loss(dataset: Dataset) -> Loss:
    return next(loss for loss in LOSSES if dataset.task.name() in loss.tasks)()


def _augmentations(spec: ExperimentSpec) -> tuple[Any, ...]:
    if "augmentations" not in type(spec.data).model_fields:
        raise SpecError(f"data: {spec.data.title} takes no augmentation, which is for images")
    return tuple(getattr(spec.data, "augmentations"))  # noqa: B009 — only some datasets have them


def _with_augmentations(spec: ExperimentSpec, *augmentations: Any) -> ExperimentSpec:
    return checked(spec.model_copy(update={"data": spec.data.model_copy(update={"augmentations": augmentations})}))
