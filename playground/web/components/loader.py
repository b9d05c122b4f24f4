"""Registers components, and loads their JavaScript into the page."""

from functools import cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_LOADER = """
export default function (component) {
  const address = new URL("assets/js/NAME.js", document.baseURI).href;
  return import(address).then((module) => module.default(component));
}
"""
"""Streamlit awaits the promise, and calls the function it resolves to when the component is unmounted."""


@cache
def component(name: str) -> ComponentRenderer:
    """The component in assets/js/`name`.js, to be mounted with `key=` (without, Streamlit recreates it whenever its data change).
    Registered only once, since registering a name again causes a warning.

    Styles are shared with the page (`isolate_styles` is off); all our classes begin with `pg-`."""
    return st.components.v2.component(f"playground.{name}", js=_LOADER.replace("NAME", name), isolate_styles=False)
