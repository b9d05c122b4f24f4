"""Reading the settings: a variable of the environment counts before the file, the file before the default. Each process reads the file
once."""

import difflib
import functools
import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from playground.settings.declaring import PREFIX, Setting
from playground.settings.table import SETTINGS, Settings
from playground.settings.values import SettingsError

FILE = "playground.toml"
FILE_VARIABLE = f"{PREFIX}CONFIG"
"""Environment variable with the path of another file."""
DEFAULT, ENVIRONMENT = "default", "environment"

_BY_NAME = {setting.name: setting for setting in SETTINGS}
_MOST_BYTES = 1_000_000
_known: tuple[str, Mapping[Any, Any], tuple[tuple[str, ...], str]] | None = None
"""The folder and the environment that were read last, and what was found in them."""


def settings() -> Settings:
    """The settings of this process.

    Raises: SettingsError if a value breaks its rule, a key of the file is unknown, or the file cannot be read."""
    return _read(*_sources())[0]


def _sources() -> tuple[tuple[str, ...], str]:
    """The texts of the variables, "" if not set, and the path of the file, "" if there is none.

    Every request and every script asks for settings several times, so an unchanged environment is recognized at once."""
    global _known
    folder, variables = os.getcwd(), os.environ._data  # type: ignore[attr-defined]  # noqa: PTH109
    if _known is None or _known[0] != folder or _known[1] != variables:
        texts = tuple(os.environ.get(setting.variable, "").strip() for setting in SETTINGS)
        file = os.path.abspath(os.environ.get(FILE_VARIABLE) or FILE)  # noqa: PTH100 - Path.absolute takes five times as long
        _known = folder, dict(variables), (texts, file)
    return _known[2]


def origins() -> Mapping[str, str]:
    """Where each setting comes from: "default", "environment" or the path of the file. Raises: as `settings`."""
    return _read(*_sources())[1]


def environment() -> dict[str, str]:
    """Environment variables that give a worker the same settings, without the secrets, which it does not need."""
    texts, _ = _sources()
    values, sources = _read(*_sources())
    given = {setting.variable: text for setting, text in zip(SETTINGS, texts, strict=True) if text and not setting.secret}
    for setting in SETTINGS:
        if sources[setting.name] not in (DEFAULT, ENVIRONMENT) and not setting.secret:
            given[setting.variable] = _text(getattr(values, setting.name))
    return {FILE_VARIABLE: os.devnull, **given}


def unknown_variables() -> tuple[str, ...]:
    """A sentence for each variable of the environment that looks like a setting and is none: it might be misspelled."""
    known = {FILE_VARIABLE, *(setting.variable for setting in SETTINGS)}
    return tuple(
        f"{name}: there is no such setting{_suggestion(name, known)}"
        for name in sorted(os.environ)
        if name.startswith(PREFIX) and name not in known
    )


@functools.lru_cache(maxsize=4)
def _read(texts: tuple[str, ...], file: str) -> tuple[Settings, Mapping[str, str]]:
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    content = _content(file)
    mistakes = [
        f"{file}: {name}: there is no such setting{_suggestion(name, _BY_NAME)}" for name in sorted(content.keys() - _BY_NAME.keys())
    ]
    for setting, text in zip(SETTINGS, texts, strict=True):
        raw, place, origin = content.get(setting.name), f"{file}: {setting.name}", file
        if text:
            raw, place, origin = text, setting.variable, ENVIRONMENT
        if raw is None or raw in ("", []):
            origins[setting.name] = DEFAULT
            continue
        value = setting.value.read(raw.strip() if isinstance(raw, str) else raw)
        if value is None:
            mistakes.append(f"{place}: must {setting.value.rule}, got {_quoted(setting, raw)}")
        values[setting.name], origins[setting.name] = value, origin
    if mistakes:
        raise SettingsError("\n".join(mistakes))
    return Settings(**values), origins


@functools.lru_cache(maxsize=4)
def _content(file: str) -> Mapping[str, Any]:
    """Raises: SettingsError."""
    try:
        with Path(file).open("rb") as opened:
            text = opened.read(_MOST_BYTES + 1)
        if len(text) > _MOST_BYTES:
            raise SettingsError(f"{file}: is larger than {_MOST_BYTES:,} bytes; is it the right file?")
        return tomllib.loads(text.decode())
    except FileNotFoundError:
        if os.environ.get(FILE_VARIABLE):
            raise SettingsError(f"{FILE_VARIABLE}: there is no file {file}") from None
        return {}
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read ({error.strerror})") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not TOML ({error}); a line looks like this: upload_bytes = 100000000") from None


def _quoted(setting: Setting, value: object) -> str:
    shown = setting.shown(value)[:80]
    return repr(shown) if isinstance(value, str) else shown


def _suggestion(name: str, known: Mapping[str, object] | set[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    return f"; did you mean {near[0]}?" if near else "; `python -m playground settings` lists them all"


def _text(value: object) -> str:
    """As an environment variable."""
    return ",".join(value) if isinstance(value, tuple) else str(value)
