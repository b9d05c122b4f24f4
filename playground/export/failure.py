"""The error of an export, in plain words."""


class ExportError(Exception):
    """A spec or a run cannot be exported in this format: the message names the path, the reason and an alternative."""
