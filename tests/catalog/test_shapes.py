"""Colored shapes: the images show what the settings say."""

import colorsys
import math
from pathlib import Path

import numpy as np
import pytest

from playground.catalog.datasets import Shapes
from playground.catalog.datasets.drawing_shapes import COLORS, SHAPES, Sketch, drawn
from playground.settings import settings

WHITE, BLACK = (255, 255, 255), (0, 0, 0)
TIDY = {"position": 0, "scale": 0, "tint": 0, "samples": 60}


def sketch(shape: str, radius: float = 0.3, angle: float = 0.0) -> Sketch:
    return Sketch(shape, (0.5, 0.5), radius, angle, WHITE, BLACK, ())


@pytest.mark.parametrize(
    ("shape", "area"),
    [
        ("circle", math.pi),
        ("square", 2),
        ("triangle", 3 * math.sqrt(3) / 4),
        ("star", 10 * 0.45 * math.sin(math.pi / 5) / 2),
        ("ring", math.pi * (1 - 0.64**2)),
        ("cross", 0.9**2 * (2 * 2 * 0.72 - 0.72**2)),
    ],
)
@pytest.mark.parametrize("angle", [0.0, 0.6])
def test_a_shape_has_its_area(shape: str, area: float, angle: float) -> None:
    """Of the unit circle's shapes, by geometry; the pen of Pillow draws half a fine pixel more on every side."""
    image = drawn(sketch(shape, angle=angle), 64)
    assert image.shape == (3, 64, 64)
    assert image.mean() / 255 == pytest.approx(area * 0.3**2, rel=0.06)
    assert angle == 0 or len(np.unique(image)) > 8  # slanted edges are smooth


@pytest.mark.parametrize("size", [16, 64])
def test_images_have_the_requested_size(size: int) -> None:
    dataset = Shapes.model_validate({**TIDY, "size": size})
    assert dataset.load().train.inputs.shape == (48, 3, size, size)
    assert dataset.shape == (3, size, size)


def test_the_class_is_the_shape_the_color_or_both_of_the_same_images() -> None:
    kinds = {label: Shapes.model_validate({**TIDY, "label": label}) for label in ("shape", "colour", "both")}
    drawn_images, classes = {}, {}
    for label, dataset in kinds.items():
        drawn_images[label], classes[label] = dataset.read()
    assert np.array_equal(drawn_images["shape"], drawn_images["both"])
    assert len(kinds["both"].classes) == len(SHAPES) * len(COLORS) == 30
    for shape, color, both in zip(*(classes[label] for label in ("shape", "colour", "both")), strict=True):
        assert kinds["both"].classes[both] == f"{kinds['colour'].classes[color]} {kinds['shape'].classes[shape]}"
    assert set(np.bincount(classes["both"])) == {2}


def test_without_variation_a_color_has_its_hue_and_a_shape_is_always_the_same() -> None:
    images, pairs = Shapes.model_validate({**TIDY, "label": "both"}).read()
    for pair in range(30):
        first, second = images[pairs == pair]
        assert np.array_equal(first, second)
        brightest = first.reshape(3, -1)[:, first.max(axis=0).argmax()] / 255
        assert colorsys.rgb_to_hsv(*brightest)[0] == pytest.approx(list(COLORS.values())[pair % len(COLORS)], abs=0.01)


def test_hues_never_stray_into_the_next_color() -> None:
    rng = np.random.default_rng(0)
    hues = sorted(COLORS.values())
    gaps = np.diff([*hues, hues[0] + 1])
    for name, hue in COLORS.items():
        for _ in range(200):
            color = Sketch.at_random("circle", name, rng, position=1, scale=1, turn=180, tint=1, clutter=0).color
            found = colorsys.rgb_to_hsv(*(value / 255 for value in color))[0]
            assert min(abs(found - hue), 1 - abs(found - hue)) < gaps.min() / 2


def test_shapes_stay_inside_and_get_no_smaller_than_a_third() -> None:
    rng = np.random.default_rng(0)
    sketches = [Sketch.at_random("star", "red", rng, position=1, scale=1, turn=0, tint=0, clutter=3) for _ in range(500)]
    for each in sketches:
        assert all(each.radius <= place <= 1 - each.radius for place in each.center)
        assert len(each.marks) == 3
    radii = [each.radius for each in sketches]
    assert max(radii) / min(radii) == pytest.approx(3, rel=0.05)
    middles = {Sketch.at_random("star", "red", rng, position=0, scale=1, turn=0, tint=0, clutter=0).center for _ in range(5)}
    assert middles == {(0.5, 0.5)}


@pytest.mark.parametrize(
    "change", [{"position": 1.0}, {"scale": 1.0}, {"turn": 90.0}, {"tint": 1.0}, {"clutter": 5}, {"noise": 0.2}, {"seed": 1}]
)
def test_every_setting_changes_the_images(change: dict[str, float]) -> None:
    plain, changed = (Shapes.model_validate({**TIDY, **each}).read()[0] for each in ({}, change))
    assert not np.array_equal(plain, changed)


def test_noise_is_its_standard_deviation() -> None:
    plain, noisy = (Shapes.model_validate({**TIDY, "size": 64, "noise": noise}).read()[0].astype(float)[:1] for noise in (0, 0.05))
    inside = (plain > 60) & (plain < 195)  # where nothing is cut off
    assert (noisy - plain)[inside].std() == pytest.approx(0.05 * 255, rel=0.1)


def test_only_the_sets_that_were_used_last_stay_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    first = Shapes.model_validate(TIDY).load()
    for seed in range(1, 12):
        Shapes.model_validate({**TIDY, "size": 16, "seed": seed}).load()
    assert len(list((settings().data / "datasets").iterdir())) == 8 + 1, "the last eight, and the one in use"
    assert first.train.inputs.any()
    assert np.array_equal(Shapes.model_validate(TIDY).load().train.inputs, first.train.inputs)
    newest = Shapes.model_validate({**TIDY, "size": 16, "seed": 11})
    stamp = {file: file.stat().st_ino for file in (settings().data / "datasets").rglob("train_inputs.npy")}
    newest.load()
    assert {file: file.stat().st_ino for file in (settings().data / "datasets").rglob("train_inputs.npy")} == stamp
