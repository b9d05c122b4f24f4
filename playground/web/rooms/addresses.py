"""Under which address others open a room. Opened as localhost, the address in the visitor's browser leads others to their own machine."""

import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

import streamlit as st

from playground.rooms import Room
from playground.web.links import app_address
from playground.web.rooms.visit import Visit
from playground.web.security.origins import only_this_machine

_ELSEWHERE = ("192.0.2.1", 9)
"""Any address outside of this machine's networks (RFC 5737): nothing is sent there."""
_TRY_IT = "This computer's address in its network. If a phone cannot open it, a firewall may keep it out, or it is in another network."
_IN_A_CONTAINER = (
    "This is the address of the container that the app runs in. If a phone cannot open it, open the app under the address of the computer "
    "outside; the class then gets that one."
)
_UNKNOWN = (
    "You opened this app as localhost, which leads others to their own machine. For a class, open it under this machine's address in your "
    "network."
)
_ONLY_HERE = (
    "Nobody else can join yet: this server can be reached from this computer only. For a class, start it with make run HOST=0.0.0.0 (more "
    "under Classroom in docs/hosting.md). The room is kept."
)


@dataclass(frozen=True)
class ForOthers:
    """app: the address of the app for others, without a page; the visitor's own where that is not known. note: on this address, "" for
    nothing. works: whether nothing is known that keeps others from opening it."""

    app: str
    note: str = ""
    works: bool = True


def for_others() -> ForOthers:
    """The address to give to a class."""
    own = urlsplit(app_address())
    if not only_this_machine(own.hostname or ""):
        return ForOthers(app_address())
    bound = st.get_option("server.address")
    if bound is not None and only_this_machine(bound):
        return ForOthers(app_address(), _ONLY_HERE, works=False)
    machine = _address_in_the_network()
    if machine is None:
        return ForOthers(app_address(), _UNKNOWN, works=False)
    app = f"{own.scheme}://{machine}:{st.get_option('server.port')}{own.path}"
    return ForOthers(app, _IN_A_CONTAINER, works=False) if _in_a_container() else ForOthers(app, _TRY_IT)


def student_link(room: Room) -> str:
    """Opens the room for a student."""
    return f"{for_others().app}/room?room={room.code}"


def teacher_link(visit: Visit) -> str:
    """Opens the room for a teacher; "" if this visit does not know the key."""
    return f"{student_link(visit.room)}&key={quote(visit.key)}" if visit.key else ""


def _address_in_the_network() -> str | None:
    """This machine's address, as other machines of its network see it; asked anew, since a laptop changes networks. None without a
    network."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(_ELSEWHERE)
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if only_this_machine(address) else address


def _in_a_container() -> bool:
    return Path("/.dockerenv").exists() or Path("/run/.containerenv").exists()
