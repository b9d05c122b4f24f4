"""Links, settings and texts made to slow the server down: each is shown or refused in half a second of one processor and 100 MB."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from playground.catalog.layers import shapes
from playground.catalog.layers.sizes import MAX_NUMBERS
from playground.export.link import from_token, to_token
from playground.network import trace
from playground.opening import spec_of_text
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.shorthand import read
from playground.spec import MAX_SPEC_BYTES, SpecError
from playground.web import edits
from playground.web.edits.pasting import read_layers
from playground.web.network_state import network_state
from playground.web.routes import preview
from tests.hostile.attacks import (
    BUSY_NETWORKS,
    REFUSED_LINKS,
    REFUSED_PASTES,
    REFUSED_SETTINGS,
    REFUSED_TEXTS,
    experiment,
    layer,
    packed,
)
from tests.hostile.costs import CPU_SECONDS, MEMORY_BYTES, SLOWER, cpu_seconds, peak_bytes


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    """What is imported and compiled at first use is no visitor's cost."""
    spec = PRESETS["inception_block"].spec
    network_state(spec, trace(from_token(to_token(spec))))
    with pytest.raises(SpecError):
        parse_spec(experiment([layer("dense", units=0)]))


@pytest.fixture(autouse=True)
def _forgotten() -> Iterator[None]:
    """No test finds what another has traced."""
    shapes.measured.cache_clear()
    yield
    shapes.measured.cache_clear()


def refusal(call: Callable[[], Any]) -> str:
    with pytest.raises(SpecError) as caught:
        call()
    return str(caught.value)


def is_cheap(call: Callable[[], Any]) -> None:
    assert cpu_seconds(call) < CPU_SECONDS * SLOWER
    shapes.measured.cache_clear()
    assert peak_bytes(call) < MEMORY_BYTES


@pytest.mark.parametrize("name", BUSY_NETWORKS)
def test_a_busy_network_is_shown_at_once(name: str) -> None:
    token = packed(BUSY_NETWORKS[name])

    def shown() -> None:
        spec = from_token(token)
        json.dumps(network_state(spec, trace(spec)))

    is_cheap(shown)


@pytest.mark.parametrize("name", REFUSED_LINKS)
def test_a_link_is_refused_at_once(name: str) -> None:
    is_cheap(lambda: refusal(lambda: from_token(REFUSED_LINKS[name])))


@pytest.mark.parametrize("read_it", [parse_spec, spec_of_text, lambda text: from_token(packed(text.encode()))])
@pytest.mark.parametrize("name", REFUSED_SETTINGS)
def test_settings_are_refused_at_once(name: str, read_it: Callable[[str], Any]) -> None:
    text = REFUSED_SETTINGS[name]
    assert len(text) <= MAX_SPEC_BYTES
    is_cheap(lambda: refusal(lambda: read_it(text)))
    assert len(refusal(lambda: read_it(text))) < 20 * 500


@pytest.mark.parametrize("name", REFUSED_TEXTS)
def test_a_network_as_text_is_refused_at_once(name: str) -> None:
    text = REFUSED_TEXTS[name]
    if not text.startswith("["):
        is_cheap(lambda: refusal(lambda: read(text)))
    is_cheap(lambda: refusal(lambda: read_layers(text)))


@pytest.mark.parametrize("name", REFUSED_PASTES)
def test_a_pasted_experiment_is_refused_at_once(name: str) -> None:
    is_cheap(lambda: refusal(lambda: spec_of_text(REFUSED_PASTES[name])))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (REFUSED_SETTINGS["a list in a residual block"], "network[0].layers: must have at most 50 entries, got 80,000"),
        (REFUSED_SETTINGS["a list in a branch"], "network[0].branch[0]: must have at most 200 entries, got 80,000"),
        (REFUSED_SETTINGS["a list of augmentations"], "data.augmentations: must have at most 20 entries, got 80,000"),
        (REFUSED_SETTINGS["a list of classes"], "data.labels: must have at most 1,000 entries, got 60,000"),
        (REFUSED_SETTINGS["blocks 5,000 deep"], "spec: nested too deeply"),
        (REFUSED_SETTINGS["not a number"], "network[0].rate: input should be a finite number, got nan"),
        (" " * (MAX_SPEC_BYTES + 1), "spec: must be at most 256 kB of JSON, got 256 kB"),
    ],
)
def test_a_refusal_says_what_is_too_much(text: str, message: str) -> None:
    assert refusal(lambda: parse_spec(text)) == message


def test_as_much_as_there_may_be_is_read() -> None:
    """The longest lists, names and settings that the catalog allows: the limits are beyond them."""
    convolution = layer("conv2d", filters=1024, kernel=15, stride=8, padding="valid", init="xavier_uniform", init_value=-1.2345678901234567)
    convolution |= {"bias": False, "l1": 0.12345678901234567, "l2": 0.12345678901234567, "frozen": True}
    labels = ["𝒜" * 36 + f"{number:04}" for number in range(1000)]
    augmentation = {"kind": "rotation", "degrees": 12.345678901234567}
    data = {"kind": "own_images", "key": "a" * 64, "called": "𝒜" * 60, "labels": labels, "augmentations": [augmentation] * 20}
    weights = {"kind": "weighted_cross_entropy", "weights": [123.45678901234567] * 1000}
    spec = parse_spec(experiment([convolution] * 200, data=data, loss=weights))
    assert parse_spec(spec.to_json()) == spec
    assert read(network_state(spec, trace(spec))["text"]) == spec.network


def test_a_tensor_that_is_too_large_is_a_problem_at_its_layer() -> None:
    spec = parse_spec(BUSY_NETWORKS["a prime number of values as square maps"])
    traced = trace(spec)
    (problem,) = [problem for problem in traced.problems if problem.path.startswith("network[")]
    assert problem.path == f"network[{len(traced.rows)}]"
    assert (
        problem.message
        == "Upsampling makes the network too large: its output would have 1,644,167,168 numbers; at most 1,000,000,000 are allowed"
    )
    assert problem.fix is not None
    assert len(problem.fix.spec.network) == len(spec.network) - 1
    assert max(row.tensor_out.numbers for row in traced.rows) <= MAX_NUMBERS


def test_so_are_weights() -> None:
    spec = parse_spec(experiment([layer("to_sequence"), *[layer("upsample", factor=8)] * 4, layer("flatten"), layer("dense", units=8192)]))
    (problem,) = [problem for problem in trace(spec).problems if problem.path == "network[6]"]
    assert problem.message.startswith("Dense makes the network too large: its weights would have 26,306,674,688 numbers")


def test_fifty_edits_at_once_are_previewed_at_once() -> None:
    token = packed(BUSY_NETWORKS["200 dense layers"])
    operations = [{"op": "set", "path": "network[5]", "field": "units", "value": number + 1} for number in range(preview.MAX_EDITS)]
    assert preview._state(token, operations, "somebody") is not None
    shapes.measured.cache_clear()
    is_cheap(lambda: preview._state(token, operations, "somebody"))


def test_an_edit_with_a_long_list_is_refused_at_once() -> None:
    spec = PRESETS["lenet5"].spec
    operation = {"op": "set", "path": "network[0]", "field": "filters", "value": [[]] * 80_000}
    assert refusal(lambda: edits.apply(spec, operation)) == "network[0].filters: must have at most 10,000 entries, got 80,000"
    is_cheap(lambda: refusal(lambda: edits.apply(spec, operation)))
