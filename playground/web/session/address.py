"""Run, spec, room and limits mirrored in the page's address, so that they survive a reload and a copied address opens them."""

import streamlit as st

from playground.web.security.owner import accepts_cookies
from playground.web.session.editing import spec, token
from playground.web.session.opening import spec_of_address
from playground.web.session.rooms import room_code, room_key
from playground.web.session.shown_runs import run
from playground.web.session.who import link_limits


def spec_in_address() -> str | None:
    """The token for the address; None if the address opens this spec without one."""
    return None if spec() == spec_of_address(run()) else token(spec())


def mirror() -> None:
    """Writes the run, the room and the link's limits into the address, and the spec if it is not there yet. Each write adds an entry to the
    browser's history; therefore the network editor writes later versions of the spec itself, replacing the address."""
    wanted: dict[str, str | None] = {"run": run(), "spec": spec_in_address(), **link_limits().address(), **_room()}
    absent = [name for name, value in wanted.items() if value is None and name in st.query_params]
    missing = {name: value for name, value in wanted.items() if value is not None and name not in st.query_params}
    for name in ("run", "room"):
        value = wanted[name]
        if value is not None and st.query_params.get(name) != value:
            missing[name] = value
    if missing or absent:
        kept = {name: value for name, value in st.query_params.to_dict().items() if name not in absent}
        changed = {name: value for name, value in wanted.items() if value is not None}
        st.query_params.from_dict({**kept, **changed})


def _room() -> dict[str, str | None]:
    """The room, with the key only if the browser cannot be known as a teacher's otherwise: addresses are seen on projectors."""
    return {"room": room_code(), "key": (room_key() or None) if not accepts_cookies() else None}
