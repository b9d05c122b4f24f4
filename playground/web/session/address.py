"""Run, spec and limits mirrored in the page's address, so that they survive a reload and a copied address opens them."""

import streamlit as st

from playground.web.session.editing import spec, token
from playground.web.session.opening import spec_of_address
from playground.web.session.shown_runs import run
from playground.web.session.who import limits


def spec_in_address() -> str | None:
    """The token for the address; None if the address opens this spec without one."""
    return None if spec() == spec_of_address(run()) else token(spec())


def mirror() -> None:
    """Writes the run and the link's limits into the address, and the spec if it is not there yet. Each write adds an entry to the browser's
    history; therefore the network editor writes later versions of the spec itself, replacing the address."""
    wanted = {"run": run(), "spec": spec_in_address(), **limits().address()}
    absent = [name for name, value in wanted.items() if value is None and name in st.query_params]
    missing = {name: value for name, value in wanted.items() if value is not None and name not in st.query_params}
    if wanted["run"] is not None and st.query_params.get("run") != wanted["run"]:
        missing["run"] = wanted["run"]
    if missing or absent:
        kept = {name: value for name, value in st.query_params.to_dict().items() if name not in absent}
        changed = {name: value for name, value in wanted.items() if value is not None}
        st.query_params.from_dict({**kept, **changed})
