"""Edits of single settings, by their place."""

from typing import Any

from playground.parsing import parse_spec
from playground.paths import steps
from playground.spec import ExperimentSpec, SpecError


def set_field(spec: ExperimentSpec, path: str, value: object) -> ExperimentSpec:
    """The spec with one setting changed, as in `network[2].units`.

    Raises: SpecError if there is no such place, or the value is not allowed there."""
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
    """A copy is not validated by pydantic; reading it again is, and says in our words what is wrong (too many layers …)."""
    return parse_spec(spec.model_dump())
