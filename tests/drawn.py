"""Layers, networks and experiments drawn at random by Hypothesis, from the declarations of the catalog."""

import types
import typing
from typing import Annotated, Any

from annotated_types import Ge, Gt, Le, Lt
from hypothesis import strategies as st
from pydantic import BaseModel

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DATASETS
from playground.catalog.layers import LAYERS, Layer, Parallel, Residual
from playground.catalog.losses import LOSSES
from playground.catalog.optimizers import OPTIMIZERS
from playground.catalog.schedules import SCHEDULES
from playground.spec import ExperimentSpec, StopConditions, TrainingSettings

_BLOCKS = (Residual, Parallel)
_SIMPLE = [variant for variant in LAYERS if variant not in _BLOCKS]


def of(variant: type[BaseModel]) -> st.SearchStrategy[Any]:
    """Any value of a variant, with numbers, choices and switches drawn; nested fields and fields tied to content keep their defaults."""
    fields = {name: drawn for name in variant.model_fields if (drawn := _field(variant, name)) is not None}
    return st.fixed_dictionaries({}, optional=fields).map(lambda values: _allowed(variant, values))


def _allowed(variant: type[BaseModel], values: dict[str, Any]) -> BaseModel:
    """The variant with as many of the values as are valid together: some settings exclude others."""
    kept: dict[str, Any] = {}
    for name, value in values.items():
        try:
            variant.model_validate({**kept, name: value})
        except ValueError:
            continue
        kept[name] = value
    return variant.model_validate(kept)


def _field(variant: type[BaseModel], name: str) -> st.SearchStrategy[Any] | None:
    field = variant.model_fields[name]
    bounds = [bound for bound in field.metadata if isinstance(bound, Ge | Gt | Le | Lt)]
    members = typing.get_args(field.annotation) if isinstance(field.annotation, types.UnionType) else (field.annotation,)
    drawn: list[st.SearchStrategy[Any]] = []
    for member in members:
        if member is bool or member is type(None) or typing.get_origin(member) is typing.Literal:
            drawn.append(st.from_type(member))
        elif member in (int, float):
            drawn.append(st.from_type(Annotated[(member, *bounds)]) if bounds else st.integers(0, 9))  # type: ignore[misc]
        else:
            return None
    return None if name == "kind" else st.one_of(drawn)


def simple_layers() -> st.SearchStrategy[Layer]:
    """Any layer that contains no others."""
    return st.sampled_from(_SIMPLE).flatmap(of)


def layers(depth: int = 2) -> st.SearchStrategy[Layer]:
    """Any layer; blocks are nested at most `depth` deep."""
    if depth == 0:
        return simple_layers()
    chain = st.lists(layers(depth - 1), max_size=3).map(tuple)
    residual = chain.map(lambda inner: Residual(layers=inner))
    parallel = st.builds(
        lambda branch, join: Parallel(branch=branch, join=join),
        st.lists(chain, min_size=1, max_size=3).map(tuple),
        st.sampled_from(["concatenate", "add"]),
    )
    return st.one_of(simple_layers(), simple_layers(), residual, parallel)


def networks(depth: int = 2) -> st.SearchStrategy[tuple[Layer, ...]]:
    """Any chain of layers, valid or not."""
    return st.lists(layers(depth), max_size=6).map(tuple)


def _datasets() -> st.SearchStrategy[Any]:
    free = [variant for variant in DATASETS if not any(field.is_required() for field in variant.model_fields.values())]
    return st.sampled_from(free).flatmap(of)


def experiments() -> st.SearchStrategy[ExperimentSpec]:
    """Any experiment on included data that a spec can express, trainable or not."""
    settings = st.builds(lambda whole, stop: whole.model_copy(update={"stop": stop}), of(TrainingSettings), of(StopConditions))
    drawn = st.tuples(_datasets(), st.lists(st.sampled_from(list(AUGMENTATIONS)).flatmap(of), max_size=3).map(tuple))
    data = drawn.map(lambda pair: pair[0].model_copy(update={"augmentations": pair[1]} if hasattr(pair[0], "augmentations") else {}))
    return st.builds(
        ExperimentSpec,
        data=data,
        network=networks(),
        loss=st.sampled_from(list(LOSSES)).flatmap(of),
        optimizer=st.sampled_from(list(OPTIMIZERS)).flatmap(of),
        schedule=st.sampled_from(list(SCHEDULES)).flatmap(of),
        training=settings,
    )
