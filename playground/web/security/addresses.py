"""Where requests come from."""

import ipaddress

from starlette.types import Scope

_OF_ONE_HOME = 64
"""Whoever has an IPv6 address usually has all that begin with the same 64 bits."""


def address_of(scope: Scope) -> str:
    """The network that a request or a socket comes from: an IPv4 address, or a prefix of an IPv6 address."""
    client = scope.get("client")
    return grouped(client[0]) if client else ""


def grouped(address: str) -> str:
    """An address, or the prefix that it shares with others of the same person. What is no address stays as it is."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, _OF_ONE_HOME), strict=False))
