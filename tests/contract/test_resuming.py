"""The contract of everything that training goes through: a run that continues from a checkpoint in the middle of an epoch has bit-identical
losses. State that a checkpoint does not contain, such as a count in an attribute of a module, breaks it."""

from typing import Any

import pytest
from torch import Tensor, nn

from playground.catalog.augmentations import AUGMENTATIONS, Augmentation, Noise
from playground.catalog.datasets import Digits8
from playground.catalog.layers import Identity, Layer
from playground.catalog.tensors import TensorSpec
from playground.spec import ExperimentSpec
from playground.training import train
from tests.contract.layer_cases import CASES, experiment
from tests.tensors import tensor_of
from tests.training.resuming import losses_by_step, with_checkpoints
from tests.training.specs import digits

AT_STEP = 3
ON_ONE_THREAD = {"epochs": 2, "threads": 1, "memory_format": "contiguous"}
"""Without a trial of which execution is the fastest."""
AUGMENTED = {**ON_ONE_THREAD, "batch_size": 150}
"""Augmented in blocks of 512 examples, so that the step ends within a block."""


def resumed_and_uninterrupted(spec: ExperimentSpec) -> tuple[dict[int, float], dict[int, float]]:
    """The losses after the step of the checkpoint."""
    events, checkpoints = with_checkpoints(spec)
    losses = {step: loss for step, loss in losses_by_step(events).items() if step > AT_STEP}
    assert len(losses) > 3
    return losses_by_step(list(train(spec, checkpoint=checkpoints[AT_STEP]))), losses


@pytest.mark.parametrize(("kind", "tensor"), CASES)
def test_every_layer(kind: type[Layer], tensor: TensorSpec) -> None:
    resumed, uninterrupted = resumed_and_uninterrupted(
        experiment(kind(), tensor, **ON_ONE_THREAD, batch_size=40 if tensor.vocabulary else 400)
    )
    assert resumed == uninterrupted


@pytest.mark.parametrize("kind", AUGMENTATIONS, ids=lambda kind: kind.name())
def test_every_augmentation(kind: type[Augmentation]) -> None:
    data = Digits8(augmentations=(kind(probability=0.6),))
    resumed, uninterrupted = resumed_and_uninterrupted(digits(data=data, training=AUGMENTED))
    assert resumed == uninterrupted


class _Counting(nn.Module):
    """Breaks the contract: multiplies by the number of batches it has seen, which is in no state_dict."""

    def __init__(self) -> None:
        super().__init__()
        self.batches = 0

    def forward(self, x: Tensor, targets: Tensor | None = None) -> Any:
        self.batches += self.training
        return self.batches * x if targets is None else (self.batches * x, targets)


def test_a_layer_with_state_of_its_own_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Identity, "build", lambda layer, x: _Counting())
    resumed, uninterrupted = resumed_and_uninterrupted(experiment(Identity(), tensor_of(12), **ON_ONE_THREAD, batch_size=400))
    assert resumed != uninterrupted


def test_an_augmentation_with_state_of_its_own_would_be_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Noise, "build", lambda augmentation: _Counting())
    resumed, uninterrupted = resumed_and_uninterrupted(digits(data=Digits8(augmentations=(Noise(),)), training=AUGMENTED))
    assert resumed != uninterrupted
