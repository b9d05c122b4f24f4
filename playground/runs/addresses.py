"""The two addresses of a run: with one a user can watch the run, with the other also control it.

The control address is random (132 bits). The watch address is a hash of it. The server stores only the hash, which is enough to find the
run from either address, and does not reveal the control address."""

import base64
import hashlib
import re
import secrets
from dataclasses import dataclass

from playground.runs.info import RunNotFound

_CHARACTERS = 22
_CONTROL = re.compile(r"c[A-Za-z0-9_-]{22}", re.ASCII)
_WATCH = re.compile(r"w[A-Za-z0-9_-]{22}", re.ASCII)


@dataclass(frozen=True)
class Address:
    """What an address refers to. run_id: the run's watch address. control: whether its holder may pause, step and stop the run."""

    run_id: str
    control: bool


def new_control_address() -> str:
    """ "c" and 22 characters of A-Z a-z 0-9 - _ that cannot be guessed."""
    return "c" + secrets.token_urlsafe(_CHARACTERS)[:_CHARACTERS]


def watch_address(control: str) -> str:
    """The watch address of the run that this address controls: "w" and 22 characters of its SHA-256, base64url."""
    digest = hashlib.sha256(control.encode("ascii")).digest()
    return "w" + base64.urlsafe_b64encode(digest)[:_CHARACTERS].decode("ascii")


def read_address(text: object) -> Address:
    """Parses an address, without checking that the run exists.

    The secret is never compared: it is hashed and the hash is looked up, so timing reveals nothing about it.
    Raises: RunNotFound if this is not an address."""
    if isinstance(text, str):
        if _CONTROL.fullmatch(text):
            return Address(watch_address(text), control=True)
        if _WATCH.fullmatch(text):
            return Address(text, control=False)
    raise RunNotFound
