"""A data folder that cannot be used any more: pages explain it in plain words, and where it is stays unknown."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from playground.web import server
from playground.web.failures import explain


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file where the data folder should be."""
    place = tmp_path / "data"
    place.write_text("")
    monkeypatch.setenv("PLAYGROUND_DATA", str(place))
    server.runs.cache_clear()
    yield place
    server.runs.cache_clear()


@pytest.mark.parametrize("page", ["home", "data", "playground", "draw", "predict", "explain", "attention"])
def test_pages_open_and_do_not_say_where_the_folder_is(folder: Path, visit: Callable[..., AppTest], page: str) -> None:
    app = visit(page)
    shown = "\n".join(str(element) for element in app)
    assert str(folder.parent) not in shown
    assert str(folder.parent).replace("_", "\\_") not in shown


def test_a_link_to_a_room_opens_without_the_room(folder: Path, visit: Callable[..., AppTest]) -> None:
    app = visit("home", room="CDF347", key="x" * 22)
    assert "room" not in app.query_params
    assert str(folder.parent) not in "\n".join(str(element) for element in app)


def test_a_link_to_a_run_is_answered_too(folder: Path) -> None:
    def page() -> None:
        from playground.web.failures import explain
        from playground.web.server import runs

        try:
            runs().resolve("w" + "x" * 22)
        except Exception as error:  # noqa: BLE001 - as Streamlit does
            explain(error)

    app = AppTest.from_function(page).run()
    assert not app.exception
    assert "This page cannot be shown" in app.error[0].value
    assert str(folder.parent) not in app.error[0].value


def test_what_has_no_plain_words_is_left_to_streamlit() -> None:
    assert not explain(KeyError("x"))
