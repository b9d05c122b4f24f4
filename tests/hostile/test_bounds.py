"""Networks whose numbers are at their bounds, nested and many: traced in half a second, and without an exception."""

import types
import typing
from typing import Any

import pytest
from annotated_types import Ge, Gt, Le, Lt
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic_core import PydanticUndefined

from playground.catalog.layers import LAYERS, Layer, shapes
from playground.export.link import to_token
from playground.network import trace
from playground.parsing import parse_spec
from playground.spec import MAX_DEPTH, MAX_LAYERS, ExperimentSpec, SpecError
from playground.web.network_state import network_state
from tests.hostile.attacks import experiment
from tests.hostile.costs import CPU_SECONDS, SLOWER, cpu_seconds

DATA = [
    {"kind": "mnist_sample"},
    {"kind": "moons"},
    {"kind": "own_table", "features": 10_000},
    {"kind": "own_images", "side": 128},
    {"kind": "own_images", "side": 8, "colour": False},
]
SIMPLE = [variant for variant in LAYERS if not variant().branches()]
BOUNDED = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def bounds(variant: type[Layer], name: str) -> list[Any]:
    """The values of a setting that a program may be surprised by: its smallest, its largest, every choice, none."""
    field = variant.model_fields[name]
    members = typing.get_args(field.annotation) if isinstance(field.annotation, types.UnionType) else (field.annotation,)
    values: list[Any] = [] if field.default is PydanticUndefined else [field.default]
    for member in members:
        if typing.get_origin(member) is typing.Literal:
            values += typing.get_args(member)
        elif member is bool:
            values += [False, True]
        elif member in (int, float):
            tiny = 1 if member is int else 1e-9
            for rule in field.metadata:
                match rule:
                    case Ge():
                        values.append(rule.ge)
                    case Le():
                        values.append(rule.le)
                    case Gt():
                        values.append(rule.gt + tiny)
                    case Lt():
                        values.append(rule.lt - tiny)
    return values


def at_bounds(variant: type[Layer]) -> st.SearchStrategy[dict[str, Any]]:
    names = [name for name in variant.model_fields if name != "kind"]
    drawn = {name: st.sampled_from(bounds(variant, name)) for name in names}
    return st.fixed_dictionaries({"kind": st.just(variant.name())}, optional=drawn)


layers = st.sampled_from(SIMPLE).flatmap(at_bounds)
runs = st.tuples(layers, st.integers(1, 40)).map(lambda pair: [pair[0]] * pair[1])
chains = st.lists(layers.map(lambda layer: [layer]) | runs, max_size=12).map(lambda parts: [layer for part in parts for layer in part])


def inside(body: list[dict[str, Any]], blocks: list[str], join: str) -> list[dict[str, Any]]:
    """The chain in blocks of these kinds, one in another."""
    for kind in blocks:
        held = {"layers": body[:50]} if kind == "residual" else {"branch": [body[: MAX_LAYERS // 2], []], "join": join}
        body = [{"kind": kind, **held}]
    return body


blocks = st.builds(
    inside, chains, st.lists(st.sampled_from(["residual", "parallel"]), max_size=MAX_DEPTH), st.sampled_from(["concatenate", "add"])
)
networks = st.lists(chains | blocks, min_size=1, max_size=4).map(lambda parts: [layer for part in parts for layer in part])


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    trace(parse_spec(experiment([{"kind": "conv2d"}, {"kind": "batch_norm"}, {"kind": "flatten"}, {"kind": "output"}])))


def test_every_number_has_bounds() -> None:
    """Nothing can be drawn at the bounds of a number that has none."""
    for variant in LAYERS:
        for name, field in variant.model_fields.items():
            if field.annotation in (int, float, int | None, float | None):
                assert sum(isinstance(rule, Ge | Gt | Le | Lt) for rule in field.metadata) == 2, f"{variant.name()}.{name}"


@BOUNDED
@given(networks, st.sampled_from(DATA))
def test_any_network_at_its_bounds_is_traced_at_once(network: list[dict[str, Any]], data: dict[str, Any]) -> None:
    try:
        spec = parse_spec(experiment(network[:MAX_LAYERS], data=data))
    except SpecError:  # more layers than there may be
        return
    shapes.measured.cache_clear()
    assert cpu_seconds(lambda: network_state(spec, trace(spec))) < CPU_SECONDS * SLOWER
    is_sound(spec)


def is_sound(spec: ExperimentSpec) -> None:
    """Every fix is a spec again, and nothing in the trace is larger than it may be."""
    traced = trace(spec)
    for row in (*traced.rows, *traced.inside):
        assert all(size >= 1 for size in row.tensor_out.sizes)
    for problem in traced.problems[:20]:
        if problem.fix is not None:
            assert to_token(problem.fix.spec)
            trace(problem.fix.spec)
