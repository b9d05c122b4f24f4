"""What is told about augmentations that cannot be, and what to do about it."""

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


def told(spec: ExperimentSpec) -> list[Problem]:
    return [problem for problem in trace(spec).problems if problem.path.startswith("data.augmentations")]


@pytest.mark.parametrize("loss", HARD, ids=lambda loss: loss.name())
@pytest.mark.parametrize("mixing", [Mixup, CutMix])
def test_a_loss_of_single_classes_takes_nothing_mixed(mixing: type, loss: type) -> None:
    spec = digits(data=Digits8(augmentations=(Rotation(), mixing())), loss=loss())
    (problem,) = told(spec)
    assert problem.path == "data.augmentations[1]"
    assert problem.severity == "error"
    assert "Cross-entropy" in problem.message
    assert problem.fix is not None
    assert problem.fix.spec.loss.soft_targets
    assert told(problem.fix.spec) == []


@pytest.mark.parametrize("loss", SOFT, ids=lambda loss: loss.name())
def test_a_loss_of_probabilities_learns_from_mixed_images(loss: type) -> None:
    spec = digits(data=Digits8(augmentations=(Mixup(), CutMix())), loss=loss(), training={"epochs": 1})
    assert told(spec) == []
    assert any(isinstance(event, Progress) for event in train(spec))


@pytest.mark.parametrize("flip", [HorizontalFlip, VerticalFlip])
def test_a_mirrored_digit_is_a_note_with_a_remedy(flip: type) -> None:
    (problem,) = told(digits(data=Digits8(augmentations=(Rotation(), flip()))))
    assert (problem.path, problem.severity) == ("data.augmentations[1]", "note")
    assert problem.fix is not None
    assert problem.fix.spec.data.augmentations == (Rotation(),)
