"""What the value of a setting can be: each kind of value reads a text of the environment or a value of a TOML file, within its range."""

import ipaddress
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

T_co = TypeVar("T_co", covariant=True)

_MOST_DIGITS = 30
_YES, _NO = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class SettingsError(ValueError):
    """Settings cannot be used. The message has a line for each mistake: the variable, or the file and its key, the rule and the value."""


class Value(Protocol[T_co]):
    """A kind of value."""

    @property
    def rule(self) -> str:
        """What a value must be, after "must "."""

    def read(self, value: object) -> T_co | None:
        """The value; None if it breaks the rule. value: stripped text that is not empty, or a value of a TOML file."""


@dataclass(frozen=True)
class Integer:
    """An integer from `least` to `most`; `50_000_000` is 50000000, as in TOML."""

    least: int = 1
    most: int | None = None

    @property
    def rule(self) -> str:
        if self.most is not None:
            return f"be an integer from {self.least:,} to {self.most:,}"
        return "be a positive integer" if self.least == 1 else f"be an integer of at least {self.least:,}"

    def read(self, value: object) -> int | None:
        if isinstance(value, str) and re.fullmatch(r"[0-9]+(_[0-9]+)*", value) and len(value) < _MOST_DIGITS:
            value = int(value)
        if not isinstance(value, int) or isinstance(value, bool) or value < self.least:
            return None
        return value if self.most is None or value <= self.most else None


@dataclass(frozen=True)
class Number:
    """A finite number of at least `least`."""

    least: float = 0.0

    @property
    def rule(self) -> str:
        return f"be a number of at least {self.least:g}"

    def read(self, value: object) -> float | None:
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            return None
        try:
            number = float(value)
        except (ValueError, OverflowError):
            return None
        return number if math.isfinite(number) and number >= self.least else None


@dataclass(frozen=True)
class YesOrNo:
    """True or false."""

    rule: str = "be true or false"

    def read(self, value: object) -> bool | None:
        if isinstance(value, bool):
            return value
        word = value.lower() if isinstance(value, str) else None
        return True if word in _YES else False if word in _NO else None


@dataclass(frozen=True)
class Choice:
    """One of a few words."""

    words: tuple[str, ...]

    @property
    def rule(self) -> str:
        return f"be {' or '.join(self.words)}"

    def read(self, value: object) -> str | None:
        return value if isinstance(value, str) and value in self.words else None


@dataclass(frozen=True)
class Text:
    """Any text."""

    rule: str = "be text"

    def read(self, value: object) -> str | None:
        return value if isinstance(value, str) else None


@dataclass(frozen=True)
class WebAddress:
    """The URL of a folder on a web server, without a slash at its end."""

    rule: str = "start with http:// or https://"

    def read(self, value: object) -> str | None:
        return value.rstrip("/") if isinstance(value, str) and value.startswith(("http://", "https://")) else None


@dataclass(frozen=True)
class Folder:
    """The path of a folder; a relative one starts where the server was started."""

    rule: str = "be the path of a folder"

    def read(self, value: object) -> Path | None:
        try:
            return Path(value).expanduser() if isinstance(value, str) else None
        except RuntimeError:  # ~ of a user who does not exist
            return None


@dataclass(frozen=True)
class Words:
    """Several words: separated by commas in the environment, an array in a file."""

    rule: str = "be texts, separated by commas (in a file, an array of texts)"

    def read(self, value: object) -> tuple[str, ...] | None:
        words: Sequence[object] = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else ()
        texts = tuple(word.strip() for word in words if isinstance(word, str) and word.strip())
        return texts if texts and len(texts) == len(words) else None


@dataclass(frozen=True)
class Keys:
    """Secret keys, separated by commas (in a file, an array)."""

    least_characters: int = 32

    @property
    def rule(self) -> str:
        return f"be random texts of at least {self.least_characters} characters, separated by commas"

    def read(self, value: object) -> tuple[str, ...] | None:
        keys = Words().read(value)
        return keys if keys and all(len(key) >= self.least_characters for key in keys) else None


@dataclass(frozen=True)
class Networks:
    """Addresses and networks of the internet protocol, separated by commas (in a file, an array)."""

    rule: str = "be addresses such as 10.0.0.1, or networks such as 10.0.0.0/8, separated by commas"

    def read(self, value: object) -> tuple[str, ...] | None:
        words = Words().read(value)
        try:
            return tuple(str(ipaddress.ip_network(word)) for word in words) if words else None
        except ValueError:
            return None


@dataclass(frozen=True)
class Sites:
    """Web sites as in a content security policy, separated by commas (in a file, an array)."""

    rule: str = "be sites such as https://school.example or https://*.school.example, 'self', 'none' or *, separated by commas"

    def read(self, value: object) -> tuple[str, ...] | None:
        words = Words().read(value)
        site = r"https?://(\*\.)?[A-Za-z0-9._-]+(:[0-9]+)?|'self'|'none'|\*"
        return words if words and all(re.fullmatch(site, word) for word in words) else None
