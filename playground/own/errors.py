"""What a user's own data cannot be."""

from playground.catalog.datasets.examples import DataError


class OwnDataError(DataError):
    """Data that a user brought and that cannot be used: the message says what, where, how much, and the remedy. Nothing was kept."""
