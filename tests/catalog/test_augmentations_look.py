"""Augmentations of light, color and sharpness, and those that mix, compared with kornia or their definition."""

import colorsys

import kornia
import numpy as np
import pytest
import torch
from torch import Tensor

from playground.catalog.augmentations import Blur, ColorJitter, Contrast, CutMix, Mixup
from playground.catalog.augmentations.color_jitter import turned_hues
from playground.catalog.augmentations.cutmix import beta


def colors(count: int = 6, size: int = 9) -> Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(0))


def drawn(monkeypatch: pytest.MonkeyPatch, file: str, factors: dict[float, Tensor]) -> None:
    """Makes `factor` give what stands at the setting that it is asked for."""
    monkeypatch.setattr(f"playground.catalog.augmentations.{file}.factor", lambda _, largest: factors[largest].view(-1, 1, 1, 1))


@pytest.mark.parametrize("channels", [1, 3])
def test_contrast_moves_away_from_the_mean(channels: int, monkeypatch: pytest.MonkeyPatch) -> None:
    factors = torch.tensor([0.0, 0.5, 1.0, 1.4, 1.8, 2.0])
    drawn(monkeypatch, "contrast", {0.4: factors})
    before = colors()[:, :channels]
    after = Contrast(strength=0.4).change(before)
    means = before.mean((1, 2, 3), keepdim=True)
    torch.testing.assert_close(after, (means + factors.view(-1, 1, 1, 1) * (before - means)).clamp(0, 1))
    if channels == 1:
        expected = kornia.enhance.adjust_contrast_with_mean_subtraction(before, factors)
        torch.testing.assert_close(after, expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("kind", ["brightness", "contrast", "saturation"])
def test_each_color_jitter_is_kornias(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    factors = torch.tensor([0.0, 0.5, 0.9, 1.1, 1.5, 2.0])
    drawn(monkeypatch, "color_jitter", {0.7: factors, 0.0: torch.ones(6)})
    before = colors()
    after = ColorJitter.model_validate({"brightness": 0, "contrast": 0, "saturation": 0, "hue": 0, kind: 0.7}).change(before)
    reference = {
        "brightness": kornia.enhance.adjust_brightness_accumulative,
        "contrast": kornia.enhance.adjust_contrast_with_mean_subtraction,
        "saturation": kornia.enhance.adjust_saturation_with_gray_subtraction,
    }[kind]
    torch.testing.assert_close(after, reference(before, factors), atol=1e-5, rtol=0)


def test_hues_turn_as_kornias_and_as_pythons_own() -> None:
    before, turn = colors(), torch.tensor([-0.5, -0.3, 0.0, 0.1, 0.25, 0.5])
    after = turned_hues(before, turn)
    torch.testing.assert_close(after, kornia.enhance.adjust_hue(before, turn * 2 * torch.pi), atol=1e-4, rtol=0)
    for image, (red, green, blue) in zip(range(6), before[:, :, 4, 4].tolist(), strict=True):
        hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
        expected = colorsys.hsv_to_rgb((hue + float(turn[image])) % 1, saturation, value)
        np.testing.assert_allclose(after[image, :, 4, 4].numpy(), expected, atol=1e-5)


def test_gray_has_no_hue_and_nothing_to_saturate() -> None:
    gray = colors()[:, :1].expand(-1, 3, -1, -1)
    torch.manual_seed(0)
    after = ColorJitter(brightness=0, contrast=0, saturation=1, hue=0.5).change(gray)
    torch.testing.assert_close(after, gray, atol=1e-6, rtol=0)


@pytest.mark.parametrize("sigma", [0.3, 0.8, 1.5, 3.0])
def test_blur_is_kornias_within_and_keeps_what_is_even(sigma: float) -> None:
    before = torch.rand(4, 3, 48, 40, generator=torch.Generator().manual_seed(0))
    after = Blur(weakest=sigma, strongest=sigma).change(before)
    margin = int(5 * sigma) + 1
    within = slice(margin, -margin)
    size = 2 * margin + 1
    expected = kornia.filters.gaussian_blur2d(before, (size, size), (sigma, sigma))
    torch.testing.assert_close(after[..., within, within], expected[..., within, within], atol=1e-4, rtol=0)
    even = torch.full((4, 1, 12, 12), 0.7)
    torch.testing.assert_close(Blur(weakest=sigma, strongest=sigma).change(even), even)


def test_every_width_of_the_blur_comes_up_whichever_bound_is_larger() -> None:
    """A spot: its spread tells the width."""
    spot = torch.zeros(800, 1, 41, 41)
    spot[..., 20, 20] = 1
    place = torch.arange(41.0) - 20
    for low, high in ((1.0, 2.0), (2.0, 1.0)):
        torch.manual_seed(0)
        line = Blur(weakest=low, strongest=high).change(spot).sum(2).squeeze(1)
        width = ((line * place**2).sum(1) / line.sum(1)).sqrt()
        assert 0.99 < width.min() < 1.05
        assert 1.95 < width.max() < 2.01
        assert abs(width.mean() - 1.5) < 0.04


@pytest.mark.parametrize("alpha", [0.1, 0.4, 1.0, 4.0])
def test_shares_are_from_the_beta_distribution(alpha: float) -> None:
    torch.manual_seed(0)
    found = beta(alpha, 20_000)
    assert found.min() >= 0
    assert found.max() <= 1
    assert abs(found.mean() - 0.5) < 0.02
    assert abs(found.var() - 1 / (4 * (2 * alpha + 1))) < 0.005


def test_mixup_is_the_mean_by_shares() -> None:
    images, partners = colors(50), colors(50).flip(0)
    torch.manual_seed(0)
    mixed, share = Mixup(alpha=1).blend(images, partners)
    weight = share.view(-1, 1, 1, 1)
    torch.testing.assert_close(mixed, weight * images + (1 - weight) * partners)


@pytest.mark.parametrize("size", [(40, 40), (24, 48)])
def test_cutmix_pastes_one_rectangle_and_says_what_is_left(size: tuple[int, int]) -> None:
    white, black = torch.ones(2000, 1, *size), torch.zeros(2000, 1, *size)
    torch.manual_seed(0)
    mixed, share = CutMix(alpha=1).blend(white, black)
    pasted = mixed.squeeze(1) == 0
    rows, columns = pasted.any(2), pasted.any(1)
    assert torch.equal(pasted, rows.unsqueeze(2) & columns.unsqueeze(1))
    for line in (rows, columns):  # in one piece
        assert ((line[:, 1:] & ~line[:, :-1]).sum(1) + line[:, 0] == 1).all()
    torch.testing.assert_close(share, mixed.mean(dim=(1, 2, 3)))
    whole = ~(rows[:, 0] | rows[:, -1] | columns[:, 0] | columns[:, -1])  # not cut off: the image's proportions
    heights, widths = rows.sum(1)[whole] / size[0], columns.sum(1)[whole] / size[1]
    assert (heights - widths).abs().max() <= 1 / min(size)
    assert pasted.float().mean(0).min() > 0.1  # it comes everywhere


def test_cutmix_keeps_the_share_where_nothing_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.catalog.augmentations.cutmix.beta", lambda alpha, count: torch.full((count,), 0.75))
    monkeypatch.setattr("playground.catalog.augmentations.cutmix.uniform", lambda images, *_: (torch.full((len(images),), 0.5),) * 2)
    _, share = CutMix().blend(torch.zeros(3, 1, 20, 40), torch.ones(3, 1, 20, 40))
    torch.testing.assert_close(share, torch.full((3,), 0.75))
