"""Specs of earlier versions: saved links of each version keep opening, and migration steps run in order."""

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest
import torch
from torch.nn import functional as F

from playground.catalog.layers import LayerNorm, Residual
from playground.catalog.tensors import TensorSpec
from playground.export.link import from_token, to_token
from playground.migrations import MIGRATIONS, migrated
from playground.opening import load_spec
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.spec import VERSION, SpecError, compact

KEPT = {
    f"v{version} {name}": entry
    for version in range(1, VERSION + 1)
    for name, entry in json.loads((Path(__file__).parent / "export" / f"links_v{version}.json").read_text()).items()
}


@pytest.mark.parametrize("name", KEPT)
def test_a_link_of_any_version_means_what_it_meant(name: str) -> None:
    """A failure means that existing links would open as something else: add a step to `migrations.py`, never change the file."""
    token, meant = KEPT[name]["token"], KEPT[name]["meant"]
    assert from_token(token) == parse_spec(meant)
    assert load_spec(f"https://example.org/playground?run=wx&spec={token}&hide=data") == parse_spec(meant)


def test_layer_norm_of_a_sequence_still_takes_all_its_steps_together() -> None:
    """In a link of version 1: the mean over all steps and features of an example is 0, and there is a weight for each of them."""
    norm, inside = {"kind": "layer_norm"}, {"kind": "residual", "layers": [{"kind": "layer_norm", "frozen": True}]}
    old = {**compact(PRESETS["lenet5"].spec), "version": 1, "network": [{"kind": "to_sequence", "steps": "columns"}, norm, inside]}
    token = base64.urlsafe_b64encode(zlib.compress(json.dumps(old).encode())).decode()
    spec = from_token(token)
    assert spec.network[1:] == (LayerNorm(over="all"), Residual(layers=(LayerNorm(over="all", frozen=True),)))
    assert from_token(to_token(spec)) == spec
    x = torch.rand(3, 28, 28)
    module = spec.network[1].build(TensorSpec.sequence(28, 28))
    torch.testing.assert_close(module(x), F.layer_norm(x, (28, 28)))
    assert not torch.allclose(module(x).mean(dim=2), torch.zeros(3, 28), atol=1e-3)
    assert module.get_parameter("weight").shape == (28, 28)
    each = LayerNorm().build(TensorSpec.sequence(28, 28))(x)
    torch.testing.assert_close(each, F.layer_norm(x, (28,)))


def test_layer_norm_without_steps_is_left_alone() -> None:
    old = {**compact(PRESETS["lenet5"].spec), "version": 1, "network": [{"kind": "layer_norm"}]}
    assert parse_spec(old).network == (LayerNorm(),)


@pytest.mark.parametrize(
    ("training", "threads"), [(None, 1), ({}, 1), ({"epochs": 3}, 1), ({"threads": 2}, 2)], ids=["none", "empty", "other", "chosen"]
)
def test_links_without_a_number_of_threads_keep_one(training: dict[str, Any] | None, threads: int) -> None:
    old = {**compact(PRESETS["lenet5"].spec), "version": 2}
    old.pop("training", None)
    spec = parse_spec(old if training is None else {**old, "training": training})
    assert spec.training.threads == threads
    assert from_token(to_token(spec)) == spec
    assert parse_spec(compact(PRESETS["lenet5"].spec)).training.threads == "auto"


def test_there_is_a_step_from_every_version_to_the_next() -> None:
    assert sorted(MIGRATIONS) == list(range(1, VERSION))


def renamed(data: dict[str, Any]) -> dict[str, Any]:
    """A step from a version in which layers were called model."""
    return {**{name: value for name, value in data.items() if name != "model"}, "network": data["model"]}


def old_default(data: dict[str, Any]) -> dict[str, Any]:
    """A step from a version with another default number of epochs."""
    data.setdefault("training", {}).setdefault("epochs", 3)
    return data


def test_steps_are_taken_in_order_from_the_version_that_is_said() -> None:
    steps = {1: renamed, 2: old_default}
    assert migrated({"version": 1, "model": [1]}, steps, 3) == {"version": 3, "network": [1], "training": {"epochs": 3}}
    assert migrated({"version": 2, "training": {"epochs": 9}}, steps, 3) == {"version": 3, "training": {"epochs": 9}}
    assert migrated({"network": []}, steps, 3) == {"network": []}


def test_what_was_given_stays_as_it_was() -> None:
    given = {"version": 2, "training": {}}
    migrated(given, {2: old_default}, 3)
    assert given == {"version": 2, "training": {}}


def test_an_old_spec_opens_and_what_is_wrong_in_it_is_named_as_in_a_new_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(MIGRATIONS, 0, renamed)
    spec = PRESETS["lenet5"].spec
    old = compact(spec)
    old |= {"version": 0, "model": old.pop("network")}
    assert parse_spec(json.dumps(old)) == spec.computed_with(1, "contiguous")
    old["model"][0]["filters"] = 0
    with pytest.raises(SpecError, match=r"network\[0\]\.filters: must be at least 1, got 0"):
        parse_spec(old)


@pytest.mark.parametrize("model", [{}, {"model": 3, "training": 7}, {"training": [1]}])
def test_what_is_not_in_the_form_of_its_version_is_refused_in_words(model: dict[str, Any]) -> None:
    with pytest.raises(SpecError, match=r"says that it is of version \d, but is not in its form"):
        migrated({"version": 1, **model}, {1: renamed, 2: old_default}, 3)


@pytest.mark.parametrize(
    ("version", "words"),
    [(VERSION + 1, "newer version"), (10**30, "newer version"), (0, "must be 3"), (-1, "must be 3"), ("1", "must be 3")],
)
def test_versions_that_never_were_or_are_not_yet(version: object, words: str) -> None:
    with pytest.raises(SpecError, match=f"^version: .*{words}"):
        parse_spec({**compact(PRESETS["lenet5"].spec), "version": version})
