"""Image files are decoded as the images that a network was trained on."""

import io

import numpy as np
import pytest
from PIL import Image

from playground.catalog.datasets import Iris
from playground.own import ImageChoices, keep, prepare_images
from playground.predicting import PredictError, predict_images
from tests.own.examples import noise_png, saved, zipped
from tests.predicting.runs import fitted_run


def wide_png(seed):
    return saved(Image.open(io.BytesIO(noise_png(seed))).resize((40, 20)), "PNG")


@pytest.mark.parametrize("choices", [{"resize": "crop"}, {"resize": "stretch"}, {"background": "black"}, {"colour": False}], ids=str)
def test_an_own_image_gives_the_same_input_as_in_training(choices, tmp_path):
    files = {f"{name}/{index}.png": wide_png(2 * index + dark) for dark, name in enumerate(("cat", "dog")) for index in range(5)}
    prepared = prepare_images([("animals.zip", zipped(files))], ImageChoices(**choices))
    data = keep(prepared)
    run = fitted_run(tmp_path, data)
    found = predict_images(run, [("a.png", wide_png(0)), ("broken.png", b"hello")])
    index = next(index for index, image in enumerate(prepared.upload.inputs) if prepared.upload.targets[index] == 0)
    expected = run.probabilities(run.encode(np.asarray(prepared.upload.inputs)[index : index + 1]))[0]
    assert list(found.predictions[0].answer["probabilities"].values()) == pytest.approx(expected.tolist(), abs=1e-6)
    assert "text instead of an image" in found.predictions[1].problem


def test_networks_on_rows_take_no_images(tmp_path):
    with pytest.raises(PredictError, match="does not classify images"):
        predict_images(fitted_run(tmp_path, Iris()), [("a.png", noise_png(0))])
