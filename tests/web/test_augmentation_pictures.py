"""What the preview of augmentation shows."""

import torch

from playground.catalog.augmentations import AUGMENTATIONS
from playground.presets import PRESETS
from playground.web import edits
from playground.web.augmentation_pictures import before_and_after, extremes


def test_of_several_changes_the_strongest_and_its_contrary_are_shown() -> None:
    images = torch.zeros(2, 1, 2, 2)
    amounts = torch.tensor([[0.1, -0.2], [-0.4, 0.3], [0.3, 0.1], [0.0, 0.0]])  # of each draw (rows) on each image (columns)
    draws = images + amounts[:, :, None, None, None]
    strongest, contrary = extremes(images, draws)
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
        assert (before_and_after(data, 1) == first) == (kind == "horizontal_flip")
        seen.add(first)
    assert len(seen) == len(AUGMENTATIONS)
