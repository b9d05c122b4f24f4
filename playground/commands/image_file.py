"""An image file, as a run's network takes it."""

from pathlib import Path
from typing import TYPE_CHECKING

from playground.commands.refusal import Refusal

if TYPE_CHECKING:
    from torch import Tensor

    from playground.runs.directory import LoadedRun


def example(run: "LoadedRun", path: Path) -> "Tensor":
    """The image as the run's network takes it: (1, C, H, W). Raises: Refusal if it cannot be read, naming the file."""
    from playground.drawing import DrawingError, load_image, prepare_for

    try:
        return prepare_for(run.spec.data.shape, load_image(path))
    except DrawingError as error:
        raise Refusal(str(error) if str(path) in str(error) else f"{path}: {error}") from None
