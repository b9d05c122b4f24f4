"""What the preview of augmentation shows."""

import base64
import io
import re

import numpy as np
import pytest
import torch
from PIL import Image

from playground.catalog.augmentations import AUGMENTATIONS
from playground.presets import PRESETS
from playground.web import edits
from playground.web.augmentation_preview import before_and_after, extremes, shares
from playground.web.image_grid import image_grid


def test_of_several_changes_the_strongest_and_its_contrary_are_shown() -> None:
    images = torch.zeros(2, 1, 2, 2)
    amounts = torch.tensor([[0.1, -0.2], [-0.4, 0.3], [0.3, 0.1], [0.0, 0.0]])  # of each draw (rows) on each image (columns)
    draws = images + amounts[:, :, None, None, None]
    strongest, contrary = (draws[picked, torch.arange(2)] for picked in extremes(images, draws))
    assert torch.allclose(strongest.mean(dim=(1, 2, 3)), torch.tensor([-0.4, 0.3]))
    assert torch.allclose(contrary.mean(dim=(1, 2, 3)), torch.tensor([0.3, -0.2]))


def test_each_augmentation_has_a_preview_of_its_own_and_another_at_the_next_draw() -> None:
    spec = PRESETS["mlp_784_256_10"].spec
    seen = set()
    for kind in AUGMENTATIONS.kinds():
        data = edits.add_augmentation(spec, kind).data
        first = before_and_after(data, 0)
        assert first.count("<img") == 3
        assert before_and_after(data, 0) == first
        assert (before_and_after(data, 1) == first) == (kind in ("horizontal_flip", "vertical_flip"))
        seen.add(first)
    assert len(seen) == len(AUGMENTATIONS)


def test_mixed_images_have_the_shares_of_their_classes_below_and_in_words() -> None:
    data = edits.add_augmentation(PRESETS["small_cnn"].spec, "mixup").data
    grid = before_and_after(data, 0)
    cells = [float(share) for share in re.findall(r"(\d+)&nbsp;% <b>", grid)]
    called = r"\d+&nbsp;% <b>\d</b>"
    assert len(re.findall(rf'<span title="\d \d+ %, \d \d+ %">{called}<br>{called}</span>', grid)) >= 8  # two rows of five
    assert all(5 <= share <= 100 for share in cells)
    assert re.search(r'alt="5 training images, changed at random: \d \d+ %, \d \d+ %; ', grid)
    assert "%" not in re.sub(r'alt="[^"]*"', "", before_and_after(edits.add_augmentation(PRESETS["small_cnn"].spec, "rotation").data, 0))


def test_shares_are_listed_from_the_largest_without_traces() -> None:
    assert shares([0.03, 0.62, 0.35], ["cat", "dog", "emu"]) == [("dog", "62 %"), ("emu", "35 %")]
    assert shares([0, 1.0, 0], ["cat", "dog", "emu"]) == [("dog", "100 %")]


@pytest.mark.parametrize("channels", [1, 3])
def test_a_sheet_shows_every_image_in_its_place_and_color(channels: int) -> None:
    images = np.random.default_rng(0).integers(0, 256, (4, channels, 5, 6), np.uint8)
    found = image_grid(images, 2, 'a "b"')
    assert 'alt="a &quot;b&quot;"' in found
    pixels = np.asarray(Image.open(io.BytesIO(base64.b64decode(found.split("base64,")[1].split('"')[0]))))
    times = pixels.shape[1] // 13
    small = pixels[::times, ::times]
    assert small.shape == (11, 13, channels + 1)
    for index, image in enumerate(images):
        top, left = index // 2 * 6, index % 2 * 7
        np.testing.assert_array_equal(small[top : top + 5, left : left + 6, :channels], image.transpose(1, 2, 0))
    assert (small[5, :, channels] == 0).all()
    assert (small[:, 6, channels] == 0).all()
