"""What can be wrong with the files of a run."""


class RunError(Exception):
    """A run directory cannot be read or written. The message names the file, the problem and what to do."""
