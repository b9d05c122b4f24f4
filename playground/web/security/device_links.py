"""Links that make another browser one of the same owner: signed, valid for some minutes, and once."""

import re
import secrets
import time
from dataclasses import dataclass

from playground.web.security.owner import is_anonymous
from playground.web.security.signing import keys, sign, signed
from playground.web.server import runs

VALID_MINUTES = 10

_PURPOSE = "device"
_TEXT = re.compile(r"([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]{22})", re.ASCII)


class LinkError(Exception):
    """A link cannot be used. The message is for the person who opened it."""


@dataclass(frozen=True)
class DeviceLink:
    """A link that can be used. id: under which its use is remembered."""

    owner: str
    id: str


def new_link(owner: str) -> str:
    """The secret part of a new link for this owner, who must have a cookie."""
    return sign(f"{owner}.{secrets.token_urlsafe(17)[:22]}", _PURPOSE, keys()[0])


def read_link(token: str) -> DeviceLink:
    """Raises: LinkError if it is not one of ours, too old, or used."""
    link, made = _read(token)
    if not 0 <= time.time() - made + 60 < 60 * (VALID_MINUTES + 1):  # a minute for clocks of several servers
        raise LinkError(f"This link was valid for {VALID_MINUTES} minutes, which are over. Make a new one on the other device.")
    if link.id in runs().used_links:
        raise LinkError("This link has been used already: it works once. Make a new one on the other device.")
    return link


def use_link(token: str) -> str:
    """The owner that the link is for; it cannot be used again. Raises: as `read_link`."""
    link = read_link(token)
    if not runs().used_links.add(link.id):
        raise LinkError("This link has been used already: it works once. Make a new one on the other device.")
    return link.owner


def _read(token: str) -> tuple[DeviceLink, float]:
    for key in keys():
        found = signed(token, _PURPOSE, key)
        parts = found and _TEXT.fullmatch(found[0])
        if found and parts and is_anonymous(parts[1]):
            return DeviceLink(parts[1], parts[2]), found[1]
    raise LinkError("This link is incomplete or not from this server. Copy the whole link, or make a new one on the other device.")
