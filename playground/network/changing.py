"""What may change while a run goes on: which settings, which weights, from when on, and what a change does to the network."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import torch
from pydantic import BaseModel, ValidationError
from torch import nn

from playground.catalog.layers import Layer
from playground.catalog.messages import explain
from playground.catalog.tensors import TensorSpec
from playground.network.modules import module_name
from playground.network.problems import Fix, Problem
from playground.paths import item, layers_in_order, numbered, replaced
from playground.spec import Change, ExperimentSpec, SpecError

if TYPE_CHECKING:
    from playground.network.trace import Row

LEARNING_RATE = "optimizer.lr"
_WEIGHT = re.compile(
    r"(?P<owner>network\[\d+\](?:\.(?:layers|branch\[\d+\])\[\d+\])*)\.(?P<name>[a-z_0-9]+(?:\.[a-z_0-9]+)*)(?P<index>(?:\[\d+\])*)"
)
"""The path of a layer, the name of a parameter in its module, and which of its numbers."""

BATCH_SIZE = "training.batch_size"
LABEL_NOISE = "data.label_noise"
_AUGMENTATIONS = "data.augmentations"
_NUMBERS = (int, float)


@dataclass(frozen=True)
class Changeable:
    """A setting that may change while a run goes on. title: of the setting and what it belongs to, within a sentence. at_once: whether it
    is in effect from the next step on; otherwise from the first epoch on that begins after a further step."""

    path: str
    title: str
    at_once: bool = True


@dataclass(frozen=True)
class Attributes:
    """Where the network keeps a setting of a layer: in these attributes of its module, such as `p` or `dropout1.p`."""

    module: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Weight:
    """A single weight. module: of its layer; name: of the parameter in that module; index: as long as the parameter has dimensions."""

    module: str
    name: str
    index: tuple[int, ...]


Target = Attributes | Weight
"""What a change sets in the network."""


def changeable(spec: ExperimentSpec) -> tuple[Changeable, ...]:
    """The settings of this experiment that may change; weights may change, too."""
    settings = [Changeable(LEARNING_RATE, "learning rate")]
    for path, layer in layers_in_order(spec):
        for name in layer.changes:
            title = str(type(layer).model_fields[name].title).lower()
            settings.append(Changeable(f"{path}.{name}", f"{title} of layer {numbered(path)} ({layer.spoken()})"))
    for index, augmentation in enumerate(getattr(spec.data, "augmentations", ())):
        for name, field in type(augmentation).model_fields.items():
            if type(getattr(augmentation, name)) in _NUMBERS:
                title = f"{str(field.title).lower()} of {augmentation.spoken()}"
                settings.append(Changeable(f"{_AUGMENTATIONS}[{index}].{name}", title, at_once=False))
    settings.append(Changeable(BATCH_SIZE, "batch size", at_once=False))
    if "label_noise" in spec.data.difficulty:
        settings.append(Changeable(LABEL_NOISE, "label noise", at_once=False))
    return tuple(settings)


def is_of_batches(path: str) -> bool:
    """Whether a change concerns the batches, and takes effect between two epochs, not the network or the learning rate."""
    return path in (BATCH_SIZE, LABEL_NOISE) or path.startswith(_AUGMENTATIONS)


def target(spec: ExperimentSpec, path: str) -> Target:
    """What a change of this path sets in the network. Raises: SpecError if nothing there may change."""
    found = _target(dict(layers_in_order(spec)), path)
    if found is None:
        raise SpecError(f"{path}: cannot change while a run goes on; what can: {_options(spec)}")
    return found


def _target(layers: Mapping[str, Layer], path: str) -> Target | None:
    """layers: all of them by path."""
    owner, _, name = path.rpartition(".")
    if owner in layers and name in layers[owner].changes:
        return Attributes(module_name(owner), layers[owner].changes[name])
    weight = _WEIGHT.fullmatch(path)
    if weight is None or not weight["index"] or weight["owner"] not in layers:
        return None
    index = tuple(int(number) for number in re.findall(r"\d+", weight["index"]))
    return Weight(module_name(weight["owner"]), weight["name"], index)


def apply(model: nn.Module, target: Target, value: float) -> None:
    """Sets in a network of the spec what a change of it sets."""
    module = model.get_submodule(target.module)
    if isinstance(target, Attributes):
        for name in target.names:
            owner, _, attribute = name.rpartition(".")
            setattr(module.get_submodule(owner), attribute, value)
    else:
        with torch.no_grad():
            module.get_parameter(target.name)[target.index] = value


def after(spec: ExperimentSpec, step: int | None = None) -> ExperimentSpec:
    """The settings that are in effect after this many steps, all changes being valid; None: after all changes. Weights are no settings."""
    settings = {setting.path for setting in changeable(spec)}
    for change in spec.changes:
        if (step is None or change.step <= step) and change.path in settings:
            spec = replaced(spec, change.path, change.value)
    return spec


def without_stale(before: ExperimentSpec, edited: ExperimentSpec) -> ExperimentSpec:
    """An edited spec without the changes that an edit has left without their place: of layers, or of augmentations, if there are others
    now, since a path would lead to another one."""
    if not edited.changes or edited.changes != before.changes:
        return edited
    layers = () if _kinds(before) == _kinds(edited) else ("network[",)
    augmentations = () if _augmentations(before) == _augmentations(edited) else (_AUGMENTATIONS,)
    stale: tuple[str, ...] = (*layers, *augmentations)
    return edited.model_copy(update={"changes": tuple(change for change in edited.changes if not change.path.startswith(stale))})


def _kinds(spec: ExperimentSpec) -> list[tuple[str, str]]:
    return [(path, layer.kind) for path, layer in layers_in_order(spec)]


def _augmentations(spec: ExperimentSpec) -> list[str]:
    return [each.kind for each in getattr(spec.data, "augmentations", ())]


def checked_change(spec: ExperimentSpec, step: int, path: str, value: float) -> Change:
    """A change of a run of this experiment. Raises: SpecError, with path, rule, value and remedy, if it cannot be made."""
    from playground.network.trace import trace

    try:
        change = Change(step=step, path=path, value=value)
    except ValidationError as error:
        raise SpecError(f"{path[:80]}: {explain(error.errors(include_url=False)[0], Change)}") from None
    traced = trace(spec)
    _Checks(spec, (*traced.rows, *traced.inside), traced.outputs).check(change)
    changed = spec.with_change(change)
    if path == BATCH_SIZE:
        for message in _batch_problems(changed):
            raise SpecError(f"{path}: {message}")
    return change


def check_changes(spec: ExperimentSpec, rows: Sequence["Row"], outputs: int) -> Iterator[Problem]:
    """What is wrong with the changes of a spec. rows: of all layers; outputs: of the network."""
    if not spec.changes:
        return
    checks = _Checks(spec, rows, outputs)
    for index, change in enumerate(spec.changes):
        try:
            checks.check(change)
        except SpecError as error:
            others = (*spec.changes[:index], *spec.changes[index + 1 :])
            fix = Fix("Remove this change", spec.model_copy(update={"changes": others}))
            yield Problem(f"changes[{index}]", f"At step {change.step:,}: {error.problems[0]}", fix=fix)
            return  # later problems are reported once this one is fixed
    for message in _batch_problems(spec):
        others = tuple(change for change in spec.changes if change.path != BATCH_SIZE)
        fix = Fix("Keep the batch size", spec.model_copy(update={"changes": others}))
        yield Problem("changes", message, fix=fix)


def weights(spec: ExperimentSpec) -> dict[str, tuple[int, ...]]:
    """The weights of a network that can be built: by path, such as `network[1].weight`, their dimensions."""
    from playground.network.trace import trace

    traced = trace(spec)
    return {
        f"{row.path}.{name}": shape
        for row in traced.in_order()
        for name, shape in _shapes(item(spec, row.path).sized(traced.outputs), row.tensor_in).items()
        if not name.startswith(("body.", "branches."))  # those are weights of the layers inside
    }


def told(spec: ExperimentSpec) -> list[dict[str, object]]:
    """The changes of a spec in words: {"step", "text"}, such as "learning rate 0.1 → 0.01"."""
    titles, layers = {setting.path: setting.title for setting in changeable(spec)}, dict(layers_in_order(spec))
    values: dict[str, float] = {}
    lines: list[dict[str, object]] = []
    for change in spec.changes:
        if change.path in titles:
            before = values.get(change.path, item(spec, change.path))
            text = f"{titles[change.path]} {before:g} → {change.value:g}"
        else:
            text = f"{spoken_weight(layers, change.path)} set to {change.value:g}"
        values[change.path] = change.value
        lines.append({"step": change.step, "text": text})
    return lines


def spoken_weight(layers: Mapping[str, Layer], path: str) -> str:
    """`network[1].weight[3][5]` → "weight[3][5] of layer 2 (dense)", and without an index accordingly. layers: all of them by path."""
    found = _WEIGHT.fullmatch(path)
    if found is None or found["owner"] not in layers:
        return path
    return f"{found['name']}{found['index']} of layer {numbered(found['owner'])} ({layers[found['owner']].spoken()})"


class _Checks:
    """What is needed to check changes of a spec, looked up once for all of them."""

    def __init__(self, spec: ExperimentSpec, rows: Sequence["Row"], outputs: int) -> None:
        self._spec, self._outputs = spec, outputs
        self._rows = {row.path: row for row in rows}
        self._layers = dict(layers_in_order(spec))
        self._settings = {setting.path for setting in changeable(spec)}

    def check(self, change: Change) -> None:
        """Raises: SpecError."""
        path = change.path
        if path in self._settings:
            owner, _, name = path.rpartition(".")
            _check_value(path, item(self._spec, owner), name, change.value)
            return
        weight, found = _target(self._layers, path), _WEIGHT.fullmatch(path)
        if not isinstance(weight, Weight) or found is None:
            raise SpecError(f"{path}: cannot change while a run goes on; what can: {_options(self._spec)}")
        owner = found["owner"]
        if owner not in self._rows:
            return  # the layer cannot be built: that is a problem of its own
        shapes = _shapes(self._layers[owner].sized(self._outputs), self._rows[owner].tensor_in)
        if weight.name not in shapes:
            names = ", ".join(shapes) or "none"
            raise SpecError(f"{path}: layer {numbered(owner)} has no weights of this name; it has: {names}")
        shape = shapes[weight.name]
        if len(weight.index) != len(shape) or any(index >= size for index, size in zip(weight.index, shape, strict=True)):
            last = "".join(f"[{size - 1}]" for size in shape)
            raise SpecError(f"{path}: must name one weight of {' × '.join(map(str, shape))}; the last one is {owner}.{weight.name}{last}")


def _batch_problems(spec: ExperimentSpec) -> Iterator[str]:
    """What prevents training with the smallest or the largest batches that a spec changes to."""
    from playground.network.trace import trace

    sizes = [int(change.value) for change in spec.changes if change.path == BATCH_SIZE]
    for size in dict.fromkeys((min(sizes), max(sizes)) if sizes else ()):
        changed = replaced(spec.model_copy(update={"changes": ()}), BATCH_SIZE, size)
        message = next((problem.message for problem in trace(changed).problems if problem.severity == "error"), None)
        if message is not None:
            yield f"Batches of {size}: {message}"
            return


def _check_value(path: str, owner: BaseModel, name: str, value: float) -> None:
    """Whether the setting may have this value, by its own declaration."""
    try:
        type(owner).model_validate({**owner.model_dump(), name: value})
    except ValidationError as error:
        raise SpecError(f"{path}: {explain(error.errors(include_url=False)[0], type(owner)).partition(': ')[2]}") from None


@lru_cache(maxsize=256)
def _shapes(layer: Layer, x: TensorSpec) -> dict[str, tuple[int, ...]]:
    """The parameters of a layer by name, built without numbers."""
    with torch.device("meta"):
        module = layer.build(x)
    return {name: tuple(parameter.shape) for name, parameter in module.named_parameters()}


def _options(spec: ExperimentSpec) -> str:
    paths = [setting.path for setting in changeable(spec)]
    return ", ".join([*paths[:4], *(["…"] if len(paths) > 4 else []), "single weights such as network[0].weight[0][0]"])
