"""Keys that close a dialog."""

from playground.web.components.loader import component


def dialog_keys(key: str) -> None:
    """Gives the focus back to a button of the surrounding dialog that was disabled for a moment; meanwhile, Escape still closes it."""
    component("dialog_keys")(key=key, data={}, height=1)
