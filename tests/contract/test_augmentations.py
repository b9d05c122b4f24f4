"""What every augmentation keeps to."""

import pickle

import pytest
import torch
from torch import Tensor

from playground.catalog.augmentations import AUGMENTATIONS, Augmentation

SHAPES = [(32, 1, 28, 28), (5, 1, 8, 8), (3, 3, 20, 31), (1, 1, 28, 28)]
KINDS = pytest.mark.parametrize("kind", AUGMENTATIONS, ids=lambda kind: kind.name())


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
        after = augmentation.build()(before)
        assert after.shape == shape
        assert after.dtype == torch.float32
        assert after.min() >= 0
        assert after.max() <= 1
        assert torch.equal(before, images(*shape)), "the batch that it was given has changed"


@KINDS
def test_an_empty_batch_stays_empty(kind: type[Augmentation]) -> None:
    assert kind().build()(images(0, 1, 28, 28)).shape == (0, 1, 28, 28)


@KINDS
def test_probability_says_which_share_is_changed(kind: type[Augmentation]) -> None:
    before = images(400, 1, 12, 12)
    assert torch.equal(kind(probability=0).build()(before), before)
    assert changed(kind(probability=1), before).all()
    torch.manual_seed(0)
    share = changed(kind(probability=0.3), before).float().mean()
    assert abs(share - 0.3) < 0.1  # more than four standard deviations of a binomial share


def changed(augmentation: Augmentation, before: Tensor) -> Tensor:
    return (augmentation.build()(before) != before).flatten(1).any(dim=1)


@KINDS
def test_follows_torchs_generator(kind: type[Augmentation]) -> None:
    module, before = kind(probability=0.5).build(), images(64, 1, 28, 28)
    torch.manual_seed(3)
    first, second = module(before), module(before)
    torch.manual_seed(3)
    assert torch.equal(module(before), first)
    assert not torch.equal(first, second)


@pytest.mark.parametrize("kind", [kind for kind in AUGMENTATIONS if kind.name() != "horizontal_flip"], ids=lambda kind: kind.name())
def test_images_are_changed_each_in_its_own_way(kind: type[Augmentation]) -> None:
    same = images(1, 1, 28, 28).expand(16, 1, 28, 28)
    after = kind(probability=1).build()(same)
    assert len(after.flatten(1).unique(dim=0)) > 8


@pytest.mark.parametrize("kind", [kind for kind in AUGMENTATIONS if kind.name() != "noise"], ids=lambda kind: kind.name())
def test_colours_of_a_pixel_move_together(kind: type[Augmentation]) -> None:
    grey = images(8, 1, 20, 20).expand(8, 3, 20, 20)
    after = kind(probability=1).build()(grey)
    assert torch.equal(after[:, 0], after[:, 1])
    assert torch.equal(after[:, 0], after[:, 2])


@KINDS
def test_modules_can_be_sent_to_another_process(kind: type[Augmentation]) -> None:
    again = pickle.loads(pickle.dumps(kind().build()))  # noqa: S301
    assert repr(again) == repr(kind().build())
