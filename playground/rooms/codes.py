"""The code of a room, which is read from a projector and typed, and the key of its teacher, which is neither."""

import hashlib
import hmac
import secrets
import string

LENGTH = 6
ALPHABET = "CDFGHJKMNPQRTWXY34679"
"""No characters that look alike (0 O, 1 I L, 2 Z, 5 S, 8 B, U V), and no vowels, so that no code is a word: 86 million codes."""

_NEVER = frozenset(string.ascii_uppercase + string.digits) - frozenset(ALPHABET)
_KEY_CHARACTERS = 22
_BETWEEN = " -–_./\t\n"
"""What people write between the characters of a code."""


def new_code() -> str:
    """A code for a new room."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def read_code(text: str) -> str | None:
    """The code that somebody has typed, in any case and with spaces or hyphens; None if this cannot be one."""
    code = _characters(text)
    return code if len(code) == LENGTH and all(character in ALPHABET for character in code) else None


def impossible_in(text: str) -> str:
    """The letters and digits of a text that no code contains, each once; "" if its length is wrong already."""
    code = _characters(text)
    return "".join(dict.fromkeys(each for each in code if each in _NEVER)) if len(code) == LENGTH else ""


def _characters(text: str) -> str:
    return "".join(character for character in text[:100].upper() if character not in _BETWEEN)


def spaced(code: str) -> str:
    """A code as it is easiest to read: "CDF 347"."""
    return f"{code[: LENGTH // 2]} {code[LENGTH // 2 :]}"


def new_key() -> str:
    """A key for the teacher: 132 bits that cannot be guessed."""
    return secrets.token_urlsafe(_KEY_CHARACTERS)[:_KEY_CHARACTERS]


def hashed(key: str) -> str:
    """What is stored of a key."""
    return hashlib.sha256(f"playground room {key}".encode()).hexdigest()


def fits(key: str, stored: str) -> bool:
    """Whether this is the key of which the hash is stored."""
    return bool(key) and hmac.compare_digest(hashed(key), stored)
