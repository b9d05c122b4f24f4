"""What the browser's edits do to the visitor's spec."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.presets import PRESETS
from playground.web import session
from playground.web.components.network import catalog
from playground.web.history import History
from tests.pages.reading import spec_of

MLP = PRESETS["mlp_784_256_10"].spec


def _script() -> None:
    from playground.web import session
    from playground.web.panels import network

    session.spec()
    network.apply_edits()


def edited(monkeypatch: pytest.MonkeyPatch, *operations: Any, app: AppTest | None = None) -> AppTest:
    """A session after these edits, as they come from the browser."""
    monkeypatch.setattr(session, "component_value", lambda key, name: list(operations))
    app = app or AppTest.from_function(_script, default_timeout=60)
    app.run()
    assert not app.exception, app.exception[0].message
    return app


def test_edits_are_applied_in_order_and_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first = {"nonce": "1", "op": "set", "path": "network[1]", "field": "units", "value": 64}
    second = {"nonce": "2", "op": "add", "path": "network[3]", "kind": "dropout"}
    app = edited(monkeypatch, first, second)
    app = edited(monkeypatch, second, app=app)
    assert [layer.kind for layer in spec_of(app).network] == ["flatten", "dense", "relu", "dropout", "output"]
    assert spec_of(app).network[1].model_dump()["units"] == 64


def test_of_many_edits_that_come_again_each_is_done_once(monkeypatch: pytest.MonkeyPatch) -> None:
    many = [{"nonce": str(number), "op": "move", "path": "network[2]", "to": f"network[{1 + number % 2}]"} for number in range(61)]
    many.append({"nonce": "last", "op": "add", "path": "network[3]", "kind": "dropout"})
    app = edited(monkeypatch, *many)
    layers = [layer.kind for layer in spec_of(app).network]
    app = edited(monkeypatch, *many, app=app)
    assert [layer.kind for layer in spec_of(app).network] == layers
    assert layers.count("dropout") == 1


def test_undo_and_redo_are_edits_too(monkeypatch: pytest.MonkeyPatch) -> None:
    app = edited(monkeypatch, {"nonce": "1", "op": "remove", "path": "network[1]"}, {"nonce": "2", "op": "undo"})
    assert spec_of(app) == MLP
    app = edited(monkeypatch, {"nonce": "3", "op": "redo"}, app=app)
    assert len(spec_of(app).network) == 3


def test_a_fix_is_applied_by_its_path_and_name(monkeypatch: pytest.MonkeyPatch) -> None:
    app = edited(monkeypatch, {"nonce": "1", "op": "remove", "path": "network[0]"})
    fix = {"nonce": "2", "op": "fix", "path": "network[0]", "title": "Insert a flatten layer before it"}
    assert spec_of(edited(monkeypatch, fix, app=app)) == MLP


@pytest.mark.parametrize(
    "operation",
    [
        None,
        5,
        {},
        {"nonce": "1"},
        {"nonce": "1", "op": "set", "path": "network[1]", "field": "units", "value": -3},
        {"nonce": "1", "op": "set", "path": "network[1]", "field": "units", "value": 10**400},
        {"nonce": "1", "op": "add", "path": "network[0]", "kind": "quantum"},
        {"nonce": "1", "op": "move", "path": "network[0]", "to": "network[99]"},
        {"nonce": "1", "op": "fix", "path": "network[0]", "title": "no such"},
        {"nonce": "1", "op": "remove", "path": 0},
        {"nonce": "1", "op": ["undo"]},
        {"nonce": "1", "op": "set", "path": "network[1]", "field": "kind", "value": "x"},
    ],
)
def test_a_bad_edit_leaves_the_spec(monkeypatch: pytest.MonkeyPatch, operation: Any) -> None:
    assert spec_of(edited(monkeypatch, operation)) == MLP


def test_a_refused_value_is_told_at_its_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    app = edited(monkeypatch, {"nonce": "1", "op": "set", "path": "network[1]", "field": "units", "value": 0})
    assert app.session_state["values"]["edit_error_path"] == "network[1]"
    assert app.session_state["values"]["messages"]["network"][0] == "must be at least 1, got 0"


def test_the_menu_is_the_registry() -> None:
    from playground.catalog.layers import LAYERS

    assert [each["kind"] for each in catalog()] == LAYERS.kinds()
    assert all(each["help"] and each["title"] and each["group"] for each in catalog())


def test_the_network_as_text_is_one_edit(monkeypatch: pytest.MonkeyPatch) -> None:
    text = {"nonce": "1", "op": "text", "text": "flatten | dense 32 | tanh | output"}
    app = edited(monkeypatch, text)
    assert [layer.kind for layer in spec_of(app).network] == ["flatten", "dense", "tanh", "output"]
    assert spec_of(edited(monkeypatch, {"nonce": "2", "op": "undo"}, app=app)) == MLP


def test_the_same_network_as_text_is_nothing_to_undo(monkeypatch: pytest.MonkeyPatch) -> None:
    from playground.shorthand import write

    app = edited(monkeypatch, {"nonce": "1", "op": "text", "text": write(MLP.network)})
    assert spec_of(app) == MLP
    assert History.of(app.session_state["values"]["history"]).undoes is None


@pytest.mark.parametrize(
    ("text", "path", "words"),
    [
        ("flatten | dens 32 | output", "text[10:14]", "Column 11: unknown layer 'dens'; did you mean 'dense'?"),
        ("dense 0", "text[6:7]", "Column 7: dense units: must be at least 1, got 0"),
        (" | ".join(["relu"] * 300), "text[1400:1404]", "Column 1401: a network has at most 200 layers"),
        ("x" * 1_000_000, "text[0:0]", "Column 1: a network has at most 256 kB of text"),
        (None, "text[0:0]", "This edit has no text; reload the page"),
    ],
)
def test_a_wrong_text_is_told_where_it_is_wrong(monkeypatch: pytest.MonkeyPatch, text: Any, path: str, words: str) -> None:
    app = edited(monkeypatch, {"nonce": "1", "op": "text", "text": text})
    assert spec_of(app) == MLP
    assert app.session_state["values"]["edit_error_path"] == path
    assert app.session_state["values"]["messages"]["network"][0].startswith(words)


def test_beginners_are_told_in_plain_words_of_what_first_networks_are_made_of() -> None:
    words = {each["kind"]: each["beginners"] for each in catalog() if each["beginners"]}
    first = ["mlp_784_256_10", "small_cnn", "playground_2d", "perceptron", "keras_classic"]
    assert {layer.kind for name in first for layer in PRESETS[name].spec.network} <= words.keys()
    assert len(words) < len(catalog()) / 2
    for text in words.values():
        assert not any(sign in text for sign in "=·²√()"), text
        assert not any(character.isdigit() for character in text.replace("0", "").replace("1", "")), text
