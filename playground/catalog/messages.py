"""Pydantic's validation errors in plain words."""

import difflib
from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.layers import LAYERS
from playground.catalog.losses import LOSSES
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.catalog.variant import Registry

# Families by spec field, for messages that suggest the nearest known kind.
_FAMILIES: dict[str, Registry[Any]] = {
    "data": DATASETS,
    "network": LAYERS,
    "layers": LAYERS,
    "branch": LAYERS,
    "loss": LOSSES,
    "optimizer": OPTIMIZERS,
    "schedule": SCHEDULES,
    "augmentations": AUGMENTATIONS,
}


def explain(details: ErrorDetails, root: type[BaseModel]) -> str:
    """One pydantic error in our words: the path, the rule, the value, and a suggestion if there is one. root: the model that was read."""
    location = details["loc"]
    return f"{_path(location)}: {_rule(details, root)}"


def _path(location: Sequence[int | str]) -> str:
    """("network", 2, "dense", "units") → "network[2].units": the kind that selected the union's branch is not part of the path."""
    parts: list[str] = []
    family: Registry[Any] | None = None
    for part in location:
        if isinstance(part, int):
            parts.append(f"[{part}]")
        elif family is not None and part in family:
            family = None
        else:
            family = _FAMILIES.get(part)
            parts.append(f".{part}" if parts else part)
    return "".join(parts)[:200] or "spec"


_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("more than", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("less than", "lt"),
}


def _rule(details: ErrorDetails, root: type[BaseModel]) -> str:
    location, kind, context, value = details["loc"], details["type"], details.get("ctx", {}), _short(details["input"])
    if kind in _BOUNDS:
        words, key = _BOUNDS[kind]
        return f"must be {words} {context[key]:g}, got {value}"
    if kind == "union_tag_invalid":
        return _family(location).unknown(context["tag"])
    if kind == "union_tag_not_found":
        return f"must be an object with a kind, one of {', '.join(_family(location).kinds())}; got {value}"
    if kind in ("recursion_loop", "recursion_depth_exceeded"):
        return "is nested too deeply"
    if kind == "too_long":
        return f"must have at most {context['max_length']} entries, got {context.get('actual_length') or 'more'}"
    if kind == "missing":
        return "is missing"
    if kind == "extra_forbidden":
        return f"is not a setting here{_near_field(location, root)}; remove it"
    if kind == "literal_error":
        return f"must be {context['expected']}, got {value}"
    if kind == "value_error":
        return details["msg"].removeprefix("Value error, ")
    return f"{details['msg'][0].lower()}{details['msg'][1:]}, got {value}"


def _family(location: Sequence[int | str]) -> Registry[Any]:
    names = [part for part in location if isinstance(part, str) and part in _FAMILIES]
    return _FAMILIES[names[-1]]


def _near_field(location: Sequence[int | str], root: type[BaseModel]) -> str:
    """ " (did you mean 'units'?)" for a misspelled field."""
    owner: type[BaseModel] = root
    for part in location[:-1]:
        variants = [registry[part] for registry in _FAMILIES.values() if isinstance(part, str) and part in registry]
        field = owner.model_fields.get(str(part))
        if variants:
            owner = variants[0]
        elif field is not None and isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            owner = field.annotation
    near = difflib.get_close_matches(str(location[-1])[:80], list(owner.model_fields), n=1, cutoff=0.5)
    return f" (did you mean {near[0]!r}?)" if near else ""


def _short(value: object) -> str:
    try:
        text = repr(value)
    except RecursionError:
        text = f"a deeply nested {type(value).__name__}"
    return text if len(text) <= 60 else text[:57] + "…"


def counted(count: int, one: str, several: str = "") -> str:
    """1 file; 2,000 files. several: the plural, if it is not `one` with an s."""
    return f"{count:,} {one if count == 1 else several or one + 's'}"
