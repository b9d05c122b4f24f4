"""The list of uploads, and uploads that the server no longer has."""

import threading
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from playground.artifacts.uploads import is_stored
from playground.own import keep, prepare_points
from playground.settings import settings
from playground.web.server import runs
from tests.own.examples import csv_of_flowers
from tests.pages.conftest import ROOT
from tests.pages.reading import messages, spec_of
from tests.pages.test_data import collected, seen, table, with_upload

Visit = Callable[..., AppTest]
DRAWN = tuple((x / 4, x / 5 - 2.0, int(x > 10)) for x in range(20))


def to_data(app: AppTest, way: str = "table") -> AppTest:
    app.session_state["values"]["choices"] = {**app.session_state["values"]["choices"], "data.view": "own", "data.way": way}
    if "data.way" in app.session_state:
        app.session_state["data.way"] = way
    app.switch_page(str(ROOT / "pages" / "data.py")).run()
    assert not app.exception, app.exception[0].message
    return app


def listed(app: AppTest) -> list[str]:
    return [str(button.key).removeprefix("train_brought_") for button in app.button if str(button.key).startswith("train_brought_")]


def key_of(app: AppTest) -> str:
    return str(spec_of(app).data.key)  # type: ignore[attr-defined]


def with_flowers(visit: Visit) -> AppTest:
    """A visitor who has uploaded a table and returned to the Data page."""
    app = table(visit, csv_of_flowers(), "flo_wers.csv")
    app.button(key="train_table").click().run()
    return to_data(app)


def test_no_uploads_no_list(visit: Visit) -> None:
    assert "Your datasets" not in [each.value for each in with_upload(visit, "table").subheader]


def test_uploads_are_listed_with_kind_size_and_counts_newest_first(visit: Visit) -> None:
    app = with_flowers(visit)
    flowers = key_of(app)
    assert listed(app) == [flowers[:12]]
    shown = seen(app)
    assert "**flo\\_wers**" in shown
    for words in ("Table", "60 examples of", "setosa", "versicolor", "<b>20</b>"):
        assert words in shown
    app.session_state["values"]["choices"] = {**app.session_state["values"]["choices"], "own.points": DRAWN}
    to_data(app, "points").button(key="train_points").click().run()
    points = key_of(app)
    to_data(app)
    assert listed(app) == [points[:12], flowers[:12]]
    assert "20 examples of shape 2" in seen(app)


def test_train_on_this_goes_back_to_it(visit: Visit) -> None:
    app = with_flowers(visit)
    data = spec_of(app).data
    app.session_state["values"]["choices"] = {**app.session_state["values"]["choices"], "own.digits": collected(1, 7, 1, 7)}
    to_data(app, "digits").button(key="train_digits").click().run()
    assert spec_of(app).data.kind == "own_digits"
    to_data(app).button(key=f"train_brought_{data.key[:12]}").click().run()  # type: ignore[attr-defined]
    assert not app.exception
    assert spec_of(app).data == data


def test_leaving_the_list_deletes_nothing_and_can_be_taken_back(visit: Visit) -> None:
    app = with_flowers(visit)
    key, spec = key_of(app), spec_of(app)
    app.button(key=f"remove_brought_{key[:12]}").click().run()
    assert listed(app) == []
    assert is_stored(key)
    assert spec_of(app) == spec
    app.button(key="brought_back").click().run()
    assert listed(app) == [key[:12]]
    assert "brought_back" not in {button.key for button in app.button}


def test_the_same_content_is_listed_once(visit: Visit) -> None:
    app = with_flowers(visit)
    app.button(key="train_table").click().run()
    assert len(listed(to_data(app))) == 1


def test_a_set_that_had_to_make_room_says_so_and_comes_back_with_its_file(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    app = with_flowers(visit)
    key, spec = key_of(app), spec_of(app)
    with monkeypatch.context() as patch:
        patch.setenv("PLAYGROUND_UPLOAD_STORE_BYTES", "1")
        keep(prepare_points(DRAWN))
    assert settings().upload_store_bytes > 1_000_000
    assert not is_stored(key)
    assert "No longer on this server" in seen(to_data(app))
    app.button(key=f"train_brought_{key[:12]}").click().run()
    assert "is not on this server" in "\n".join(str(box.value) for box in app.warning)
    app.switch_page(str(ROOT / "pages" / "playground.py")).run()
    app.button(key="play").click().run()
    assert "the data is not on this server. Upload it under Data, then train" in messages(app)
    assert app.session_state["values"]["run"] is None
    to_data(app).button(key="train_table").click().run()  # the file is still in the visit
    assert spec_of(app) == spec
    assert is_stored(key)
    assert not app.warning
    assert "not on this server" not in messages(app)


def test_data_is_deleted_from_the_server_unless_somebody_else_has_uploaded_it_too(visit: Visit) -> None:
    app, other = with_flowers(visit), with_flowers(visit)
    key = key_of(app)
    for visitor, kept in ((app, True), (other, False)):
        visitor.button(key=f"remove_brought_{key[:12]}").click().run()
        visitor.button(key="brought_delete").click().run()
        assert not visitor.exception
        assert "Removed" not in seen(visitor)
        assert is_stored(key) is kept
    assert not runs().access.may_read(key, "somebody else"), "nor does its hash open it if the same data is uploaded again"


def test_data_that_a_run_needs_is_deleted_when_it_has_ended(visit: Visit) -> None:
    app = with_flowers(visit)
    key, spec = key_of(app), spec_of(app)
    control = runs().submit(spec, step="batch")
    app.button(key=f"remove_brought_{key[:12]}").click().run()
    app.button(key="brought_delete").click().run()
    assert is_stored(key)
    run_id, over = runs().resolve(control).run_id, threading.Event()
    unwatch = runs().watch(run_id, lambda: over.set() if runs().info(run_id).state.ended else None).end
    runs().stop(run_id)
    assert over.wait(30)
    unwatch()
    runs().delete_given_up()
    assert not is_stored(key)
