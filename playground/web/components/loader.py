"""Registers components, loads their JavaScript into the page, and passes them their data."""

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import streamlit as st

_LOADER = """
export default function (component) {
  const address = new URL("assets/js/NAME.js", document.baseURI).href;
  return import(address).then((module) => module.default(component));
}
"""
"""Streamlit awaits the promise, and calls the function it resolves to when the component is unmounted."""


@cache
def component(name: str) -> Callable[..., Any]:
    """The component in assets/js/`name`.js, to be mounted with `key=` (without, Streamlit recreates it whenever its data change) and with
    `data=`, a mapping that JSON can hold. Registered only once, since registering a name again causes a warning.

    Styles are shared with the page (`isolate_styles` is off); all our classes begin with `pg-`. Data is sent as JSON in bytes: from a
    mapping, Streamlit would look for tables in every value, for which it imports pandas (half a second and 45 MB), and sort all of it once
    more for an id that the key decides anyway."""
    mount = st.components.v2.component(f"playground.{name}", js=_LOADER.replace("NAME", name), isolate_styles=False)

    def mounted(*, key: str, data: Mapping[str, Any], **settings: Any) -> Any:
        return mount(key=key, data=json.dumps(data, separators=(",", ":")).encode(), **settings)

    return mounted
