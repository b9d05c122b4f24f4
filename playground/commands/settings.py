"""`settings`: prints what a server started here would use, and where each value comes from."""

import itertools
import json
from typing import TYPE_CHECKING

import click

from playground.commands.errors import UserError

if TYPE_CHECKING:
    from playground.settings.declaring import Setting


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print a JSON array with an object for each setting.")
def settings(as_json: bool) -> None:
    """Print the server's settings: value and origin of each.

    A setting is read from its environment variable, from playground.toml in the current folder (or the file that PLAYGROUND_CONFIG names),
    or has its default. Secrets are not shown."""
    from playground.settings import SettingsError, origins, unknown_variables
    from playground.settings import settings as current
    from playground.settings.table import SETTINGS

    try:
        values, sources = current(), origins()
    except SettingsError as error:
        raise UserError(str(error)) from None
    for sentence in unknown_variables():
        click.echo(f"warning: {sentence}", err=True)
    if as_json:
        click.echo(json.dumps([_entry(setting, getattr(values, setting.name), sources[setting.name]) for setting in SETTINGS], indent=2))
        return
    shown = {setting.name: _shown(setting, getattr(values, setting.name)) for setting in SETTINGS}
    name_width, value_width = (max(map(len, column)) for column in (shown.keys(), shown.values()))
    for group, members in itertools.groupby(SETTINGS, key=lambda setting: setting.group):
        click.echo(f"\n{group}")
        for setting in members:
            click.echo(f"  {setting.name:{name_width}}  {shown[setting.name]:{value_width}}  {sources[setting.name]}")
    click.echo(
        "\nTo change one, set PLAYGROUND_ and its name in capitals, or write `name = value` into playground.toml; see docs/settings.md."
    )


def _shown(setting: "Setting", value: object) -> str:
    text = setting.shown(value)
    return f"{text} {setting.unit}".rstrip() if text else setting.said_default or "none"


def _entry(setting: "Setting", value: object, origin: str) -> dict[str, object]:
    return {
        "name": setting.name, "variable": setting.variable, "value": setting.plain(value), "origin": origin, "unit": setting.unit,
        "default": setting.plain(setting.default), "meaning": setting.meaning,
    }  # fmt: skip
