"""How a setting is declared: a field of the table with everything that is said of it anywhere."""

import dataclasses
import re
from dataclasses import dataclass
from typing import Any, TypeVar

from playground.settings.values import Value

T = TypeVar("T")

PREFIX = "PLAYGROUND_"
_MASK = "••••"
_PASSWORD = re.compile(r"(?<=://)([^/@\s]*:)[^/@\s]*(?=@)")
_SECRET_PARAMETER = re.compile(r"(?i)([?&][^=&]*(?:password|secret|token|key)[^=&]*=)[^&\s]*")


@dataclass(frozen=True)
class Setting:
    """One setting. name: of the field, and the key in `playground.toml`. meaning: a phrase that follows the name, in Markdown. unit: of a
    number. said_default: what the default is, where the value itself does not say it. secret: never shown."""

    name: str
    group: str
    meaning: str
    value: Value[Any]
    default: Any
    unit: str = ""
    said_default: str = ""
    secret: bool = False

    @property
    def variable(self) -> str:
        """The environment variable."""
        return PREFIX + self.name.upper()

    def plain(self, value: object) -> object:
        """The value for JSON, without secrets."""
        if isinstance(value, tuple):
            return [self.shown(item) for item in value]
        return value if value is None or (isinstance(value, bool | int | float) and not self.secret) else self.shown(value)

    def shown(self, value: object) -> str:
        """The value as text, without secrets: a password in a URL is one, too."""
        if value is None or value == ():
            return ""
        if self.secret:
            return _MASK
        if isinstance(value, tuple | list):
            return ", ".join(self.shown(item) for item in value)
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int):
            return f"{value:_}"
        return without_passwords(str(value))


def without_passwords(text: str) -> str:
    """The text with the passwords of URLs in it masked."""
    return _SECRET_PARAMETER.sub(rf"\g<1>{_MASK}", _PASSWORD.sub(rf"\g<1>{_MASK}", text))


def setting(default: T, value: Value[T], group: str, meaning: str, *, unit: str = "", said_default: str = "", secret: bool = False) -> T:
    """A field of the table; see `Setting`."""
    said: dict[str, Any] = {
        "group": group, "meaning": meaning, "value": value, "unit": unit, "said_default": said_default, "secret": secret
    }  # fmt: skip
    field: T = dataclasses.field(default=default, metadata=said)
    return field


def declared(table: type[Any]) -> tuple[Setting, ...]:
    """The settings of a table, in order."""
    return tuple(Setting(name=field.name, default=field.default, **field.metadata) for field in dataclasses.fields(table))
