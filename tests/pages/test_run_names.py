"""Where a run is called by the name that its owner gave it, and that nobody else sees it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from playground.export.formats import FORMATS
from playground.presets import PRESETS
from playground.web.current import Current
from playground.web.panels import export
from playground.web.server import runs

Visit = Callable[..., AppTest]
PAGES = Path(__file__).resolve().parents[2] / "pages"
NAME = "best *so far* / <b>"
ESCAPED = r"best \*so far\* / \<b\>"
LENET = PRESETS["lenet5"].spec


@pytest.fixture
def named() -> Iterator[str]:
    """The control address of a run with a name, which belongs to the first visitor who opens it."""
    control = runs().submit(LENET, step="batch")
    runs().rename(runs().resolve(control).run_id, NAME)
    yield control
    runs().stop(runs().resolve(control).run_id)


def texts_of(app: AppTest) -> str:
    return "\n".join(str(text.value) for text in (*app.markdown, *app.caption))


def chart_of(app: AppTest) -> dict[str, Any]:
    """What the chart of the output shows."""
    (chart,) = [data for part in app.get("bidi_component") if "earlier" in (data := json.loads(part.proto.bytes))]
    return dict(chart)


def test_it_is_shown_on_home_and_over_the_output_and_in_the_menu_of_networks(visit: Visit, named: str) -> None:
    app = visit(run=named)
    assert rf"Your run: {ESCAPED}" in texts_of(app)
    playground = app.switch_page(str(PAGES / "playground.py")).run()
    assert ESCAPED in texts_of(playground)
    assert chart_of(playground)["named"] == NAME
    draw = playground.switch_page(str(PAGES / "draw.py")).run()
    assert f"Your run: {NAME}" in draw.selectbox[0].options


def test_it_stays_the_name_among_the_earlier_runs_of_a_visit(visit: Visit, named: str) -> None:
    app = visit("playground", run=named)
    app.button(key="reset").click().run()
    assert [run["name"] for run in chart_of(app)["earlier"]] == [NAME]


@pytest.mark.parametrize(
    ("given", "file"), [(NAME, "best so far b.zip"), ("../..\\x", ".. .. x.zip"), ("***", "experiment.zip"), ("", "experiment.zip")]
)
def test_it_is_the_file_name_of_its_archive(named: str, monkeypatch: pytest.MonkeyPatch, given: str, file: str) -> None:
    monkeypatch.setattr(export, "given_name", lambda info: given)
    run = runs().resolve(named)
    offer = export._Offer(LENET, Current(named, run.run_id, True, runs().info(run.run_id)))
    assert export._file_name(FORMATS["bundle"], offer) == file
    assert export._file_name(FORMATS["weights"], offer) == "model.safetensors"


def test_others_who_watch_do_not_see_it(visit: Visit, named: str) -> None:
    visit(run=named)  # the owner
    watched = runs().resolve(named).run_id
    for page in ("home", "playground", "draw"):
        app = visit(page, run=watched)
        assert "so far" not in texts_of(app)
        assert not any(NAME in option for box in app.selectbox for option in box.options)
    assert chart_of(visit("playground", run=watched))["named"] == ""
