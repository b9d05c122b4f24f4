"""The Runs page without a browser: what is listed, what is announced, and what the dialogs say and do."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from streamlit.testing.v1 import AppTest

from playground.runs import RunState
from playground.web.panels import runs_compare
from playground.web.security.device_links import new_link
from playground.web.security.owner import new_owner
from playground.web.server import rooms, runs
from tests.pages.conftest import ROOT
from tests.pages.reading import messages
from tests.web.test_own_runs import stored


def owner_of(app: AppTest) -> str:
    """Of a visit without cookies."""
    return f"v{app.session_state['values']['visit']}"


def rows_of(app: AppTest) -> list[dict[str, Any]]:
    for part in app.get("bidi_component"):
        data = json.loads(part.proto.bytes)
        if "rows" in data:
            return list(data["rows"])
    return []


def test_the_browser_knows_every_state() -> None:
    model, status = ((ROOT / "assets" / "js" / f"{name}.js").read_text() for name in ("my_runs_model", "live_status"))
    over = re.search(r"OVER = (\[.*?\]);", model)
    assert over is not None
    assert set(json.loads(over[1])) == {state.value for state in RunState if state.ended}
    assert not [state.value for state in RunState if f'{state.value}: "' not in status]


def test_without_runs_the_page_says_what_to_do(visit: Callable[..., AppTest]) -> None:
    app = visit("runs")
    assert any("No runs yet" in each.value for each in app.markdown)
    assert [link.proto.label for link in app.get("page_link")] == ["Choose an experiment", "Open the playground"]
    assert not app.button


def test_the_runs_of_the_visitor_are_listed_and_those_to_be_deleted_announced(visit: Callable[..., AppTest]) -> None:
    app = visit("runs")
    older, newer = (stored(owner_of(app), minutes=minutes) for minutes in (-5, 0))
    stored("somebody else")
    runs()._records.store.announce({older: datetime(2031, 5, 4, tzinfo=UTC)})
    app.run()
    assert not app.exception
    assert [row["id"] for row in rows_of(app)] == [newer, older]
    assert [row["name"] for row in rows_of(app)] == ["Three layers: 784-256-10 (2)", "Three layers: 784-256-10"]
    assert rows_of(app)[0]["result"]["value"] == 0.97
    assert "One of your runs will be deleted on May 4" in messages(app)
    assert "Export" in messages(app)


def test_chosen_runs_are_compared_by_their_names(visit: Callable[..., AppTest]) -> None:
    app = visit("runs")
    first, second, foreign = stored(owner_of(app)), stored(owner_of(app), minutes=-1), stored("somebody else")
    runs().rename(second, "longer")
    app.session_state["values"]["choices"] = {runs_compare._COMPARED: [first, second, foreign]}
    app.run()
    assert not app.exception
    (chart,) = [data for part in app.get("bidi_component") if "earlier" in (data := json.loads(part.proto.bytes))]
    assert (chart["run"], chart["named"]) == (first, "Three layers: 784-256-10")
    assert [(other["run"], other["name"]) for other in chart["earlier"]] == [(second, "longer")]
    app.button(key="compared_close").click().run()
    assert len(rows_of(app)) == 2
    assert not [part for part in app.get("bidi_component") if "earlier" in json.loads(part.proto.bytes)]


def test_the_menu_closes_when_it_opens_a_dialog(visit: Callable[..., AppTest]) -> None:
    app = visit("runs")
    stored(owner_of(app))
    app.run()
    app.session_state["my_data"] = True
    app.run()
    assert app.session_state["my_data"] is True
    app.button(key="delete_data").click().run()
    assert app.session_state["my_data"] is False
    assert any("permanently deletes" in each.value for each in app.markdown)


def test_all_data_is_deleted_after_a_confirmation_that_says_what(visit: Callable[..., AppTest]) -> None:
    app = visit("runs")
    owner = owner_of(app)
    stored(owner), stored(owner, RunState.PAUSED)
    runs().access.claim("a" * 64, owner)
    rooms().open(owner)
    app.run()
    app.button(key="delete_data").click().run()
    said = " ".join(str(each.value) for each in app.markdown)
    assert "permanently deletes **your 2 runs**" in said
    assert "One of them has not ended" in said
    assert "and **the dataset** that you uploaded" in said
    assert "and **the rooms** that you opened" in said
    app.button(key="delete_data_keep").click().run()
    assert len(runs().overviews(owner, 9)) == 2
    app.button(key="delete_data").click().run()
    app.button(key="delete_data_sure").click().run()
    assert not app.exception
    assert runs().overviews(owner, 9) == ()
    assert not runs().access.keys(owner)
    assert not rooms().has_any(owner)
    assert "have been deleted" in messages(app)
    assert not app.button


def test_a_visit_without_cookies_cannot_be_taken_to_another_device(visit: Callable[..., AppTest]) -> None:
    app = visit("runs")
    stored(owner_of(app))
    app.run()
    assert {button.key for button in app.button} == {"delete_data"}


def test_links_for_another_device_are_explained(visit: Callable[..., AppTest]) -> None:
    owner = new_owner()
    stored(owner), stored(owner, minutes=-1)
    app = visit("runs", device=new_link(owner))
    assert any("2 runs will be listed in this browser" in each.value for each in app.markdown)
    app = visit("runs", device="forged")
    assert "incomplete or not from this server" in messages(app)


def test_an_owner_controls_a_run_by_its_watch_address_and_others_watch_it(visit: Callable[..., AppTest]) -> None:
    app = visit("playground")
    for owner, watching in ((owner_of(app), False), ("somebody else", True)):
        app.session_state["values"]["run"] = stored(owner, RunState.PAUSED)
        app.run()
        assert not app.exception
        assert ("You are watching a run" in messages(app)) == watching
        assert app.button(key="stop").disabled == watching


def test_a_run_on_the_screen_that_is_deleted_leaves_it_without_an_error(visit: Callable[..., AppTest]) -> None:
    app = visit("runs")
    app.session_state["values"]["run"] = stored(owner_of(app))
    app.run()
    app.button(key="delete_data").click().run()
    app.button(key="delete_data_sure").click().run()
    assert app.session_state["values"]["run"] is None
    assert not app.error
