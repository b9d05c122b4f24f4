"""The Attention page: which networks it offers, and what it says without one."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.datasets import Rearranging, Xor
from playground.catalog.layers import Attention, Embedding, Output, Residual
from playground.catalog.losses import BCE, CrossEntropy
from playground.spec import ExperimentSpec, TrainingSettings
from playground.web.panels import attention, which_network
from tests.pages.controls import trained


@pytest.fixture(scope="module")
def nested_run() -> str:
    """Of a network with attention inside a block."""
    network = (Embedding(width=8), Residual(layers=(Attention(heads=2),)), Output())
    data = Rearranging(samples=60, length=4, shortest=2)
    return trained(ExperimentSpec(data=data, network=network, loss=CrossEntropy(), training=TrainingSettings(epochs=1)))


@pytest.fixture(scope="module")
def points_run() -> str:
    return trained(ExperimentSpec(data=Xor(), network=(Output(),), loss=BCE(), training=TrainingSettings(epochs=1)))


def asked(app: AppTest) -> dict[str, Any]:
    """The data that the page passed to the component."""
    (component,) = [each for each in app.get("bidi_component") if each.proto.component_name == "playground.attention"]
    told: dict[str, Any] = json.loads(component.proto.bytes)
    return told


def test_a_run_with_attention_inside_a_block_is_shown(visit: Callable[..., AppTest], nested_run: str) -> None:
    app = visit("attention", run=nested_run)
    told = asked(app)
    assert (told["address"], told["ways"]) == (nested_run, ["text", "example"])
    assert "0 1 2" in told["hint"]
    assert any(option.startswith("Your run: ") for option in app.selectbox[0].options)
    assert "Pretrained on digits" not in app.selectbox[0].options


def test_without_attention_the_page_says_what_to_do(
    visit: Callable[..., AppTest], points_run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    nothing = which_network.Choices((), ("Your run is not available here. None of its layers is one.",))
    monkeypatch.setattr(attention, "choices", lambda why_not: nothing)
    app = visit("attention", run=points_run)
    said = "\n".join(str(each.value) for each in (*app.markdown, *app.subheader))
    assert "networks with attention" in said
    assert "None of its layers is one" in said
    assert not app.selectbox
