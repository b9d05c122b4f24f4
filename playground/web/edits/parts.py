"""Edits of loss, optimizer and schedule."""

from collections.abc import Collection
from typing import Any, Literal

from pydantic import BaseModel

from playground.catalog.datasets.own import OF_CONTENT
from playground.catalog.losses import LOSSES
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.catalog.variant import Registry, Variant
from playground.spec import ExperimentSpec, SpecError

Part = Literal["loss", "optimizer", "schedule"]

_PARTS: dict[Part, Registry[Any]] = {"loss": LOSSES, "optimizer": OPTIMIZERS, "schedule": SCHEDULES}


def replace_part(spec: ExperimentSpec, part: Part, kind: str) -> ExperimentSpec:
    """Another loss, optimizer or schedule. It keeps changed settings that both have, such as the learning rate; settings left at their
    default get the new default, since Adam's usual rate is far too small for Adadelta."""
    current: Variant = getattr(spec, part)
    changed = [name for name, field in type(current).model_fields.items() if getattr(current, name) != field.default]
    return spec.model_copy(update={part: keeping(variant_of(_PARTS[part], kind), current, changed)})


def variant_of(registry: Registry[Any], kind: str) -> Any:
    """The class of this kind. Raises: SpecError with the nearest known kind."""
    try:
        return registry[kind]
    except KeyError:
        raise SpecError(registry.unknown(kind)) from None


def keeping(variant: type[Any], current: BaseModel, names: Collection[str] | None = None) -> Any:
    """The variant with the settings of `current` that both have, or those in `names`, where the value is allowed. Settings that follow from
    uploaded data are not copied."""
    kept: dict[str, Any] = {}
    wanted = type(current).model_fields.keys() if names is None else names
    of_content = {name for name, field in variant.model_fields.items() if field.json_schema_extra == OF_CONTENT}
    for name in variant.model_fields.keys() & set(wanted) - {"kind"} - of_content:
        trial = {**kept, name: current.model_dump()[name]}
        try:
            variant.model_validate(trial)
        except ValueError:
            continue
        kept = trial
    return variant.model_validate(kept)
