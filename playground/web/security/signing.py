"""The keys that sign what visitors bring back, such as their cookie.

They are in the settings or, without that, one is made in the data folder, so that all servers with this folder accept what one of them
signed. The first key signs; the others, which were first before, are still accepted."""

import hashlib
import logging
import os
import secrets
import tempfile
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from itsdangerous import BadSignature, TimestampSigner

from playground.settings import settings

FILE = "secret.key"

logger = logging.getLogger(__name__)


def keys() -> tuple[str, ...]:
    """The keys of this server, the one that signs first."""
    return settings().secret or (_kept(settings().data),)


def sign(text: str, purpose: str, key: str) -> str:
    """The text with the time and a signature. purpose: a signature for one is none for another."""
    return _signer(purpose, key).sign(text).decode()


def signed(value: str, purpose: str, key: str) -> tuple[str, float] | None:
    """The text that was signed, and when, in seconds since 1970; None if the signature is not by this key and for this purpose."""
    try:
        text, time = _signer(purpose, key).unsign(value, return_timestamp=True)
        return text.decode(), time.timestamp()
    except (BadSignature, ValueError, OverflowError, OSError):  # the last three: of times that no calendar has
        return None


def fingerprint(key: str) -> str:
    """A name for a key that does not reveal it."""
    return hashlib.sha256(f"playground fingerprint {key}".encode()).hexdigest()[:8]


@lru_cache(maxsize=64)
def _signer(purpose: str, key: str) -> TimestampSigner:
    return TimestampSigner(key, salt=f"playground {purpose}", digest_method=hashlib.sha256)


@lru_cache(maxsize=8)
def _kept(folder: Path) -> str:
    """The key in the data folder, made if there is none: readable only by the server's user, and complete or not there."""
    path = folder / FILE
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=folder, prefix=f".{FILE}-")  # with mode 0600
            try:
                with os.fdopen(descriptor, "w") as file:
                    file.write(secrets.token_hex(32))
                with suppress(FileExistsError):  # another server was faster: its key counts
                    os.link(name, path)
            finally:
                Path(name).unlink(missing_ok=True)
        return path.read_text().strip() or _unkept("it is empty")
    except OSError as error:
        return _unkept(error.strerror)


def _unkept(reason: str | None) -> str:
    logger.warning("The key that signs cookies cannot be kept in the data folder (%s): after a restart, visitors are new ones", reason)
    return secrets.token_hex(32)
