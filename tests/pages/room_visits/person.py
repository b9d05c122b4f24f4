"""Somebody who visits rooms, seen by a script that has a button for everything."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from streamlit.testing.v1 import AppTest

from playground.spec import ExperimentSpec
from playground.web import rooms
from playground.web.server import rooms as server_rooms
from tests.pages.reading import spec_of


def _script() -> None:
    import streamlit as st

    from playground.web import edits, rooms, session
    from playground.web.panels import share
    from playground.web.panels.class_link import class_link

    rooms.arrive()
    session.mirror()
    for name in rooms.__all__:
        st.button(name, key=name, on_click=lambda name=name: getattr(rooms, name)(*st.session_state.get("given", ())))
    path = "training.epochs"
    st.button(path, key=path, on_click=session.edit, args=(edits.set_field(session.spec(), path, 7), path))
    st.session_state["visit"] = rooms.here()
    said = session.message("room")
    st.text(said.text if said else "")
    st.text(str(sorted(session.limits().locked)))
    address = session.message("address")
    st.text(address.text if address else "")
    share._links(session.spec(), None)
    class_link(session.spec())


class Person:
    """Somebody with a browser that keeps its cookie."""

    def __init__(self, patch: pytest.MonkeyPatch, name: str) -> None:
        self._patch, self.name = patch, name
        self.open()

    def open(self, **address: str) -> None:
        """Opens the page anew, by default with the address of the page that was open."""
        before = self.address if hasattr(self, "_app") else {}
        self._app = AppTest.from_function(_script, default_timeout=60)
        self._app.query_params.update(address or before)
        self._run()

    def do(self, name: str, *args: Any) -> str:
        """What the page says of it."""
        self._app.session_state["given"] = args
        self._app.button(key=name).click()
        return self._run()

    def look(self) -> str:
        server_rooms()._forget_all()
        return self._run()

    def _run(self) -> str:
        for module in ("who", "opening"):
            self._patch.setattr(f"playground.web.session.{module}.visitor", lambda: self.name)
        self._app.run()
        assert not self._app.exception, self._app.exception[0].message
        return str(self._app.text[0].value)

    @property
    def here(self) -> rooms.Visit | None:
        found: rooms.Visit | None = self._app.session_state["visit"]
        return found

    @property
    def seat(self) -> str:
        assert self.here is not None
        assert self.here.seat is not None
        return self.here.seat.name

    @property
    def spec(self) -> ExperimentSpec:
        return spec_of(self._app)

    @property
    def address(self) -> dict[str, str]:
        return {name: value if isinstance(value, str) else value[0] for name, value in self._app.query_params.items()}

    @property
    def locked(self) -> str:
        return str(self._app.text[1].value)

    @property
    def refused(self) -> str:
        return str(self._app.text[2].value)

    @property
    def shared(self) -> list[dict[str, list[str]]]:
        """What the link that they share locks and hides, and the one for a class."""
        queries = [parse_qs(urlsplit(str(link.value)).query) for link in self._app.code]
        return [{name: query[name] for name in ("lock", "hide") if name in query} for query in queries]
