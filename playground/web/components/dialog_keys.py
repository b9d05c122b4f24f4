"""Keys that close a dialog."""

from playground.web.components.loader import component


def dialog_keys(key: str) -> None:
    """Makes Escape close the surrounding dialog even if nothing in it has the focus."""
    component("dialog_keys")(key=key, data={}, height=1)
