"""Augmentations that move pixels, compared with kornia, SciPy and PyTorch."""

import kornia
import numpy as np
import pytest
import scipy.ndimage
import torch
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.augmentations import Crop, Elastic, Perspective, VerticalFlip
from playground.catalog.augmentations import perspective as perspective_file
from playground.catalog.augmentations.perspective import _sources
from playground.catalog.augmentations.smoothing import gaussian_rows, smooth
from playground.catalog.augmentations.warping import axes, sample


def ramps(count: int, height: int, width: int) -> Tensor:
    """Images (count, 2, height, width) whose two channels say where a pixel is: x and y of its middle as shares of the sides."""
    x, y = ((torch.arange(pixels) + 0.5) / pixels for pixels in (width, height))
    return torch.stack([x.expand(height, width), y.unsqueeze(1).expand(height, width)]).expand(count, 2, height, width)


def smooth_images(count: int, height: int, width: int) -> Tensor:
    noise = torch.rand(count, 3, height, width, generator=torch.Generator().manual_seed(0))
    return kornia.filters.gaussian_blur2d(noise, (5, 5), (1.5, 1.5))


def test_vertical_flip_is_kornias() -> None:
    before = torch.rand(3, 3, 8, 11)
    assert torch.equal(VerticalFlip(probability=1).change(before), kornia.geometry.transform.vflip(before))


def test_crop_keeps_a_rectangle_of_the_requested_area_and_aspect_ratio() -> None:
    torch.manual_seed(0)
    seen = Crop(smallest=0.3).change(ramps(2000, 40, 40))[:, :, 1:-1, 1:-1]  # the border is cut by half a pixel
    width, height = ((seen[:, 0, 0, -1] - seen[:, 0, 0, 0]) * 40 / 37, (seen[:, 1, -1, 0] - seen[:, 1, 0, 0]) * 40 / 37)
    free = (width < 0.99) & (height < 0.99)
    area, ratio = (width * height)[free], (width / height)[free]
    assert 0.29 < area.min() < 0.33
    assert 0.9 < area.max() < 1
    assert abs(area[area < 0.6].mean() - 0.45) < 0.01  # uniform
    assert 0.74 < ratio.min() < 0.78
    assert 1.28 < ratio.max() < 1.35
    for channel, side in ((0, width), (1, height)):
        begin = seen[:, channel, 0, 0] - 1.5 * side / 40
        place = (begin / (1 - side))[free]
        assert place.min() > -0.02
        assert place.max() < 1.02
        assert abs(place.mean() - 0.5) < 0.03


def test_crop_is_an_enlarged_part(monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter from the middle, cut and enlarged by PyTorch: the same but at the border, where that does not see beyond its part."""
    image = smooth_images(1, 32, 32)
    drawn = tuple(torch.tensor([value]) for value in (0.25, 0.0, 0.0, 0.0))
    monkeypatch.setattr("playground.catalog.augmentations.crop.uniform", lambda *_: drawn)
    expected = F.interpolate(image[..., 8:24, 8:24], scale_factor=2, mode="bilinear", align_corners=False)
    torch.testing.assert_close(Crop().change(image)[..., 1:-1, 1:-1], expected[..., 1:-1, 1:-1], atol=1e-5, rtol=0)


def test_a_crop_of_everything_is_the_image() -> None:
    image = smooth_images(8, 20, 31)
    torch.manual_seed(0)
    whole = Crop(smallest=1).change(image)
    assert (whole - image).abs().mean() < 0.05


@pytest.mark.parametrize("size", [(28, 28), (20, 31)])
def test_perspective_is_kornias_warp_perspective(size: tuple[int, int]) -> None:
    height, width = size
    image = smooth_images(6, height, width)
    moved = 0.6 * torch.rand(6, 4, 2, generator=torch.Generator().manual_seed(3))
    signs = torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]])
    to = signs * (1 - moved)  # (6, 4, 2), the image from −1 to 1
    pixels = torch.tensor([width / 2, height / 2])
    whole = ((signs + 1) * pixels - 0.5).expand(6, 4, 2)
    matrix = kornia.geometry.transform.get_perspective_transform(whole, (to + 1) * pixels - 0.5)
    expected = kornia.geometry.transform.warp_perspective(image, matrix, size, align_corners=True)
    corners = [(to[:, i, 0].view(-1, 1, 1), to[:, i, 1].view(-1, 1, 1)) for i in range(4)]
    got = sample(image, _sources(corners, *axes(image)))
    torch.testing.assert_close(got, expected, atol=1e-3, rtol=0)


def test_perspective_draws_each_corner_up_to_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Tensor] = []

    def watched(corners: list[tuple[Tensor, Tensor]], x: Tensor, y: Tensor) -> Tensor:
        seen.append(torch.stack([torch.stack([cx.flatten(), cy.flatten()], 1) for cx, cy in corners], 1))
        return _sources(corners, x, y)

    monkeypatch.setattr(perspective_file, "_sources", watched)
    torch.manual_seed(0)
    after = Perspective(distortion=0.4).change(torch.ones(2000, 1, 8, 8))
    assert torch.isfinite(after).all()
    inwards = 1 - seen[0].abs()
    assert torch.equal(seen[0].sign().mean(0), torch.tensor([[-1.0, -1], [1, -1], [1, 1], [-1, 1]]))
    assert inwards.min() >= 0
    assert 0.39 < inwards.max() <= 0.4
    torch.testing.assert_close(inwards.mean(0), torch.full((4, 2), 0.2), atol=0.01, rtol=0)


@pytest.mark.parametrize("sigma", [1.0, 2.5, 4.0])
def test_smoothing_is_scipys_gaussian_filter(sigma: float) -> None:
    field = torch.randn(2, 2, 20, 31, generator=torch.Generator().manual_seed(0))
    rows, columns = (gaussian_rows(pixels, torch.tensor([sigma])) for pixels in (20, 31))
    expected = [[scipy.ndimage.gaussian_filter(one.numpy(), sigma, mode="constant", truncate=8) for one in pair] for pair in field]
    np.testing.assert_allclose(smooth(field, rows, columns).numpy(), np.array(expected), atol=1e-5)


def test_elastic_samples_where_a_smoothed_field_points() -> None:
    """The field is taken from the same random numbers, smoothed by SciPy, and the image sampled by SciPy."""
    image = smooth_images(2, 28, 28)[:, :1]
    torch.manual_seed(7)
    noise = 2 * torch.rand(2, 2, 28, 28) - 1
    torch.manual_seed(7)
    got = Elastic(alpha=34, sigma=4).change(image)
    y, x = np.mgrid[:28, :28].astype(float)
    for index in range(2):
        across, down = (34 * scipy.ndimage.gaussian_filter(field.numpy(), 4, mode="constant", truncate=8) for field in noise[index])
        expected = scipy.ndimage.map_coordinates(image[index, 0].numpy(), [y + down, x + across], order=1, mode="grid-constant")
        np.testing.assert_allclose(got[index, 0].numpy(), expected, atol=1e-4)
