"""Dragging with the mouse, a finger or a pen, in small steps like a hand."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

from playwright.sync_api import Locator, Page

Hand = Literal["mouse", "finger", "pen"]
Point = tuple[float, float]

_STEPS = 8
_HOLD_MS = 600
"""Longer than a finger must rest on a card to pick it up."""


def middle(of: Locator) -> Point:
    """The center of an element, which must be on the screen."""
    box = of.bounding_box()
    assert box, "the element is not on the screen"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def drag(page: Page, hand: Hand, start: Locator, end: Locator, *, resting: bool = False) -> None:
    """Drags from one element to another and drops there. resting: the finger rests before it moves."""
    with dragged(page, hand, start, resting=resting) as move:
        move(middle(end))


@contextmanager
def dragged(page: Page, hand: Hand, start: Locator, *, resting: bool = False) -> Iterator[Callable[[Point], None]]:
    """Picks up an element and drops it at the end of the block. Yields a function that moves it to a point."""
    at = middle(start)
    pointer = _pointer(page, hand)
    pointer("down", at)
    if resting:
        page.wait_for_timeout(_HOLD_MS)

    def move(to: Point) -> None:
        nonlocal at
        for step in range(1, _STEPS + 1):
            share = step / _STEPS
            pointer("move", (at[0] + (to[0] - at[0]) * share, at[1] + (to[1] - at[1]) * share))
            page.wait_for_timeout(16)
        at = to

    yield move
    pointer("up", at)


def _pointer(page: Page, hand: Hand) -> Callable[[str, Point], None]:
    """A function that presses ("down"), moves ("move") or lifts ("up") the pointer at a point."""
    if hand == "mouse":

        def mouse(what: str, at: Point) -> None:
            page.mouse.move(*at)
            if what != "move":
                (page.mouse.down if what == "down" else page.mouse.up)()

        return mouse
    protocol = page.context.new_cdp_session(page)
    if hand == "finger":
        touches = {"down": "touchStart", "move": "touchMove", "up": "touchEnd"}

        def touch(what: str, at: Point) -> None:
            points = [] if what == "up" else [{"x": at[0], "y": at[1]}]
            protocol.send("Input.dispatchTouchEvent", {"type": touches[what], "touchPoints": points})

        return touch
    strokes = {"down": "mousePressed", "move": "mouseMoved", "up": "mouseReleased"}

    def pen(what: str, at: Point) -> None:
        event = {"type": strokes[what], "x": at[0], "y": at[1], "pointerType": "pen", "button": "left", "force": 0.5}
        protocol.send("Input.dispatchMouseEvent", {**event, "buttons": 0 if what == "up" else 1, "clickCount": 1})

    return pen
