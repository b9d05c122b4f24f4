"""What goes wrong with data that an experiment needs."""


class DataError(Exception):
    """Data cannot be loaded: the message names the file and what to do."""
