"""The home page: where it leads."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from playground.export.link import to_token
from playground.presets import PRESETS
from playground.web.panels import presets
from playground.web.server import runs
from tests.pages.reading import messages, spec_of


def test_every_preset_is_a_card_with_its_pictures(visit: Callable[..., AppTest]) -> None:
    app = visit()
    assert {f"open_{name}" for name in PRESETS} <= {button.key for button in app.button}
    pictures = [html.value for html in app.get("html") if html.value.startswith('<div class="pg-preset">')]
    assert [picture.count("<img ") for picture in pictures] == [2] * len(PRESETS)


def test_no_card_waits_empty_for_its_picture(visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch) -> None:
    """The pictures of a row are made before its first card is drawn."""
    made: list[int] = []
    drawn_after: list[int] = []
    sketch, container = presets.network_sketch, st.container

    def recorded(*args: Any, **more: Any) -> Any:
        if str(more.get("key", "")).startswith("pg-preset-"):
            drawn_after.append(len(made))
        return container(*args, **more)

    monkeypatch.setattr(presets, "network_sketch", lambda spec: made.append(1) or sketch(spec))
    monkeypatch.setattr(presets.st, "container", recorded)
    visit()
    assert drawn_after[:6] == [3, 3, 3, 6, 6, 6]


@pytest.mark.parametrize("name", list(PRESETS))
def test_a_card_opens_its_experiment_in_the_playground(visit: Callable[..., AppTest], name: str) -> None:
    app = visit()
    app.button(key=f"open_{name}").click().run()
    assert not app.exception
    assert spec_of(app) == PRESETS[name].spec
    assert app.button(key="play").label == "Train"


def test_start_with_digits_is_ready_to_train(visit: Callable[..., AppTest]) -> None:
    app = visit()
    app.button(key="start").click().run()
    assert not app.exception
    assert spec_of(app).data.kind == "mnist_sample"
    assert not app.button(key="play").disabled


def test_a_class_is_a_way_in(visit: Callable[..., AppTest]) -> None:
    app = visit()
    assert app.button(key="class").label == "Join or teach a class"
    app.button(key="class").click().run()
    assert not app.exception
    assert {"room_join_go", "room_open"} <= {button.key for button in app.button}


def test_a_preset_that_would_change_a_locked_part_cannot_be_opened_and_says_why(visit: Callable[..., AppTest]) -> None:
    app = visit(lock="data,loss")
    for name, preset in PRESETS.items():
        button = app.button(key=f"open_{name}")
        others = ["Data"] * (preset.spec.data.kind != "mnist_sample") + ["Loss"] * (preset.spec.loss.kind != "cross_entropy")
        assert button.disabled == bool(others)
        assert not others or button.help == f"Cannot be opened. This link locks: {', '.join(others)}."
    assert any("Locked by this link: data, loss." in str(caption.value) for caption in app.caption)
    assert not app.button(key="start").disabled
    assert visit(lock="network", spec=to_token(PRESETS["lenet5"].spec)).button(key="start").disabled


def test_a_broken_link_is_told_and_opens_what_everybody_starts_with(visit: Callable[..., AppTest]) -> None:
    app = visit(spec="eNqr")
    assert "cannot be opened" in messages(app)
    assert spec_of(app) == PRESETS["mlp_784_256_10"].spec


def test_home_shows_a_run_until_and_after_it_ends(visit: Callable[..., AppTest]) -> None:
    spec = PRESETS["mlp_784_256_10"].spec
    spec = spec.model_copy(update={"training": spec.training.model_copy(update={"epochs": 400})})
    run = runs().submit(spec)
    app = visit(run=run)
    assert any(r"Your run: Three layers\: 784-256-10" in each.value for each in app.markdown)
    assert [link.proto.label for link in app.get("page_link")] == ["Your runs", "Watch it train"]
    runs().stop(runs().resolve(run).run_id)
    until = time.monotonic() + 60
    while not runs().info(runs().resolve(run).run_id).state.ended:
        assert time.monotonic() < until
        time.sleep(0.02)
    app.run()
    assert [link.proto.label for link in app.get("page_link")] == ["Your runs", "Back to your run"]
    assert not visit().get("page_link")
