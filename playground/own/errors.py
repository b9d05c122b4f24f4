"""Errors of uploaded data."""

from playground.catalog.datasets.examples import DataError


class OwnDataError(DataError):
    """Uploaded data that cannot be used: the message says what is wrong, where, and what to do. Nothing was stored."""
