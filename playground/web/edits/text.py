"""The whole network by its text."""

from playground.shorthand import read
from playground.spec import ExperimentSpec
from playground.web.edits.settings import checked


def write_network(spec: ExperimentSpec, text: str) -> ExperimentSpec:
    """The spec with the layers that a text says, as in `conv 32 3 | relu | pool | flatten | output`.

    Raises: SpecError, where the text cannot be read a ShorthandError with its place."""
    return checked(spec.model_copy(update={"network": read(text)}))
