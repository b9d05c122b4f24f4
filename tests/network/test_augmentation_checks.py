"""Augmentations that do not fit data or loss are reported, with a fix."""

import pytest

from playground.catalog.augmentations import CutMix, HorizontalFlip, Mixup, Rotation, VerticalFlip
from playground.catalog.datasets import Digits8
from playground.catalog.losses import LOSSES
from playground.network import Problem, trace
from playground.spec import ExperimentSpec
from playground.training import Progress, train
from tests.training.specs import digits

HARD = [loss for loss in LOSSES if not loss.soft_targets and "multiclass" in loss.tasks]
SOFT = [loss for loss in LOSSES if loss.soft_targets and "multiclass" in loss.tasks]


def augmentation_problems(spec: ExperimentSpec) -> list[Problem]:
    return [problem for problem in trace(spec).problems if problem.path.startswith("data.augmentations")]


@pytest.mark.parametrize("loss", HARD, ids=lambda loss: loss.name())
@pytest.mark.parametrize("mixing", [Mixup, CutMix])
def test_a_loss_for_single_classes_cannot_be_used_with_mixing(mixing: type, loss: type) -> None:
    spec = digits(data=Digits8(augmentations=(Rotation(), mixing())), loss=loss())
    (problem,) = augmentation_problems(spec)
    assert problem.path == "data.augmentations[1]"
    assert problem.severity == "error"
    assert "cross-entropy" in problem.message
    assert problem.fix is not None
    assert problem.fix.spec.loss.soft_targets
    assert augmentation_problems(problem.fix.spec) == []


@pytest.mark.parametrize("loss", SOFT, ids=lambda loss: loss.name())
def test_a_loss_for_class_probabilities_learns_from_mixed_images(loss: type) -> None:
    spec = digits(data=Digits8(augmentations=(Mixup(), CutMix())), loss=loss(), training={"epochs": 1})
    assert augmentation_problems(spec) == []
    assert any(isinstance(event, Progress) for event in train(spec))


@pytest.mark.parametrize("flip", [HorizontalFlip, VerticalFlip])
def test_mirrored_digits_are_a_note_with_a_fix(flip: type) -> None:
    (problem,) = augmentation_problems(digits(data=Digits8(augmentations=(Rotation(), flip()))))
    assert (problem.path, problem.severity) == ("data.augmentations[1]", "note")
    assert problem.fix is not None
    assert problem.fix.spec.data.augmentations == (Rotation(),)
