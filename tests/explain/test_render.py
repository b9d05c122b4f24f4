"""Colors mean numbers: blue positive, orange negative, zero in the middle."""

import io

import numpy as np
import pytest
import torch
from PIL import Image

from playground.explain.render import (
    MAGNITUDE_STOPS,
    SIGNED_STOPS,
    figure,
    legend,
    magnitude_scale,
    overlay,
    photograph,
    picture,
    plane_of,
    png,
    signed_scale,
)


def _rgb(color):
    return tuple(int(color[i : i + 2], 16) for i in (1, 3, 5))


def _luminance(rgb):
    linear = [(c / 255 / 12.92) if c / 255 <= 0.04045 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in rgb]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]  # WCAG 2.2, relative luminance


def test_the_signed_scale_is_symmetric_whatever_the_values():
    scale = signed_scale(torch.tensor([[-1.0, 4.0], [0.0, 2.0]]))
    assert (scale.low, scale.high) == (-4, 4)
    assert scale.ticks == (-4, 0, 4)
    assert signed_scale(torch.zeros(2, 2)).ticks == (-1, 0, 1)
    assert signed_scale(torch.zeros(2, 2), limit=3).high == 3


def test_ends_and_middle_have_their_colors():
    values = torch.tensor([[-2.0, 0.0, 2.0, 9.0]])
    image = picture(values, signed_scale(values, limit=2))
    assert [image.getpixel((x, 0)) for x in range(4)] == [
        _rgb(SIGNED_STOPS[0]),
        _rgb(SIGNED_STOPS[4]),
        _rgb(SIGNED_STOPS[-1]),
        _rgb(SIGNED_STOPS[-1]),
    ]
    red, _, blue = image.getpixel((2, 0))
    assert blue > red
    red, _, blue = image.getpixel((0, 0))
    assert red > blue


def test_a_value_between_two_stops_is_mixed_linearly():
    values = np.array([[2.0 * 5.5 / 4 - 2.0]], np.float32)  # halfway between stops 5 and 6 of 0 … 8
    expected = (np.array(_rgb(SIGNED_STOPS[5])) + np.array(_rgb(SIGNED_STOPS[6]))) / 2
    assert np.abs(np.array(picture(values, signed_scale(values, limit=2)).getpixel((0, 0))) - expected).max() <= 0.51


def test_magnitude_grows_brighter_and_sign_grows_darker_from_the_middle():
    bright = [_luminance(_rgb(stop)) for stop in MAGNITUDE_STOPS]
    assert bright == sorted(bright)
    signed = [_luminance(_rgb(stop)) for stop in SIGNED_STOPS]
    assert signed[:5] == sorted(signed[:5])
    assert signed[4:] == sorted(signed[4:], reverse=True)


def test_the_magnitude_scale_starts_at_zero():
    assert magnitude_scale(torch.tensor([[1.0, 3.0]])).ticks == (0, 1.5, 3)
    assert magnitude_scale(torch.zeros(3)).ticks == (0, 0.5, 1)


def test_channels_are_summed_and_vectors_become_a_row():
    values = torch.rand(1, 3, 4, 5)
    assert np.allclose(plane_of(values), values[0].sum(0).numpy())
    assert plane_of(torch.arange(4.0)).shape == (1, 4)
    assert plane_of(np.array([[np.nan, np.inf, 1.0]])).tolist() == [[0, 0, 1]]
    with pytest.raises(ValueError, match="one example"):
        plane_of(torch.rand(2, 3, 4, 5))


def test_pictures_have_their_sizes_and_can_be_read_back():
    values = torch.randn(1, 1, 6, 4)
    scale = signed_scale(values)
    assert picture(values, scale, zoom=5).size == (20, 30)
    assert overlay(values, scale, torch.rand(1, 6, 4), zoom=2).size == (8, 12)
    assert legend(scale, 50, 7).size == (50, 7)
    assert legend(scale).getpixel((0, 0)) == _rgb(SIGNED_STOPS[0])
    image = figure(values, scale, torch.rand(1, 1, 6, 4), "Occlusion")
    assert Image.open(io.BytesIO(png(image))).size == image.size


def test_an_overlay_of_full_strength_is_the_picture():
    values = torch.randn(5, 5)
    scale = signed_scale(values)
    assert np.array_equal(np.asarray(overlay(values, scale, torch.rand(5, 5), strength=1.0)), np.asarray(picture(values, scale)))
    gray = overlay(torch.zeros(1, 2), scale, torch.tensor([[0.0, 1.0]]), strength=0.0)
    assert [gray.getpixel((x, 0)) for x in range(2)] == [(0, 0, 0), (255, 255, 255)]


def test_a_photograph_has_its_own_colors_and_one_channel_is_gray():
    colors = np.zeros((3, 1, 2), np.float32)
    colors[0, 0, 0], colors[1, 0, 1] = 1, 0.5
    assert np.asarray(photograph(colors)).tolist() == [[[255, 0, 0], [0, 128, 0]]]
    assert np.asarray(photograph(torch.full((1, 1, 1), 0.2), zoom=2)).tolist() == [[[51, 51, 51]] * 2] * 2
