"""What people and programs may hand in as an experiment, drawn at random: it is read, or refused in words, and never half.

What is refused raises SpecError and nothing else; what is read survives being written down again."""

import base64
import json
import zlib
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.export.link import from_token, to_token
from playground.opening import spec_of_text
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.spec import MAX_DEPTH, MAX_SPEC_BYTES, ExperimentSpec, SpecError, compact
from playground.web import edits
from tests.drawn import experiments

SPEC = PRESETS["inception_block"].spec
FUZZ = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])


def refusal(read: Callable[[Any], ExperimentSpec], source: Any) -> tuple[ExperimentSpec | None, tuple[str, ...]]:
    """The experiment, or what is wrong."""
    try:
        return read(source), ()
    except SpecError as error:
        return None, error.problems


def answer(read: Callable[[Any], ExperimentSpec], source: Any) -> ExperimentSpec | None:
    """The experiment, which comes back equal from a file and from a link; None where it was refused, in a few words."""
    spec, problems = refusal(read, source)
    if spec is None:
        assert 1 <= len(problems) <= 20
        assert all(0 < len(problem.encode()) < 2000 and len(problem.splitlines()) == 1 for problem in problems)
        return None
    assert parse_spec(spec.to_json()) == spec
    assert len(to_token(spec)) > MAX_SPEC_BYTES or from_token(to_token(spec)) == spec
    return spec


@FUZZ
@given(experiments())
def test_every_experiment_survives_a_file_and_a_link(spec: ExperimentSpec) -> None:
    assert answer(parse_spec, spec.to_json(2)) == spec
    assert answer(from_token, to_token(spec)) == spec
    assert answer(spec_of_text, spec.to_json()) == spec


halves = st.text(st.characters(exclude_categories=()), max_size=8)
NAMES = ["kind", "layers", "branch", "units", "lr", "augmentations"]
KINDS = ["conv2d", "residual", "rotation", "spiral"]
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | halves | st.sampled_from(KINDS),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(NAMES) | halves, inner, max_size=4),
    max_leaves=10,
)


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The way to everything in plain data."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [way, *(found for key, each in items for found in places(each, (*way, key)))]


def put(value: Any, way: tuple[Any, ...], new: Any) -> Any:
    if not way:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[way[0]] = put(changed[way[0]], way[1:], new)
    return changed


@FUZZ
@given(experiments(), st.data())
def test_anything_may_stand_at_any_place(spec: ExperimentSpec, data: st.DataObject) -> None:
    plain = json.loads(spec.to_json())
    for _ in range(data.draw(st.integers(1, 3))):
        ways = places(plain)
        plain = put(plain, ways[data.draw(st.integers(0, len(ways) - 1))], data.draw(anything))
    answer(parse_spec, json.dumps(plain))
    if isinstance(plain, dict):
        answer(parse_spec, plain)


@FUZZ
@given(experiments(), st.data())
def test_text_that_was_cut_joined_or_changed(spec: ExperimentSpec, data: st.DataObject) -> None:
    for read, text in ((parse_spec, spec.to_json()), (from_token, to_token(spec)), (spec_of_text, f"?hide=data&spec={to_token(spec)}")):
        start, stop = sorted((data.draw(st.integers(0, len(text))), data.draw(st.integers(0, len(text)))))
        answer(read, text[:start] + data.draw(st.text(max_size=6)) + text[stop:])
        answer(read, text + text[start:])


@FUZZ
@given(st.binary(max_size=300), st.booleans())
def test_any_bytes_as_a_file_and_inside_a_link(content: bytes, packed: bool) -> None:
    answer(parse_spec, content)
    answer(from_token, base64.urlsafe_b64encode(zlib.compress(content) if packed else content).decode())


@FUZZ
@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_text_that_somebody_pastes(text: str) -> None:
    answer(spec_of_text, text)


def nested(depth: int, kind: str = "residual") -> list[dict[str, Any]]:
    layers: list[dict[str, Any]] = [{"kind": "relu"}]
    for _ in range(depth):
        layers = [{"kind": "residual", "layers": layers} if kind == "residual" else {"kind": "parallel", "branch": [layers, []]}]
    return layers


def with_network(network: Any) -> dict[str, Any]:
    return {**compact(SPEC), "network": network}


@pytest.mark.parametrize("kind", ["residual", "parallel"])
@pytest.mark.parametrize("depth", [MAX_DEPTH + 1, 50, 120, 300, 900, 5000])
def test_blocks_in_blocks_are_refused_however_deep(kind: str, depth: int) -> None:
    assert parse_spec(with_network(nested(MAX_DEPTH, kind))).network
    with pytest.raises(SpecError):
        parse_spec(with_network(nested(depth, kind)))
    if depth < 300:  # Python's own JSON writer goes no deeper
        text = json.dumps(with_network(nested(depth, kind)))
        packed = base64.urlsafe_b64encode(zlib.compress(text.encode())).decode()
        assert [answer(*pair) for pair in ((parse_spec, text), (spec_of_text, text), (from_token, packed))] == [None] * 3


def test_plain_data_that_hold_themselves_are_refused() -> None:
    layer: dict[str, Any] = {"kind": "residual"}
    layer["layers"] = [layer]
    with pytest.raises(SpecError):
        parse_spec(with_network([layer]))
    whole = dict(compact(SPEC))
    whole["data"] = whole
    with pytest.raises(SpecError):
        parse_spec(whole)


EDITS = "add move duplicate remove add_branch remove_branch set paste text wrap_residual wrap_parallel unwrap x"
PATHS = ["network[0]", "network[3]", "network[3].branch[1]", "network[3].branch[1][0]", "network[99]", "network", "data"]
WORDS = ["relu", "conv | relu", "residual(" * 9, "join", "filters", "x" * 1000]
operations = st.fixed_dictionaries(
    {"op": st.sampled_from(EDITS.split())},
    optional={
        **dict.fromkeys(("path", "to"), st.sampled_from(PATHS) | anything),
        **dict.fromkeys(("kind", "field", "value", "text", "layers", "count"), st.sampled_from(WORDS) | anything),
    },
)


@settings(max_examples=400, deadline=None)
@given(operations | anything)
def test_any_edit_is_done_whole_or_refused(operation: Any) -> None:
    before = SPEC.to_json()
    answer(lambda wanted: edits.apply(SPEC, wanted), operation)
    assert SPEC.to_json() == before
