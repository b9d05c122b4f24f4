"""Keys that close a dialog."""

from playground.web.components.loader import component


def dialog_keys(key: str) -> None:
    """Lets Escape close the dialog that this is in, also while the focus is on nothing in it."""
    component("dialog_keys")(key=key, data={}, height=1)
