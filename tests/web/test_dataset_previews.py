"""Previews of datasets: their elements, counted."""

import base64
import io
import re

import numpy as np
import pytest
from PIL import Image

from playground.catalog.datasets import BreastCancer, Circle, Curve, Diabetes, Digits8, Iris, Shapes, Wine
from playground.catalog.datasets.base import Dataset
from playground.web.dataset_previews import caption, preview
from playground.web.image_grid import image_grid


def images(text: str) -> list[Image.Image]:
    return [Image.open(io.BytesIO(base64.b64decode(each))) for each in re.findall(r"image/png;base64,([^\"]+)", text)]


def drawings(text: str) -> list[str]:
    return [base64.b64decode(each).decode() for each in re.findall(r"image/svg\+xml;base64,([^\"]+)", text)]


def test_a_sheet_shows_its_images_in_their_colors_and_leaves_places_empty() -> None:
    red = np.zeros((3, 2, 2), np.uint8)
    red[0] = 255
    (shown,) = images(image_grid([red, None, red], 2, "two red ones"))
    pixels = np.asarray(shown.resize((5, 5), Image.Resampling.NEAREST))
    assert shown.mode == "RGBA"
    assert pixels[0, 0].tolist() == [255, 0, 0, 255]
    assert pixels[4, 0].tolist() == [255, 0, 0, 255]
    assert pixels[0, 4, 3] == pixels[2, 0, 3] == pixels[4, 4, 3] == 0


def test_of_other_channels_the_mean_is_shown() -> None:
    image = np.stack([np.full((2, 2), value, np.uint8) for value in (0, 100)])
    (shown,) = images(image_grid([image], 1, "two channels"))
    assert shown.mode == "LA"
    assert shown.getpixel((0, 0)) == (50, 255)


@pytest.mark.parametrize("setting", [{"train_size": 3}, {"imbalance": 100.0}])
def test_a_class_with_few_images_leaves_places_empty(setting: dict[str, float]) -> None:
    (shown,) = images(preview(Digits8.model_validate(setting)))
    assert np.asarray(shown)[..., -1].min() == 0


def test_few_classes_have_columns_with_names_and_many_an_image_each() -> None:
    few, many = Shapes(samples=60), Shapes(samples=60, label="both")
    assert re.findall("<span>([a-z]+)</span>", preview(few)) == list(few.classes)
    (shown,) = images(preview(many))
    assert round(shown.width / shown.height) == round(10 / 3)
    assert "30 classes" in caption(many)


@pytest.mark.parametrize("dataset", [Iris(), Wine(), BreastCancer()], ids=lambda dataset: dataset.kind)
def test_bars_of_a_column_are_as_high_as_there_are_rows(dataset: Dataset) -> None:
    text = preview(dataset)
    train = dataset.load().train
    columns = [each for each in drawings(text) if "rect" in each.split("</style>")[1]]
    assert len(columns) == min(12, len(dataset.feature_names))
    for place, column in enumerate(columns):
        heights = np.array([float(each) for each in re.findall(r'height="([\d.]+)"/>', column.split("</style>")[1])])
        highest = np.histogram(train.inputs[:, place].astype(float), 16)[0].max()
        assert heights.sum() * highest / 36 == pytest.approx(len(train), rel=0.05)
    assert all(name in text for name in dataset.classes)
    assert text.count("<tr>") == 9
    assert ("18 more columns" in text) == (len(dataset.feature_names) == 30)


def test_columns_of_a_regression_are_drawn_against_the_target() -> None:
    columns = drawings(preview(Diabetes()))
    assert len(columns) == 10
    places = np.array([[float(each) for each in pair] for pair in re.findall(r'cx="([\d.]+)" cy="([\d.]+)"', columns[2])])
    train = Diabetes().load().train
    share = -(-len(train) // len(places))
    expected = np.corrcoef(train.inputs[::share, 2], train.targets[::share, 0])[0, 1]
    assert np.corrcoef(places[:, 0], -places[:, 1])[0, 1] == pytest.approx(expected, abs=0.01)


def test_a_name_from_a_table_stays_text() -> None:
    class Odd(Iris):
        """Names that are no names."""

        features = ("<script>alert(1)</script>", 'a"b', "c&d", "e")

    assert "<script" not in preview(Odd())


def test_points_of_a_curve_are_drawn_in_the_colors_of_their_split_over_the_curve() -> None:
    (drawn,) = drawings(preview(Curve(samples=100, test_share=0.3, gap=0.5, gap_at="right")))
    assert (drawn.count('class="train of-train"'), drawn.count('class="test of-test"')) == (70, 30)
    line = np.array([[float(each) for each in pair.split(",")] for pair in re.search(r'points="([^"]+)"', drawn)[1].split()])  # type: ignore[index]
    assert np.all(np.diff(line[:, 0]) > 0)
    middle, half = (line[:, 1].max() + line[:, 1].min()) / 2, np.ptp(line[:, 1]) / 2
    np.testing.assert_allclose((middle - line[:, 1]) / half, np.sin(np.linspace(-6, 6, len(line))), atol=0.02)
    assert re.search(r'class="gap" x="80.0" y="0" width="80.0"', drawn)
    trains = [float(each) for each in re.findall(r'class="train of-train" cx="([\d.-]+)"', drawn)]
    assert max(trains) <= 80.1


def test_captions_say_how_to_read() -> None:
    assert "rings are test points" in caption(Circle())
    assert "shaded" in caption(Curve(gap=0.2))
    assert "shaded" not in caption(Curve())
    assert "one color per class" in caption(Iris())
    assert "slope" in caption(Diabetes())
