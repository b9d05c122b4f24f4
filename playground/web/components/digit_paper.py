"""A canvas for drawing labeled digits."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playground.catalog.datasets.examples import Array
from playground.web.components.draw import ink_of
from playground.web.components.loader import component


@dataclass(frozen=True)
class Added:
    """A drawing and its label. nonce: of the message, which may arrive twice. ink: uint8 (INK_SIDE, INK_SIDE)."""

    nonce: str
    label: int
    ink: Array


def digit_paper(label: int, done: Sequence[str], *, key: str, on_added_change: Callable[[], None]) -> None:
    """The canvas. label: the label that is selected at first. done: nonces of the drawings that were added.

    Root: `.pg-digits`. Its trigger `added` sends drawings, which `added_of` parses."""
    component("digit_paper")(key=key, data={"label": label, "done": list(done)}, on_added_change=on_added_change)


def added_of(sent: object) -> list[Added]:
    """The valid drawings that the component sent under `added`."""
    return [
        Added(str(each.get("nonce"))[:80], int(each["label"]), ink)
        for each in (sent if isinstance(sent, list) else ())
        if isinstance(each, dict) and each.get("label") in range(10) and (ink := ink_of(each)) is not None
    ]
