"""Writes docs/settings.md from the table of settings: `python -m scripts.settings_page`"""

import itertools
from collections.abc import Iterator
from pathlib import Path

from playground.settings.declaring import Setting
from playground.settings.table import SETTINGS

PAGE = Path("docs/settings.md")

_INTRODUCTION = """# Settings

A setting is read when the server starts: from its environment variable, otherwise from `playground.toml` in the folder where the server
starts (or from the file that `PLAYGROUND_CONFIG` names), otherwise it has its default. An empty value is the default. The key in the file
is the name:

    # playground.toml
    data = "/srv/playground"
    parallel_runs = 4

Relative paths start in the folder where the server starts. Several values are separated by commas in a variable, and an array in the
file. `python -m playground settings` prints every setting with its value and origin, without secrets. A mistake, such as a value out of
range or an unknown key in the file, is an error that names the variable, or the file and the key.

This page is generated from `playground/settings/table.py` with `python -m scripts.settings_page`. Port, address and other settings of the
web server itself are Streamlit's: see `.streamlit/config.toml`.
"""


def page() -> str:
    """The whole page, in Markdown."""
    return "\n".join([_INTRODUCTION, *_tables()])


def _tables() -> Iterator[str]:
    for group, members in itertools.groupby(SETTINGS, key=lambda setting: setting.group):
        yield f"## {group}\n"
        yield "| Name | Variable | Default | Must | Meaning |"
        yield "|---|---|---|---|---|"
        for setting in members:
            yield f"| `{setting.name}` | `{setting.variable}` | {_default(setting)} | {setting.value.rule} | {setting.meaning} |"
        yield ""


def _default(setting: Setting) -> str:
    if setting.said_default:
        return setting.said_default
    shown = setting.shown(setting.default)
    return f"`{shown}` {setting.unit}".rstrip() if shown else "none"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
