"""Registers components: the one place that knows how their JavaScript gets into the page."""

from functools import cache

import streamlit as st
from streamlit.components.v2.types import ComponentRenderer

_LOADER = """
export default function (component) {
  const address = new URL("assets/js/NAME.js", document.baseURI).href;
  return import(address).then((module) => module.default(component));
}
"""
"""Streamlit waits for the promise, and calls the function that it leads to when the component goes."""


@cache
def component(name: str) -> ComponentRenderer:
    """The component drawn by assets/js/`name`.js, to be mounted with `key=` (without, Streamlit makes it anew at each change of
    its data). Registered once, however often it is asked for: a second registration of a name is a warning.

    Styles are shared with the page (`isolate_styles` off): the classes of ours all begin with `pg-`."""
    return st.components.v2.component(f"playground.{name}", js=_LOADER.replace("NAME", name), isolate_styles=False)
