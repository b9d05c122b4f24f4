"""Every change that a user can make to a spec: pure functions from a spec to the next one."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.datasets.base import Dataset
from playground.catalog.layers import LAYERS, Flatten, Layer, Output
from playground.catalog.losses import LOSSES
from playground.catalog.losses.base import Loss
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.catalog.variant import Registry, Variant
from playground.parsing import parse_spec
from playground.spec import ExperimentSpec, SpecError

Part = Literal["loss", "optimizer", "schedule"]

_PARTS: dict[Part, Registry[Any]] = {"loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}
_STEP = re.compile(r"([a-z_0-9]+)|\[(\d+)\]")


def set_field(spec: ExperimentSpec, path: str, value: object) -> ExperimentSpec:
    """The spec with one setting changed, as in `network[2].units`.

    Raises: SpecError if there is no such place, or the value is not allowed there."""
    steps = [int(index) if index else name for name, index in _STEP.findall(path)]
    data = spec.model_dump()
    owner: Any = data
    try:
        for step in steps[:-1]:
            owner = owner[step]
        owner[steps[-1]]
        owner[steps[-1]] = value
    except (KeyError, IndexError, TypeError):
        raise SpecError(f"{path}: there is no such setting here") from None
    return parse_spec(data)


def add_layer(spec: ExperimentSpec, index: int, kind: str) -> ExperimentSpec:
    """A new layer, with its defaults, before layer `index`; at the end for `index == len(spec.network)`."""
    _check(spec.network, index, len(spec.network) + 1, "network")
    return _with_network(spec, *spec.network[:index], _of(LAYERS, kind)(), *spec.network[index:])


def move_layer(spec: ExperimentSpec, index: int, to: int) -> ExperimentSpec:
    """Layer `index` at the place `to` of the network."""
    _check(spec.network, index, len(spec.network), "network")
    _check(spec.network, to, len(spec.network), "network")
    return _with_network(spec, *_moved(spec.network, index, to))


def duplicate_layer(spec: ExperimentSpec, index: int) -> ExperimentSpec:
    """Layer `index` twice, one after the other."""
    _check(spec.network, index, len(spec.network), "network")
    return _with_network(spec, *spec.network[: index + 1], *spec.network[index:])


def remove_layer(spec: ExperimentSpec, index: int) -> ExperimentSpec:
    """Without layer `index`."""
    _check(spec.network, index, len(spec.network), "network")
    return _with_network(spec, *spec.network[:index], *spec.network[index + 1 :])


def replace_part(spec: ExperimentSpec, part: Part, kind: str) -> ExperimentSpec:
    """Another loss, optimizer or schedule, which keeps the settings that both have, such as the learning rate."""
    current: Variant = getattr(spec, part)
    return spec.model_copy(update={part: _keeping(_of(_PARTS[part], kind), current)})


@dataclass(frozen=True)
class Adapted:
    """A spec, and what had to change with it besides what was asked for: sentences for the user."""

    spec: ExperimentSpec
    notes: tuple[str, ...] = ()


def replace_dataset(spec: ExperimentSpec, kind: str) -> Adapted:
    """Another dataset. What fits it stays: shared settings, layers, the loss; what does not is adapted, and told."""
    dataset: Dataset = _keeping(_of(DATASETS, kind), spec.data)
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
    return _with_augmentations(spec, *_augmentations(spec), _of(AUGMENTATIONS, kind)())


def remove_augmentation(spec: ExperimentSpec, index: int) -> ExperimentSpec:
    """Without augmentation `index`."""
    kept = _augmentations(spec)
    _check(kept, index, len(kept), "data.augmentations")
    return _with_augmentations(spec, *kept[:index], *kept[index + 1 :])


def move_augmentation(spec: ExperimentSpec, index: int, to: int) -> ExperimentSpec:
    """Augmentation `index` at the place `to`: they are applied in order."""
    kept = _augmentations(spec)
    _check(kept, index, len(kept), "data.augmentations")
    _check(kept, to, len(kept), "data.augmentations")
    return _with_augmentations(spec, *_moved(kept, index, to))


def apply(spec: ExperimentSpec, operation: object) -> ExperimentSpec:
    """One operation of the network editor, as it comes from the browser: {"op": "add" | "move" | "duplicate" | "remove" | "set", …}.

    Raises: SpecError if it is no operation, or cannot be done."""
    if not isinstance(operation, dict) or not isinstance(operation.get("op"), str) or operation["op"] not in _OPERATIONS:
        raise SpecError("network: this edit is not known here; reload the page")
    edit, names = _OPERATIONS[operation["op"]]
    arguments = [operation.get(name) for name in names]
    wrong = [name for name, value in zip(names, arguments, strict=True) if type(value) is not (int if name in ("index", "to") else str)]
    if wrong:
        raise SpecError(f"network: this edit came without {', '.join(wrong)}; reload the page")
    if operation["op"] == "set":
        return set_field(spec, f"network[{operation['index']}].{operation['field']}", operation.get("value"))
    return edit(spec, *arguments)


_OPERATIONS: dict[str, tuple[Callable[..., ExperimentSpec], tuple[str, ...]]] = {
    "add": (add_layer, ("index", "kind")),
    "move": (move_layer, ("index", "to")),
    "duplicate": (duplicate_layer, ("index",)),
    "remove": (remove_layer, ("index",)),
    "set": (set_field, ("index", "field")),
}


def _of(registry: Registry[Any], kind: str) -> Any:
    try:
        return registry[kind]
    except KeyError:
        raise SpecError(registry.unknown(kind)) from None


def _check(items: tuple[Any, ...], index: int, end: int, path: str) -> None:
    if not 0 <= index < end:
        raise SpecError(f"{path}[{index}]: there is no such place, there are {len(items)}")


def _with_network(spec: ExperimentSpec, *layers: Layer) -> ExperimentSpec:
    return _checked(spec.model_copy(update={"network": layers}))


def _checked(spec: ExperimentSpec) -> ExperimentSpec:
    """A copy is not validated by pydantic; reading it again is, and says in our words what is wrong (too many layers …)."""
    return parse_spec(spec.model_dump())


def _moved(items: tuple[Any, ...], index: int, to: int) -> list[Any]:
    rest = [item for place, item in enumerate(items) if place != index]
    return [*rest[:to], items[index], *rest[to:]]


def _keeping(variant: type[Any], current: BaseModel) -> Any:
    """The variant with the settings of `current` that it has too; each only where its value is allowed."""
    kept: dict[str, Any] = {}
    for name in variant.model_fields.keys() & type(current).model_fields.keys() - {"kind"}:
        trial = {**kept, name: current.model_dump()[name]}
        try:
            variant.model_validate(trial)
        except ValueError:
            continue
        kept = trial
    return variant.model_validate(kept)


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
    return _checked(spec.model_copy(update={"data": spec.data.model_copy(update={"augmentations": augmentations})}))
