"""The augmentation panel, without a browser."""

import re
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from playground.catalog.augmentations import AUGMENTATIONS, ColorJitter, HorizontalFlip, Mixup, Rotation
from playground.catalog.datasets import Digits8
from playground.catalog.losses import LOSSES
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web import edits
from playground.web.panels.augmentation import words_for_variety
from tests.pages.reading import ending, messages, spec_of

Visit = Callable[..., AppTest]
CNN = PRESETS["small_cnn"].spec


def augmented(*kinds: str) -> ExperimentSpec:
    spec = CNN
    for kind in kinds:
        spec = edits.add_augmentation(spec, kind)
    return spec


def captions(app: AppTest) -> str:
    return " ".join(each.value for each in app.caption)


def test_the_menu_has_every_augmentation_under_its_group(visit: Visit) -> None:
    app = visit("playground")
    offered = [button for button in app.button if ".augmentations.add." in str(button.key)]
    assert [button.label for button in offered] == [kind.title for kind in AUGMENTATIONS]
    groups = list(dict.fromkeys(kind.group for kind in AUGMENTATIONS))
    assert [each.value for each in app.caption if each.value in groups] == groups


def test_how_many_different_images_there_are_follows_the_settings(visit: Visit) -> None:
    app = visit("playground", spec=to_token(augmented("horizontal_flip")))
    assert "4,000 images become up to 8,000 different ones." in captions(app)
    ending(app.button, "augmentations.0.remove").click().run()
    ending(app.button, "augmentations.add.rotation").click().run()
    assert re.search(r"4,000 images become about 13,900 different ones in 5 epochs", captions(app))
    ending(app.slider, "data.augmentations[0].probability").set_value(1.0).run()
    assert "Every image is different every time: 20,000 images in 5 epochs." in captions(app)


@pytest.mark.parametrize(
    ("augmentations", "words"),
    [
        ((Rotation(degrees=0),), "These settings create no new images: 1,437 remain 1,437."),
        ((HorizontalFlip(probability=1),), "These settings create no new images: 1,437 remain 1,437."),
        ((ColorJitter(brightness=0, contrast=0),), "These settings create no new images: 1,437 remain 1,437."),
        ((Mixup(probability=1),), "Every image is different every time: 1,437 images in 1 epoch."),
    ],
    ids=str,
)
def test_words_for_how_many_different_images(augmentations: tuple[object, ...], words: str) -> None:
    data = Digits8.model_validate({"augmentations": augmentations})
    assert len(data.load().train) == 1437
    assert words_for_variety(data, 1) == words


def test_grayscale_images_have_no_color_settings(visit: Visit) -> None:
    app = visit("playground", spec=to_token(augmented("colour_jitter")))
    shown = {str(each.key).split("].")[1] for each in app.slider if "data.augmentations[0]" in str(each.key)}
    assert shown == {"probability", "brightness", "contrast"}


def test_what_cannot_be_mixed_is_reported_once_at_its_card_and_fixed_there(visit: Visit) -> None:
    hard = next(loss for loss in LOSSES if not loss.soft_targets and "multiclass" in loss.tasks)
    app = visit("playground", spec=to_token(edits.replace_part(augmented("rotation", "mixup"), "loss", hard.name())))
    assert messages(app).count("Mixup mixes classes") == 1
    (fix,) = [button for button in app.button if ".fix.data.augmentations[1]." in str(button.key)]
    fix.click().run()
    assert spec_of(app).loss.soft_targets
    assert "Mixup mixes classes" not in messages(app)


def test_what_mixed_images_are_called_stands_below_them(visit: Visit) -> None:
    app = visit("playground", spec=to_token(augmented("cutmix")))
    assert "The target is shown below each image." in captions(app)
    assert "The target is shown below" not in captions(visit("playground", spec=to_token(augmented("noise"))))
