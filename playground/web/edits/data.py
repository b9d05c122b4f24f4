"""Edits of the data: switching the dataset, with the changes that requires, and augmentations."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.datasets.base import DIFFICULTY, Dataset
from playground.catalog.datasets.own import OF_CONTENT
from playground.catalog.layers import GRU, Embedding, Features, Flatten, Layer
from playground.catalog.losses import LOSSES
from playground.catalog.losses.base import Loss
from playground.paths import chains, layer_count
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.fitting import fitting
from playground.web.edits.parts import keeping, variant_of
from playground.web.edits.settings import checked


@dataclass(frozen=True)
class Adapted:
    """A spec, and notes for the user on what else had to change."""

    spec: ExperimentSpec
    notes: tuple[str, ...] = ()


def replace_dataset(spec: ExperimentSpec, to: str | Dataset) -> Adapted:
    """Switches to another dataset: one of a kind, keeping common settings, or the given one. Layers and loss are kept if they fit it, and
    otherwise adapted, with a note."""
    dataset = to if isinstance(to, Dataset) else _with_kept_settings(variant_of(DATASETS, to), spec.data)
    notes: list[str] = []
    network = _fitting(spec, dataset)
    notes += _network_notes(spec, spec.model_copy(update={"network": network}), dataset)
    if getattr(spec.data, "augmentations", ()) and not getattr(dataset, "augmentations", ()):
        notes.append(f"Augmentation was removed: the examples of {dataset.title} are {dataset.encoding.examples}.")
    loss = spec.loss
    if dataset.task.answer not in loss.tasks:
        loss = _fitting_loss(dataset)
        why = f"{dataset.title} is a {dataset.task.title.lower()} task, which {spec.loss.spoken()} does not support"
        notes.append(f"The loss is now {loss.spoken()}: {why}.")
    return Adapted(spec.model_copy(update={"data": dataset, "network": network, "loss": loss}), tuple(notes))


def _with_kept_settings(variant: type[Dataset], current: Dataset) -> Dataset:
    """The variant with the changed settings that both have; from data of another kind, only those that mean the same everywhere. What
    follows from the content of an upload is never copied."""
    changed = {name for name, field in type(current).model_fields.items() if getattr(current, name) != field.get_default()}
    changed -= {name for name, field in type(current).model_fields.items() if field.json_schema_extra == OF_CONTENT}
    if type(variant().encoding) is not type(current.encoding):
        changed &= {*DIFFICULTY, "seed", "test_share"}
    dataset: Dataset = keeping(variant, current, changed)
    return dataset


def _fitting(spec: ExperimentSpec, dataset: Dataset) -> tuple[Layer, ...]:
    """The adapted network; unchanged if it would have too many layers, in which case the trace reports what does not fit.

    Formulas of the data's features are not for data with others."""
    network = spec.network[1:] if _has_other_features(spec, dataset) else spec.network
    try:
        return checked(spec.model_copy(update={"network": fitting(network, dataset)})).network
    except SpecError:
        return spec.network


def _has_other_features(spec: ExperimentSpec, dataset: Dataset) -> bool:
    """Whether the network begins with formulas of features, and the dataset has not as many."""
    old, new = spec.data.tensor, dataset.tensor
    return isinstance(next(iter(spec.network), None), Features) and (old.names, old.depth) != (new.names, new.depth)


def _network_notes(before: ExperimentSpec, after: ExperimentSpec, dataset: Dataset) -> Iterator[str]:
    """Notes on layers that were added and removed, including those in blocks."""
    why = f"the examples of {dataset.title} are {dataset.encoding.examples}"
    added = [layer.spoken() for layer in after.network if isinstance(layer, Embedding | GRU)]
    had = {layer.spoken() for layer in before.network}
    if new := [name for name in dict.fromkeys(added) if name not in had]:
        yield f"Added to the network: {', '.join(new)}, because {why}."
    flattened = max(0, _flattens(after) - _flattens(before))
    others = _has_other_features(before, dataset)
    if others:
        yield f"The input features were removed: they are formulas of the features of {before.data.title}."
    removed = layer_count(before) - int(others) + flattened + len(new) - layer_count(after)
    if flattened:
        yield f"A flatten layer was inserted before the first dense layer: {why}."
    if removed > 0:
        yield f"{removed} image layer{'s were' if removed > 1 else ' was'} removed: {why}."


def _flattens(spec: ExperimentSpec) -> int:
    return sum(isinstance(layer, Flatten) for _, layers in chains(spec) for layer in layers)


def add_augmentation(spec: ExperimentSpec, kind: str) -> ExperimentSpec:
    """Adds an augmentation after the others.

    Raises: SpecError if the dataset does not support augmentation."""
    return _with_augmentations(spec, *_augmentations(spec), variant_of(AUGMENTATIONS, kind)())


def remove_augmentation(spec: ExperimentSpec, index: int) -> ExperimentSpec:
    """Removes augmentation `index`."""
    kept = _augmentations(spec)
    _check(kept, index, "data.augmentations")
    return _with_augmentations(spec, *kept[:index], *kept[index + 1 :])


def move_augmentation(spec: ExperimentSpec, index: int, to: int) -> ExperimentSpec:
    """Moves augmentation `index` to index `to`; augmentations are applied in order."""
    kept = _augmentations(spec)
    _check(kept, index, "data.augmentations")
    _check(kept, to, "data.augmentations")
    return _with_augmentations(spec, *_moved(kept, index, to))


def _check(items: tuple[Any, ...], index: int, path: str) -> None:
    if not 0 <= index < len(items):
        raise SpecError(f"{path}[{index}]: no such augmentation, there are {len(items)}")


def _moved(items: tuple[Any, ...], index: int, to: int) -> list[Any]:
    rest = [item for position, item in enumerate(items) if position != index]
    return [*rest[:to], items[index], *rest[to:]]


def _fitting_loss(dataset: Dataset) -> Loss:
    return next(loss for loss in LOSSES if dataset.task.answer in loss.tasks)()


def _augmentations(spec: ExperimentSpec) -> tuple[Any, ...]:
    if "augmentations" not in type(spec.data).model_fields:
        raise SpecError(f"data: {spec.data.title} does not support augmentation, which is for images")
    return tuple(getattr(spec.data, "augmentations"))  # noqa: B009 — only some datasets have them


def _with_augmentations(spec: ExperimentSpec, *augmentations: Any) -> ExperimentSpec:
    return checked(spec.model_copy(update={"data": spec.data.model_copy(update={"augmentations": augmentations})}))
