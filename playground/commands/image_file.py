"""An image file as input for the network of a run."""

from pathlib import Path
from typing import TYPE_CHECKING

from playground.commands.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

    from playground.runs.directory import LoadedRun


def example(run: "LoadedRun", path: Path) -> "Tensor":
    """The image, prepared for the network of the run: (1, C, H, W). Raises: UserError if it cannot be read, naming the file."""
    from playground.drawing import DrawingError, load_image, prepare_for

    try:
        return prepare_for(run.spec.data.shape, load_image(path))
    except DrawingError as error:
        raise UserError(str(error) if str(path) in str(error) else f"{path}: {error}") from None
