"""Who visits, and what the links they opened allow."""

from playground.web.classroom import Limits
from playground.web.security.owner import visitor
from playground.web.session.opening import owner_of_visit
from playground.web.session.rooms import room_code, room_limits
from playground.web.session.values import values


def visit() -> str:
    """The unique id of this visit."""
    return str(values()["visit"])


def owner() -> str:
    """The owner of what this visit starts and uploads: as long as the cookie lasts, or for this visit only."""
    known = visitor()
    if known and values().get("owner") != known:
        values()["owner"] = known
    return str(values().get("owner") or owner_of_visit(visit()))  # the browser may have left while the script runs


def links() -> tuple[str, ...]:
    """What the links that this visit opened carry, so that it may read data of others."""
    return tuple(values()["links"])


def add_link(carried: str) -> None:
    """The visit has got what a link carries, so that it may read data of others."""
    if carried not in links():
        values()["links"] = [*links(), carried]


def limits() -> Limits:
    """What the opened link, or the teacher of the room, hides and locks. Asked for by every setting of a page, so outside of rooms nobody's
    cookie is read for it."""
    return link_limits() if room_code() is None else link_limits().with_all(room_limits(owner()))


def link_limits() -> Limits:
    """What the opened link hides and locks."""
    return Limits(*(frozenset(names) for names in values()["limits"]))
