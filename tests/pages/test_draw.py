"""The Draw page: which network is asked, what can be picked, and what becomes of the drawing."""

import base64
import json
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.datasets import Shapes
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web.components.draw import INK_SIDE, ink_of, number_of
from tests.pages.controls import trained
from tests.pages.reading import messages

PRETRAINED = ["Pretrained on digits", "Pretrained vision transformer"]


def short(preset: str) -> ExperimentSpec:
    spec = PRESETS[preset].spec
    return spec.model_copy(update={"training": spec.training.model_copy(update={"epochs": 1, "batch_size": 256})})


@pytest.fixture(scope="module")
def digits_run() -> str:
    return trained(short("mlp_784_256_10"))


@pytest.fixture(scope="module")
def points_run() -> str:
    return trained(short("playground_2d"))


@pytest.fixture(scope="module")
def shapes_run() -> str:
    spec = short("small_cnn")
    return trained(spec.model_copy(update={"data": Shapes(samples=300, size=16)}))


def asked(app: AppTest) -> dict[str, Any]:
    """What the drawing component was told."""
    (component,) = [each for each in app.get("bidi_component") if each.proto.component_name == "playground.draw"]
    told: dict[str, Any] = json.loads(component.proto.bytes)
    return told


def test_a_first_visitor_draws_for_the_pretrained_network(visit: Callable[..., AppTest]) -> None:
    app = visit("draw")
    assert asked(app) == {"address": "digits", "classes": list("0123456789"), "kept": 0}
    assert app.selectbox[0].options == PRETRAINED


def test_a_run_of_ones_own_is_asked_at_once_and_the_pretrained_network_stays_at_hand(
    visit: Callable[..., AppTest], digits_run: str
) -> None:
    app = visit("draw", run=digits_run)
    assert asked(app)["address"] == digits_run
    assert app.selectbox[0].options == [*PRETRAINED, "Your run: Three layers: 784-256-10"]
    assert any(
        re.fullmatch(r"Finished, \d+\.\d % of test images correct · Without a network: .+", caption.value) for caption in app.caption
    )
    app.selectbox[0].select("digits").run()
    assert asked(app)["address"] == "digits"


def test_a_run_on_points_is_explained_and_not_offered(visit: Callable[..., AppTest], points_run: str) -> None:
    app = visit("draw", run=points_run)
    assert asked(app)["address"] == "digits"
    assert app.selectbox[0].options == PRETRAINED
    assert any("Your run is not available here" in caption.value and "points" in caption.value for caption in app.caption)


def test_an_earlier_run_can_still_be_picked(visit: Callable[..., AppTest], digits_run: str, points_run: str) -> None:
    app = visit("draw", run=digits_run)
    app.session_state["values"]["runs"] = [points_run, digits_run]
    app.session_state["values"]["run"] = points_run
    app.run()
    (earlier,) = [option for option in app.selectbox[0].options if option.startswith("Earlier run: ")]
    assert "784-256-10" in earlier


def test_a_run_that_is_gone_leaves_the_page_usable(visit: Callable[..., AppTest]) -> None:
    app = visit("draw")
    app.session_state["values"]["run"] = "c" + "z" * 22
    app.session_state["values"]["runs"] = ["c" + "z" * 22]
    app.run()
    assert not app.exception
    assert asked(app)["address"] == "digits"
    assert not messages(app)


def test_ink_comes_back_as_it_was_sent() -> None:
    ink = np.random.default_rng(0).integers(0, 256, (INK_SIDE, INK_SIDE), np.uint8)
    drawing = {"number": 7, "ink": base64.b64encode(ink.tobytes()).decode()}
    assert np.array_equal(ink_of(drawing), ink)
    assert number_of(drawing) == 7


@pytest.mark.parametrize(
    "text", ["", None, 7, "no base64!", "AAAA", base64.b64encode(b"x" * (INK_SIDE**2 + 1)).decode(), "A" * 1_000_000, "é" * 100]
)
def test_what_is_no_drawing_counts_as_none(text: object) -> None:
    assert ink_of({"number": 1, "ink": text}) is None
    assert ink_of(text) is None


@pytest.mark.parametrize("number", [None, "7", -1, 1.5, True, 2**60, [7]])
def test_what_is_no_number_of_a_drawing_counts_as_0(number: object) -> None:
    assert number_of({"number": number, "ink": ""}) == 0
    assert number_of(number) == 0
