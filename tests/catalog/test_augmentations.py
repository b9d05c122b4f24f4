"""Each augmentation compared with kornia, SciPy, or its definition."""

import math

import kornia
import numpy as np
import pytest
import scipy.ndimage
import torch
from torch import Tensor

from playground.catalog.augmentations import Affine, Brightness, Erasing, HorizontalFlip, Noise, Rotation, pipeline
from playground.catalog.augmentations.warping import warp


def blurred(height: int, width: int, count: int = 6) -> Tensor:
    """Smooth images (count, 1, height, width) in [0, 1]."""
    noise = torch.rand(count, 1, height, width, generator=torch.Generator().manual_seed(0))
    return kornia.filters.gaussian_blur2d(noise, (5, 5), (1.5, 1.5))


@pytest.mark.parametrize("size", [(28, 28), (20, 31)])
def test_warp_is_kornias_warp_affine(size: tuple[int, int]) -> None:
    before, middle = blurred(*size), torch.tensor([(size[1] - 1) / 2, (size[0] - 1) / 2])
    linear = torch.eye(2) + 0.3 * torch.randn(6, 2, 2, generator=torch.Generator().manual_seed(1))
    shift = 3 * torch.randn(6, 2, generator=torch.Generator().manual_seed(2))
    matrix = torch.cat([linear, (middle + shift - linear @ middle).unsqueeze(2)], dim=2)
    expected = kornia.geometry.transform.warp_affine(before, matrix, size, padding_mode="zeros")
    xx, xy, yx, yy = torch.linalg.inv(linear).reshape(-1, 4).unbind(dim=1)
    torch.testing.assert_close(warp(before, (xx, xy, yx, yy), (shift[:, 0], shift[:, 1])), expected, atol=1e-4, rtol=0)


def test_warp_is_scipys_affine_transform() -> None:
    image = blurred(17, 23, count=1)
    angle, shift = 0.4, np.array([2.5, -1.25])  # t as (x, y)
    back = np.array([[math.cos(angle), 0.2], [-math.sin(angle), 1.1]])  # B over (x, y)
    middle = np.array([11.0, 8.0])
    swap = np.array([[0, 1], [1, 0]])  # SciPy counts (y, x)
    offset = middle - back @ (middle + shift)
    expected = scipy.ndimage.affine_transform(image[0, 0].numpy(), swap @ back @ swap, offset=offset[::-1], order=1, mode="grid-constant")
    entries = torch.tensor(back, dtype=torch.float32).flatten().unsqueeze(1)
    t = torch.tensor(shift, dtype=torch.float32).unsqueeze(1)
    got = warp(image, (entries[0], entries[1], entries[2], entries[3]), (t[0], t[1]))
    np.testing.assert_allclose(got[0, 0].numpy(), expected, atol=1e-5)


def test_every_angle_within_the_limit_comes_up() -> None:
    """A bar from the middle to the right: where its end goes tells the angle."""
    bar = torch.zeros(1, 1, 41, 41)
    bar[..., 20, 20:] = 1
    torch.manual_seed(0)
    turned = Rotation(degrees=30, probability=1).change(bar.expand(600, 1, 41, 41)).squeeze(1)
    y, x = torch.meshgrid(torch.arange(41.0) - 20, torch.arange(41.0) - 20, indexing="ij")
    angles = torch.rad2deg(torch.atan2((turned * y).sum((1, 2)), (turned * x).sum((1, 2))))
    assert angles.abs().max() < 30.5
    assert torch.histc(angles, 6, -30, 30).min() > 60  # 100 expected in each sixth


def test_a_quarter_turn_is_exact() -> None:
    image = torch.rand(1, 1, 9, 9)
    quarter = tuple(torch.tensor([entry]) for entry in (0.0, 1.0, -1.0, 0.0))
    got = warp(image, (quarter[0], quarter[1], quarter[2], quarter[3]))
    torch.testing.assert_close(got, torch.rot90(image, -1, (2, 3)), atol=1e-5, rtol=0)


def test_affine_moves_scales_and_slants_within_its_limits() -> None:
    """A bright spot: its center of mass tells the shift, its mass the scale (with the square)."""
    y, x = torch.meshgrid(torch.arange(61.0) - 30, torch.arange(61.0) - 30, indexing="ij")
    spot = (-(x**2 + y**2) / (2 * 4**2)).exp().expand(500, 1, 61, 61)
    torch.manual_seed(0)
    moved = Affine(shift=0.1, scale=0, shear=0, probability=1).change(spot).squeeze(1)
    across = (moved * x).sum((1, 2)) / moved.sum((1, 2))
    down = (moved * y).sum((1, 2)) / moved.sum((1, 2))
    for shift in (across, down):
        assert 5.5 < shift.abs().max() < 6.15
        assert abs(shift.mean()) < 0.6
    scaled = Affine(shift=0, scale=0.2, shear=0, probability=1).change(spot).squeeze(1)
    scale = (scaled.sum((1, 2)) / spot[0].sum()).sqrt()
    assert 0.79 < scale.min() < 0.83
    assert 1.17 < scale.max() < 1.21
    slanted = Affine(shift=0, scale=0, shear=20, probability=1).change(spot).squeeze(1)
    torch.testing.assert_close(slanted.sum((1, 2)), spot.sum((1, 2, 3)), rtol=1e-3, atol=0)  # a shear keeps areas
    lean = (slanted * x * y).sum((1, 2)) / (slanted * y * y).sum((1, 2))
    assert 0.9 * math.tan(math.radians(20)) < lean.abs().max() < 1.03 * math.tan(math.radians(20))


def test_what_comes_in_is_black() -> None:
    white = torch.ones(4, 1, 28, 28)
    torch.manual_seed(0)
    assert (Rotation(degrees=45, probability=1).change(white)[..., 0, 0] < 1).any()
    assert (Affine(shift=0.3, probability=1).change(white) == 0).any()


def test_flip_is_numpys() -> None:
    before = torch.rand(3, 1, 8, 8)
    np.testing.assert_array_equal(HorizontalFlip(probability=1).change(before).numpy(), before.numpy()[..., ::-1])


def test_brightness_adds_one_amount_to_an_image() -> None:
    middle_gray = torch.full((300, 1, 6, 6), 0.5)
    added = (Brightness(strength=0.3, probability=1).change(middle_gray) - 0.5).flatten(1)
    assert torch.equal(added.amin(1), added.amax(1))
    assert -0.3 <= added.min() < -0.25
    assert 0.25 < added.max() <= 0.3


def test_noise_has_the_requested_standard_deviation() -> None:
    middle_gray = torch.full((50, 1, 28, 28), 0.5)
    torch.manual_seed(0)
    grain = Noise(strength=0.1, probability=1).change(middle_gray) - 0.5
    assert grain.mean().abs() < 0.003
    assert abs(grain.std() - 0.1) < 0.003


@pytest.mark.parametrize("size", [(40, 40), (30, 60)])
def test_erasing_blacks_out_one_rectangle_of_the_requested_area(size: tuple[int, int]) -> None:
    white = torch.ones(400, 1, *size)
    torch.manual_seed(0)
    gone = Erasing(area=0.3, probability=1).change(white).squeeze(1) == 0
    rows, columns = gone.any(2), gone.any(1)
    assert torch.equal(gone, rows.unsqueeze(2) & columns.unsqueeze(1))
    for line in (rows, columns):  # in one piece
        assert ((line[:, 1:] & ~line[:, :-1]).sum(1) + line[:, 0] == 1).all()
    share = gone.float().mean((1, 2))
    assert 0.01 < share.min() < 0.05
    assert 0.25 < share.max() < 0.34
    assert rows.any(0).all()
    assert columns.any(0).all()


def test_a_pipeline_applies_them_in_order() -> None:
    assert pipeline((), 10) is None
    steps = (Rotation(), Noise(), Erasing())
    chained, before, classes = pipeline(steps, 10), torch.rand(8, 1, 28, 28), torch.arange(8)
    assert chained is not None
    torch.manual_seed(5)
    got, targets = chained(before, classes)
    torch.manual_seed(5)
    expected = before
    for step in steps:
        expected, _ = step.build()(expected, classes)
    assert torch.equal(got, expected)
    assert targets is classes
