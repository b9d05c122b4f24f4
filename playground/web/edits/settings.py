"""Edits of single settings, by path."""

from typing import Any

from playground.parsing import parse_spec
from playground.paths import steps
from playground.spec import ExperimentSpec, SpecError


def set_field(spec: ExperimentSpec, path: str, value: object) -> ExperimentSpec:
    """The spec with one setting changed, such as `network[2].units`.

    Raises: SpecError if there is no such path, or the value is not allowed."""
    *owners, name = steps(path)
    data = spec.model_dump()
    owner: Any = data
    try:
        for step in owners:
            owner = owner[step]
        owner[name]
        owner[name] = value
    except (KeyError, IndexError, TypeError):
        raise SpecError(f"{path}: there is no such setting here") from None
    return parse_spec(data)


def checked(spec: ExperimentSpec) -> ExperimentSpec:
    """The spec, validated. pydantic does not validate copies, so it is parsed again, with our own messages (too many layers, …)."""
    return parse_spec(spec.model_dump())
