"""Reading specs: valid ones come back equal; errors name the path, the rule and a suggestion."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.spec import SpecError, compact

DESIGNED = {
    "version": 3,
    "data": {"kind": "mnist_sample", "augmentations": [{"kind": "rotation", "degrees": 12}]},
    "network": [
        {"kind": "flatten"},
        {"kind": "dense", "units": 256},
        {"kind": "relu"},
        {"kind": "dropout", "rate": 0.2},
        {"kind": "output"},
    ],
    "loss": {"kind": "cross_entropy"},
    "optimizer": {"kind": "adam", "lr": 0.001},
    "training": {"epochs": 5, "batch_size": 32, "seed": 0, "device": "auto"},
}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The designed spec with one place changed; `path` as in "network.1.units"."""
    spec = json.loads(json.dumps(DESIGNED))
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    place = spec
    for part in way:
        place = place[part]
    place[last] = value
    return dict(spec)


def test_the_designed_form_is_read_and_written_back() -> None:
    spec = parse_spec(json.dumps(DESIGNED))
    assert [layer.kind for layer in spec.network] == ["flatten", "dense", "relu", "dropout", "output"]
    assert parse_spec(spec.to_json()) == spec


@pytest.mark.parametrize("name", PRESETS)
def test_presets_survive_json_and_the_compact_form(name: str) -> None:
    spec = PRESETS[name].spec
    assert parse_spec(spec.to_json(indent=2)) == spec
    assert parse_spec(compact(spec)) == spec


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("network.1.units", 0, "network[1].units: must be at least 1, got 0"),
        ("network.1.units", "many", "network[1].units: input should be a valid integer, unable to parse string as an integer, got 'many'"),
        ("network.1.unit", 3, "network[1].unit: is not a setting here (did you mean 'units'?); remove it"),
        ("network.1.kind", "dens", "network[1]: unknown layer 'dens'; did you mean 'dense'?"),
        ("network.3.rate", 1.5, "network[3].rate: must be at most 0.9, got 1.5"),
        ("network.1", {"units": 3}, "network[1]: must be an object with a kind, one of dense, features, conv2d"),
        ("loss.kind", "cross_entropie", "loss: unknown loss 'cross_entropie'; did you mean 'cross_entropy'?"),
        ("optimizer.lr", -1, "optimizer.lr: must be more than 0, got -1"),
        ("optimizer.lr", float("nan"), "optimizer.lr: "),
        ("training.device", "tpu", "training.device: must be 'auto', 'cpu', 'cuda' or 'mps', got 'tpu'"),
        ("training.epoch", 3, "training.epoch: is not a setting here (did you mean 'epochs'?); remove it"),
        ("training.stop", {"patience": 0}, "training.stop.patience: must be at least 1, got 0"),
        ("data.augmentations.0.kind", "rotate", "data.augmentations[0]: unknown augmentation 'rotate'; did you mean 'rotation'?"),
        ("data.augmentations.0.probability", 2, "data.augmentations[0].probability: must be at most 1, got 2"),
        ("version", 4, "version: this spec was made by a newer version of the playground (4; here: 3); update to open it"),
        ("colour", "red", "colour: is not a setting here; remove it"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(path: str, value: Any, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(changed(path, value))
    assert caught.value.problems[0].startswith(message), caught.value.problems


def test_a_network_may_be_empty() -> None:
    assert parse_spec(changed("network", [])).network == ()


@pytest.mark.parametrize("missing", ["data", "network", "loss"])
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(SpecError, match=f"^{missing}: is missing"):
        parse_spec({key: value for key, value in DESIGNED.items() if key != missing})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        '{"data":}',
        '{"version": true}',
        "[" * 100000,
        '{"training": {"seed": ' + "9" * 5000 + "}}",
        b"\xff\xfe",
        '"' + "x" * 2000000 + '"',
    ],
)
def test_garbage_is_a_spec_error(text: str | bytes) -> None:
    with pytest.raises(SpecError) as caught:
        parse_spec(text)
    assert all(len(problem) < 500 for problem in caught.value.problems)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda children: (
        st.lists(children, max_size=4)
        | st.dictionaries(st.sampled_from(["kind", "units", "lr", "x"]) | st.text(max_size=8), children, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(
        ["data", "network", "network.1", "loss", "optimizer", "schedule", "training", "training.stop", "version", "data.augmentations"]
    ),
    json_values,
)
def test_any_value_in_any_place_is_read_or_refused(path: str, value: Any) -> None:
    spec, problems = None, ()
    try:
        spec = parse_spec(changed(path, value))
    except SpecError as error:
        problems = error.problems
    assert problems[0] if spec is None else parse_spec(spec.to_json()) == spec
