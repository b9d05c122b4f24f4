"""What a visitor's session starts with and keeps, seen by a script that only prints it."""

from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from streamlit.runtime.scriptrunner import RerunData, RerunException
from streamlit.runtime.state.safe_session_state import SafeSessionState
from streamlit.testing.v1 import AppTest

from playground.export.link import to_token
from playground.presets import PRESETS
from playground.web import session
from playground.web.session import default_spec

LENET = PRESETS["lenet5"].spec
ROOT = Path(__file__).resolve().parents[2]


def _script() -> None:
    import streamlit as st

    from playground.web import session

    st.text(session.spec().to_json())
    told = session.message("address")
    st.text(told.text if told else "")
    st.text(str(session.run()))
    session.mirror()


def opened(**address: str) -> AppTest:
    app = AppTest.from_function(_script)
    app.query_params.update(address)
    app.run()
    assert not app.exception, app.exception[0].message
    return app


def test_without_an_address_everybody_starts_with_the_first_preset() -> None:
    app = opened()
    assert app.text[0].value == default_spec().to_json()
    assert app.text[1].value == ""
    assert dict(app.query_params) == {}


def test_a_token_opens_its_spec_and_stays_in_the_address() -> None:
    app = opened(spec=to_token(LENET))
    assert app.text[0].value == LENET.to_json()
    assert to_token(LENET) in app.query_params["spec"]


def test_broken_tokens_are_told_in_one_sentence() -> None:
    for token in ("x", to_token(LENET)[:-9], "A" * 30_000, "eJw="):
        app = opened(spec=token)
        assert app.text[0].value == default_spec().to_json()
        assert app.text[1].value.startswith("This link cannot be opened.")
        assert "\n" not in app.text[1].value


def test_an_address_of_no_run_is_told_and_forgotten() -> None:
    app = opened(run="w" + "0" * 22, spec=to_token(LENET))
    assert "no run at this address" in app.text[1].value
    assert app.text[2].value == "None"
    assert app.text[0].value == LENET.to_json()
    assert "run" not in app.query_params


def test_a_drawing_is_kept_as_it_is() -> None:
    def script() -> None:
        import numpy as np

        from playground.web import session

        assert session.drawing() is None
        ink = np.arange(784, dtype=np.uint8).reshape(28, 28)
        session.set_drawing(ink)
        kept = session.drawing()
        assert kept is not None
        np.testing.assert_array_equal(kept, ink)
        session.set_drawing(None)
        assert session.drawing() is None

    app = AppTest.from_function(script).run()
    assert not app.exception, app.exception[0].message


def test_only_plain_values_are_kept() -> None:
    """Objects of classes would not survive a reload of the code, and Streamlit deletes a value that is named like a widget with it."""
    app = opened(spec=to_token(LENET))
    assert list(app.session_state._state.filtered_state) == ["values"]
    kept = app.session_state["values"]

    def plain(value: object) -> bool:
        if isinstance(value, dict):
            return all(plain(each) for each in value.values())
        if isinstance(value, list | tuple):
            return all(plain(each) for each in value)
        return value is None or type(value) in (str, int, float, bool, bytes)

    assert plain(kept), kept
    assert session.token(LENET) == to_token(LENET)


class Interruption:
    """A newer message of the visitor, which Streamlit notices at the next access to its session state, once `accesses` more are over."""

    def __init__(self, patch: pytest.MonkeyPatch, query: str = "") -> None:
        self._rerun = RerunData(query_string=query)
        self.accesses: int | None = None
        for name in ("__getitem__", "__setitem__", "__contains__"):
            patch.setattr(SafeSessionState, name, self._noticing(getattr(SafeSessionState, name)))

    def _noticing(self, access: Callable[..., Any]) -> Callable[..., Any]:
        def noticing(state: SafeSessionState, key: str, *value: Any) -> Any:
            if self.accesses is not None and not key.startswith("$$"):  # Streamlit's own
                self.accesses -= 1
                if self.accesses < 0:
                    self.accesses = None
                    raise RerunException(self._rerun)
            return access(state, key, *value)

        return noticing


@pytest.mark.parametrize("accesses", range(4))
def test_a_link_opens_whenever_its_first_page_is_broken_off(monkeypatch: pytest.MonkeyPatch, accesses: int) -> None:
    address = {"spec": to_token(LENET), "lock": "loss"}
    interruption = Interruption(monkeypatch, urlencode(address))
    interruption.accesses = accesses
    app = opened(**address)
    assert app.text[0].value == LENET.to_json()
    assert "loss" in app.query_params["lock"]


def _clicked() -> None:
    import streamlit as st

    from playground.catalog.losses import MAE
    from playground.web import session

    def click() -> None:
        if session.first_time("nonce"):
            session.edit(session.spec().model_copy(update={"loss": MAE()}), "loss")

    st.button("Edit", on_click=click)
    st.text(session.spec().loss.name())
    st.text(str(session.nonces()))


@pytest.mark.parametrize("accesses", range(1, 12))
def test_an_edit_that_has_begun_is_completed(monkeypatch: pytest.MonkeyPatch, accesses: int) -> None:
    app = AppTest.from_function(_clicked).run()
    assert [text.value for text in app.text] == ["cross_entropy", "[]"]
    interruption = Interruption(monkeypatch)
    app.button[0].click()
    interruption.accesses = accesses
    app.run()
    interruption.accesses = None
    app.run()
    received = ["mae", "['nonce']"], ["cross_entropy", "[]"]
    assert [text.value for text in app.text] in received, "a message counts as received only with its edit"


def test_only_the_session_uses_streamlits_session_state() -> None:
    files = [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("playground/**/*.py")]
    users = {file.relative_to(ROOT).parent.as_posix() for file in files if "st.session_state" in file.read_text(encoding="utf-8")}
    assert users == {"playground/web/session"}
