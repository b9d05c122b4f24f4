"""Predictions for image files."""

from collections.abc import Iterable

from torch import Tensor

from playground.catalog.datasets import OwnImages
from playground.catalog.datasets.base import Dataset
from playground.drawing import DrawingError, prepare_for, read_image
from playground.own.decoding import FORMATS, UnreadableError, decode, decode_image
from playground.own.errors import OwnDataError
from playground.predicting.answers import PredictError, Prediction, Predictions, answers_of
from playground.runs.directory import LoadedRun


def predict_images(run: LoadedRun, files: Iterable[tuple[str, bytes]]) -> Predictions:
    """Predictions for image files (name, content), decoded as the images that the network was trained on.

    Raises: PredictError if the network does not classify images."""
    data = run.spec.data
    if not data.tensor.has("height", "width") or not data.classes:
        raise PredictError(f"this network learned from {data.encoding.examples} ({data.title}); it does not classify images")
    predictions = []
    for name, content in files:
        try:
            answer = answers_of(run, run.encode(_numbers(data, name, content)), ())[0]
        except (DrawingError, UnreadableError, OwnDataError) as error:
            text = str(error)
            predictions.append(Prediction(name, {}, text.removeprefix(f"{name}: ")))
        else:
            predictions.append(Prediction(name, answer))
    return Predictions(tuple(predictions))


def _numbers(data: Dataset, name: str, content: bytes) -> Tensor:
    """The image (1, C, H, W) in [0, 1]: your own ones as on the Data page, others as drawings.

    Raises: UnreadableError, OwnDataError or DrawingError."""
    if isinstance(data, OwnImages):
        decoded = decode(content, name, data.side, data.resize, data.colour, data.background)
        low, high = data.deep_range or decoded.extremes or (0, 255)
        return data.numbers(decoded.bytes(low, high, data.colour, data.background)[None])
    channels, height, width = data.shape
    if channels == 1 and height == width:
        return prepare_for(data.shape, read_image(content, name, FORMATS))
    pixels, _ = decode_image(content, name, height, "crop", channels == 3, "black")
    return data.numbers(pixels[None])
