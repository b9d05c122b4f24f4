"""The number of different augmented images, compared with counting them."""

import numpy as np
import pytest

from playground.catalog.augmentations import Augmentation, ColorJitter, Crop, HorizontalFlip, Noise, Rotation, VerticalFlip, variety


def counted(augmentations: tuple[Augmentation, ...], images: int, epochs: int) -> float:
    """The same, by drawing: which flips, and a number of its own for each new image."""
    rng, seen = np.random.default_rng(0), set()
    for image in range(images):
        for epoch in range(epochs):
            state: dict[str, object] = {}
            for each in augmentations:
                if rng.random() < each.probability:
                    flips = each.results is not None
                    state[each.kind] = (not state.get(each.kind, False)) if flips else (image, epoch)
            seen.add((image, *sorted((kind, value) for kind, value in state.items() if value)))
    return len(seen)


@pytest.mark.parametrize(
    ("augmentations", "most"),
    [
        ((), 1),
        ((HorizontalFlip(),), 2),
        ((HorizontalFlip(probability=0.1), VerticalFlip(probability=0.8)), 4),
        ((HorizontalFlip(probability=0.3), HorizontalFlip(probability=0.6)), 2),
        ((HorizontalFlip(probability=1),), 1),
        ((Rotation(),), None),
        ((Rotation(probability=0.2), HorizontalFlip(probability=0.3), Noise(probability=0.1)), None),
    ],
    ids=str,
)
@pytest.mark.parametrize("epochs", [1, 5])
def test_as_many_as_are_counted(augmentations: tuple[Augmentation, ...], most: int | None, epochs: int) -> None:
    found = variety(augmentations, 3000, epochs, channels=1)
    assert found.most == (None if most is None else 3000 * most)
    assert found.expected == pytest.approx(counted(augmentations, 3000, epochs), rel=0.02)


def test_what_changes_nothing_does_not_count() -> None:
    still = (Rotation(degrees=0), Crop(probability=0), ColorJitter(brightness=0, contrast=0))
    assert variety(still, 100, 5, channels=1).most == 100
    assert variety(still, 100, 5, channels=3).most is None


def test_a_change_every_time_is_a_new_image_every_time() -> None:
    assert variety((Rotation(probability=1),), 4000, 5, channels=1).expected == pytest.approx(20_000)
