"""The settings of a server, from environment variables and `playground.toml`: declared in `table.py`, and read nowhere else."""

from playground.settings.declaring import without_passwords
from playground.settings.reading import environment, origins, settings, unknown_variables
from playground.settings.table import Settings
from playground.settings.values import SettingsError

__all__ = ["Settings", "SettingsError", "environment", "origins", "settings", "unknown_variables", "without_passwords"]
