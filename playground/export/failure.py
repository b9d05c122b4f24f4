"""What cannot be taken along, in plain words."""


class ExportError(Exception):
    """A spec or a run cannot be had in this format: the message names the place, the reason and what works instead."""
