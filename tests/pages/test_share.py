"""Settings as a file: good ones open, bad ones are told and change nothing."""

import io
import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.own.withheld import without_upload
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.web import edits, session
from playground.web.server import runs
from tests.own.examples import own_dataset
from tests.pages.reading import spec_of

MLP, LENET = PRESETS["mlp_784_256_10"].spec, PRESETS["lenet5"].spec


class File(io.BytesIO):
    """An uploaded file."""

    def __init__(self, content: bytes, name: str = "mine.json") -> None:
        super().__init__(content)
        self.name, self.size = name, len(content)


def _script() -> None:
    from playground.web import session
    from playground.web.panels import share

    session.spec()
    share._open("the key")


def opened(monkeypatch: pytest.MonkeyPatch, content: bytes, name: str = "mine.json") -> AppTest:
    monkeypatch.setattr(session, "widget", lambda key: File(content, name))
    app = AppTest.from_function(_script).run()
    assert not app.exception, app.exception[0].message
    return app


def told(app: AppTest) -> tuple[str, str]:
    text, level = app.session_state["values"]["messages"]["upload"]
    return text, level


def test_a_saved_file_opens_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(monkeypatch, LENET.to_json(indent=2).encode())
    assert spec_of(app) == LENET
    assert told(app)[1] == "note"


def changed(**parts: Any) -> bytes:
    return json.dumps(json.loads(LENET.to_json()) | parts).encode()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "not valid JSON"),
        (b"\x89PNG\r\n\x1a\n\x00\xff", "JSON"),
        (b"[1, 2]", "must be a JSON object"),
        (b"{" * 100_000, "JSON"),
        (b"[" * 200_000, "nested too deeply"),
        (b" " * 256_001, "at most 256 kB"),
        (changed(loss={"kind": "cross_entropi"}), "did you mean"),
        (changed(network=[{"kind": "dense", "units": 10**12}]), "at most"),
        (changed(network=[{"kind": "dense"}] * 500), "network"),
        (changed(version=99), "newer version"),
        (changed(data={"kind": "circle", "samples": "many", "noise": -1, "seed": 1.5}), "noise"),
        (b'{"data": ' + b"9" * 10_000 + b"}", "JSON"),
    ],
)
def test_a_bad_file_is_told_and_the_spec_stays(monkeypatch: pytest.MonkeyPatch, content: bytes, words: str) -> None:
    app = opened(monkeypatch, content)
    text, level = told(app)
    assert level == "error"
    assert words in text.replace("\\", "")
    assert text.startswith("mine.json was not opened; your settings are unchanged.")
    assert len(text) < 2500
    assert spec_of(app) == MLP


def test_a_name_is_text_and_not_markup(monkeypatch: pytest.MonkeyPatch) -> None:
    text, _ = told(opened(monkeypatch, b"x", "<b>[a](b)*" + "y" * 300))
    assert text.startswith("\\<b\\>\\[a\\](b)\\*")
    assert len(text) < 400


def _shared_link(spec: object) -> None:
    import streamlit as st

    from playground.web import session
    from playground.web.panels.privacy import shared

    session.spec()
    st.code(shared(spec, "opens this link", "switch").to_json())


def test_uploaded_data_is_shared_only_after_a_warning_and_can_be_left_out() -> None:
    spec = edits.replace_dataset(MLP, own_dataset("own_table")).spec
    app = AppTest.from_function(_shared_link, args=(spec,)).run()
    assert not app.exception, app.exception[0].message
    assert "opens this link can use" in app.warning[0].value
    assert "on this server" in app.warning[0].value
    assert parse_spec(app.code[0].value) == spec
    app.toggle(key="switch").set_value(True).run()
    assert not app.warning
    assert parse_spec(app.code[0].value) == without_upload(spec)
    packaged = AppTest.from_function(_shared_link, args=(MLP,)).run()
    assert not packaged.toggle
    assert parse_spec(packaged.code[0].value) == MLP


def _own_link(spec: object) -> None:
    import streamlit as st

    from playground.web import session
    from playground.web.panels.privacy import leave, shared
    from playground.web.server import runs

    runs().access.claim(session.key_of(spec), session.owner())  # type: ignore[arg-type]
    st.code(str(leave(shared(spec, "opens this link", "switch"))))  # type: ignore[arg-type]


def test_a_link_to_your_own_data_carries_your_leave_until_you_take_it_back() -> None:
    spec = edits.replace_dataset(MLP, own_dataset("own_series")).spec
    key = spec.data.key  # type: ignore[attr-defined]
    app = AppTest.from_function(_own_link, args=(spec,)).run()
    assert not app.exception, app.exception[0].message
    link = app.code[0].value
    assert runs().access.may_read(key, "somebody", [link])
    app.run()
    assert app.code[0].value == link
    app.button(key="switch_back").click().run()
    assert not app.exception, app.exception[0].message
    assert app.toggle(key="switch").value is True
    assert app.code[0].value == "None"
    assert not runs().access.may_read(key, "somebody", [link])
    owner = f"v{app.session_state['values']['visit']}"
    runs().access.release(key, owner)
