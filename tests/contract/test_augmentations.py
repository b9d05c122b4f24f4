"""The contract of every augmentation."""

import pickle

import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.augmentations import AUGMENTATIONS, Augmentation, ImageAugmentation, MixingAugmentation

SHAPES = [(32, 1, 28, 28), (5, 1, 8, 8), (3, 3, 20, 31), (1, 1, 28, 28)]
CLASSES = 4


def each_kind(*but: str, family: type[Augmentation] = Augmentation) -> pytest.MarkDecorator:
    """Every kind of the family except these."""
    kinds = [kind for kind in AUGMENTATIONS if issubclass(kind, family) and kind.name() not in but]
    return pytest.mark.parametrize("kind", kinds, ids=lambda kind: kind.name())


KINDS = each_kind()
IMAGE_KINDS = each_kind(family=ImageAugmentation)
MIXING_KINDS = each_kind(family=MixingAugmentation)


def targets(count: int) -> Tensor:
    """Probabilities (count, CLASSES), each 1 for one class."""
    return F.one_hot(torch.arange(count) % CLASSES, CLASSES).float()


def applied(augmentation: Augmentation, images: Tensor) -> Tensor:
    """The augmented images."""
    after: Tensor = augmentation.build()(images, targets(len(images)))[0]
    return after


def images(*shape: int) -> Tensor:
    """Noise with some fully black and fully white pixels."""
    return (1.6 * torch.rand(*shape, generator=torch.Generator().manual_seed(1)) - 0.3).clamp(0, 1)


def extremes(kind: type[Augmentation]) -> list[Augmentation]:
    """The augmentation with each of its numbers at each of its bounds, always applied."""
    found = [kind(probability=1)]
    for name, field in kind.model_fields.items():
        bounds = [getattr(each, end) for each in field.metadata for end in ("ge", "le") if hasattr(each, end)]
        found += [kind.model_validate({"probability": 1, name: bound}) for bound in bounds if name != "probability"]
    return found


@KINDS
def test_forms_find_defaults_of_the_fields_own_type(kind: type[Augmentation]) -> None:
    assert {name: type(field.default) for name, field in kind.model_fields.items() if name != "kind"} == {
        name: float for name in kind.model_fields if name != "kind"
    }
    assert kind.group


@KINDS
def test_probability_is_kept_in_json_and_is_a_probability(kind: type[Augmentation]) -> None:
    value = kind(probability=0.25)
    assert kind.model_validate_json(value.model_dump_json()) == value
    with pytest.raises(ValueError, match="less than or equal to 1"):
        kind(probability=1.5)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@KINDS
def test_same_shape_and_range_at_every_strength(kind: type[Augmentation], shape: tuple[int, ...]) -> None:
    for augmentation in extremes(kind):
        before = images(*shape)
        after = applied(augmentation, before)
        assert after.shape == shape
        assert after.dtype == torch.float32
        assert after.min() >= 0
        assert after.max() <= 1
        assert torch.equal(before, images(*shape)), "the batch that it was given has changed"


@KINDS
def test_an_empty_batch_stays_empty(kind: type[Augmentation]) -> None:
    assert applied(kind(), images(0, 1, 28, 28)).shape == (0, 1, 28, 28)


@KINDS
def test_probability_says_which_share_is_changed(kind: type[Augmentation]) -> None:
    before = images(400, 1, 12, 12)
    assert torch.equal(applied(kind(probability=0), before), before)
    assert changed(kind(probability=1), before).all()
    torch.manual_seed(0)
    share = changed(kind(probability=0.3), before).float().mean()
    assert abs(share - 0.3) < 0.1  # more than four standard deviations of a binomial share


def changed(augmentation: Augmentation, before: Tensor) -> Tensor:
    return (applied(augmentation, before) != before).flatten(1).any(dim=1)


@KINDS
def test_follows_torchs_generator(kind: type[Augmentation]) -> None:
    augmentation, before = kind(probability=0.5), images(64, 1, 28, 28)
    torch.manual_seed(3)
    first, second = applied(augmentation, before), applied(augmentation, before)
    torch.manual_seed(3)
    assert torch.equal(applied(augmentation, before), first)
    assert not torch.equal(first, second)


@each_kind("horizontal_flip", "vertical_flip", family=ImageAugmentation)
def test_images_are_changed_each_in_its_own_way(kind: type[Augmentation]) -> None:
    same = images(1, 1, 28, 28).expand(16, 1, 28, 28)
    after = applied(kind(probability=1), same)
    assert len(after.flatten(1).unique(dim=0)) > 8


@each_kind("noise")
def test_colors_of_a_pixel_move_together(kind: type[Augmentation]) -> None:
    gray = images(8, 1, 20, 20).expand(8, 3, 20, 20)
    after = applied(kind(probability=1), gray)
    assert torch.equal(after[:, 0], after[:, 1])
    assert torch.equal(after[:, 0], after[:, 2])


@KINDS
def test_modules_can_be_sent_to_another_process(kind: type[Augmentation]) -> None:
    again = pickle.loads(pickle.dumps(kind().build()))  # noqa: S301
    assert repr(again) == repr(kind().build())


@IMAGE_KINDS
def test_changes_of_single_images_keep_their_targets(kind: type[ImageAugmentation]) -> None:
    classes = torch.arange(6)
    assert kind(probability=1).build()(images(6, 1, 12, 12), classes)[1] is classes


@KINDS
def test_without_its_amounts_it_is_idle_and_changes_nothing(kind: type[Augmentation]) -> None:
    assert kind(probability=0).idle(1)
    assert not kind().idle(1)
    if kind.amounts:
        still = kind.model_validate({"probability": 1, **dict.fromkeys(kind.amounts, 0)})
        before = images(16, 3, 20, 20)
        torch.testing.assert_close(applied(still, before), before, atol=1e-5, rtol=0)
        assert still.idle(3)
        for name in kind.amounts:
            one = still.model_copy(update={name: 0.3})
            assert not one.idle(3)
            assert not torch.allclose(applied(one, before), before, atol=1e-3)
            gray = before[:, :1]
            assert one.idle(1) == torch.allclose(applied(one, gray), gray, atol=1e-5)


@KINDS
def test_a_countable_number_of_results_is_counted(kind: type[Augmentation]) -> None:
    same = images(1, 1, 12, 12).expand(64, 1, 12, 12)
    found = len(applied(kind(probability=0.5), same + torch.zeros(64, 1, 12, 12)).flatten(1).unique(dim=0))
    assert kind.results is None or found == kind.results


@MIXING_KINDS
def test_targets_are_mixed_as_the_images_are(kind: type[MixingAugmentation]) -> None:
    """Images of one color, told apart by it: the mean of a mixture tells the shares."""
    colors = torch.linspace(0, 1, CLASSES)
    before = colors[torch.arange(400) % CLASSES].view(-1, 1, 1, 1).expand(-1, 1, 20, 20)
    torch.manual_seed(2)
    after, mixed = kind(probability=0.6).mix(before, targets(400))
    torch.testing.assert_close(mixed.sum(dim=1), torch.ones(400))
    assert mixed.min() >= 0
    torch.testing.assert_close(after.mean(dim=(1, 2, 3)), mixed @ colors, atol=1e-5, rtol=0)
    assert (mixed.max(dim=1).values < 0.95).float().mean() > 0.2


@MIXING_KINDS
def test_a_single_image_stays_alone_and_of_two_each_is_the_others_partner(kind: type[MixingAugmentation]) -> None:
    one = images(1, 1, 12, 12)
    after, mixed = kind(probability=1).mix(one, targets(1))
    torch.testing.assert_close(after, one)
    torch.testing.assert_close(mixed, targets(1))
    torch.manual_seed(0)
    _, both = kind(probability=1, alpha=4).mix(images(2, 1, 12, 12), targets(2))
    assert (both[:, :2] > 0).all()
    assert (both[:, 2:] == 0).all()


@MIXING_KINDS
def test_a_single_output_mixes_its_probability(kind: type[MixingAugmentation]) -> None:
    torch.manual_seed(0)
    _, mixed = kind(probability=1, alpha=4).mix(images(64, 1, 12, 12), (torch.arange(64) < 32).float().unsqueeze(1))
    assert mixed.shape == (64, 1)
    assert ((mixed > 0.01) & (mixed < 0.99)).any()
    assert mixed.min() >= 0
    assert mixed.max() <= 1
