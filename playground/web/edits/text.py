"""The whole network as text."""

from playground.shorthand import read
from playground.spec import ExperimentSpec
from playground.web.edits.settings import checked


def write_network(spec: ExperimentSpec, text: str) -> ExperimentSpec:
    """The spec with the layers in a text such as `conv 32 3 | relu | pool | flatten | output`.

    Raises: SpecError; a ShorthandError with its position if the text cannot be read."""
    return checked(spec.model_copy(update={"network": read(text)}))
