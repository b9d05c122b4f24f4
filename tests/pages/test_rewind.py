"""A run that goes on from an earlier moment of the one on the screen: whose it is, and who may start it."""

from collections.abc import Callable
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from playground.export.link import to_token
from playground.runs.info import Branch
from playground.web.panels import output
from playground.web.server import runs
from tests.pages.controls import Visit, short, trained, wait_for
from tests.pages.reading import messages

Asked = dict[str, Any]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Asked:
    """What the component asks for when its button, here a plain one, is pressed."""
    question: Asked = {}

    def rewind(address: str | None, *, key: str, why: str, on_asked_change: Callable[[], None]) -> None:
        st.button("Continue from here", key="branch", help=why, on_click=on_asked_change)

    real = output.session.component_value
    monkeypatch.setattr(output, "rewind", rewind)
    monkeypatch.setattr(output.session, "component_value", lambda key, name: question if key == output._REWIND else real(key, name))
    return question


def run_id_of(app: AppTest) -> str:
    return runs().resolve(app.session_state["values"]["run"]).run_id


def test_a_watcher_gets_a_run_of_their_own_and_the_original_stays(visit: Visit, asked: Asked) -> None:
    original = runs().resolve(trained(short(2))).run_id
    app = visit("playground", run=original)
    assert app.button(key="pause").disabled, "who watches cannot steer"
    asked.update(run=original, step=150)
    app.button(key="branch").click().run()
    branch = run_id_of(app)
    assert branch != original
    wait_for(app, "paused")
    assert runs().status(branch)["step"] == 150
    info = runs().info(branch)
    assert info.branch == Branch(original, 150)
    assert info.owner != runs().info(original).owner
    assert not app.button(key="play").disabled
    assert any("from step 150 of another run" in caption.value for caption in app.caption)
    assert runs().info(original).state == "finished"
    runs().delete(original)
    app.run()
    assert any("from step 150 of a deleted run" in caption.value for caption in app.caption)


@pytest.mark.parametrize("wrong", [{"run": "nonsense"}, {"run": "w" + "A" * 22}, {"step": 0}, {"step": "10"}, {"step": True}])
def test_what_no_page_asks_for_does_nothing(visit: Visit, asked: Asked, wrong: Asked) -> None:
    address = trained(short())
    app = visit("playground", run=address)
    asked.update({"run": address, "step": 10} | wrong)
    app.button(key="branch").click().run()
    assert not app.exception
    assert app.session_state["values"]["run"] == address


def test_a_link_that_locks_settings_locks_those_of_branches(visit: Visit, asked: Asked) -> None:
    address = trained(short(2))
    app = visit("playground", spec=to_token(short()), lock="training")
    assert app.button(key="branch").help == ""
    app.session_state["values"]["run"] = address
    app.run()
    assert "This link locks: Epochs" in app.button(key="branch").help
    asked.update(run=address, step=10)
    app.button(key="branch").click().run()
    assert "This link locks: Epochs" in messages(app)
    assert app.session_state["values"]["run"] == address
