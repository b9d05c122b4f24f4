"""Another experiment beside the settings on the screen, and the link for a class, without a browser."""

import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.datasets import DATASETS
from playground.export.link import from_token, to_token
from playground.presets import PRESETS
from playground.web.classroom import Limits
from tests.pages.reading import messages, spec_of

MLP, LENET = PRESETS["mlp_784_256_10"].spec, PRESETS["lenet5"].spec


def _compare() -> None:
    import streamlit as st

    from playground.web import session
    from playground.web.panels.compare import compare

    if compare(session.spec()):
        st.caption("opened")


def _class_link() -> None:
    from playground.web import session
    from playground.web.panels.class_link import class_link

    class_link(session.spec())


def comparing(text: str, **address: str) -> AppTest:
    app = AppTest.from_function(_compare, default_timeout=30)
    app.query_params.update(address)
    app.run()
    app.text_area(key="compare_text").set_value(text).run()
    assert not app.exception, app.exception[0].message
    return app


def listed(app: AppTest) -> str:
    return "".join(str(each.proto.body) for each in app.get("html"))


@pytest.mark.parametrize("text", ["lenet5", to_token(LENET), f"https://example.org/playground?spec={to_token(LENET)}", LENET.to_json(2)])
def test_what_differs_is_listed_and_can_be_opened(text: str) -> None:
    app = comparing(text)
    assert "11 differences" in listed(app)
    assert "<code>layer 8 units</code> <del>256</del> → <ins>120</ins>" in listed(app)
    assert "<code>layer 1</code> added: <ins>conv 6 5</ins>" in listed(app)
    assert spec_of(app) == MLP
    app.button(key="compare_open").click().run()
    assert spec_of(app) == LENET
    assert app.session_state["values"]["history"]["past"][0][0] == MLP.to_json()


def test_a_preset_can_be_picked_instead() -> None:
    app = comparing("")
    assert not app.button
    app.selectbox(key="compare_preset").select("keras_classic").run()
    assert "<code>layer 4</code> added: <ins>dropout 0.2</ins>" in listed(app)


def test_the_same_is_told() -> None:
    app = comparing(to_token(MLP))
    assert "The same experiment" in str(app.success[0].value)
    assert not app.button


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("lenet6", "did you mean 'lenet5'"),
        (to_token(LENET)[:-9], "link: "),
        (to_token(LENET) * 2, "link: "),
        ('{"version": 99}', "newer version"),
        ('{"data": {"kind": "<script>alert(1)</script>"}, "network": [], "loss": {"kind": "mse"}}', "unknown dataset"),
        ("x" * 256_001, "at most 256 kB"),
        ("{" * 200_000, "nested too deeply|JSON"),
        ("/etc/passwd", "no such"),
    ],
)
def test_what_cannot_be_read_is_told_and_nothing_changes(text: str, words: str) -> None:
    app = comparing(text)
    assert any(word in messages(app).replace("\\", "") for word in words.split("|"))
    assert "<script>" not in messages(app)
    assert len(messages(app)) < 1500
    assert spec_of(app) == MLP


def test_names_are_text_and_not_markup() -> None:
    named = MLP.model_copy(update={"data": DATASETS["own_table"](called="<script>alert(1)</script>")})
    assert "&lt;script&gt;" in listed(comparing(named.to_json()))
    assert "<script>" not in listed(comparing(named.to_json()))


def test_what_would_change_a_locked_part_can_be_compared_but_not_opened() -> None:
    app = comparing("lenet5", lock="network")
    assert "11 differences" in listed(app)
    assert app.button(key="compare_open").disabled


def test_the_link_for_a_class_says_what_was_picked() -> None:
    app = AppTest.from_function(_class_link, default_timeout=30)
    app.query_params.update(hide="schedule")
    app.run()
    assert app.code[0].value.endswith("&hide=schedule")
    app.button_group(key="class_lock").set_value(["network", "data"]).run()
    app.button_group(key="class_hide").set_value([]).run()
    assert not app.exception
    address = app.code[0].value
    query = dict(pair.split("=") for pair in address.partition("?")[2].split("&"))
    assert from_token(query.pop("spec")) == MLP
    assert Limits.read(query.get("hide"), query.get("lock")) == (Limits(locked=frozenset({"data", "network"})), [])
    assert "anyone can edit the address" in str(app.caption[0].value)
