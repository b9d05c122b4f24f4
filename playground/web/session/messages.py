"""Messages to the visitor, kept until the next edit."""

from dataclasses import dataclass
from typing import Any

from playground.runs.without_folders import without_folders
from playground.web.session.opening import Level
from playground.web.session.values import values


@dataclass(frozen=True)
class Message:
    """A message to the visitor, shown at one position on the page."""

    text: str
    level: Level


def set_message(name: str, text: str, level: Level = "error") -> None:
    """Sets a message, kept until the next edit. name: where it is shown, such as "address" or the path of a setting."""
    values()["messages"] = {**values()["messages"], name: (without_folders(text), level)}


def clear_message(name: str) -> None:
    """Removes the message of this name."""
    values()["messages"] = {other: plain for other, plain in values()["messages"].items() if other != name}


def clear_messages() -> None:
    """Removes all messages."""
    values()["messages"] = {}


def message(name: str) -> Message | None:
    """The message of this name, None if there is none."""
    plain = values()["messages"].get(name)
    return None if plain is None else Message(*plain)


def set_edit_error(text: str, path: str | None) -> None:
    """Sets what was wrong with an edit of the network, kept until the next edit. path: of the layer; None for the whole network."""
    set_message("network", text)
    values()["edit_error_path"] = path


def edit_error() -> dict[str, Any] | None:
    """{"text", "path"} of the last edit of the network if it failed."""
    error = message("network")
    return None if error is None else {"text": error.text, "path": values().get("edit_error_path")}
