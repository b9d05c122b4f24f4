"""The best constant prediction against closed forms."""

import math

import pytest
import torch

from playground.catalog.losses import BCE, LOSSES, MAE, MSE, CrossEntropy, Huber, Loss
from playground.training.baseline import best_constant, constant_loss


def test_for_classes_it_is_their_frequency_and_its_loss_is_the_entropy() -> None:
    targets = torch.tensor([0] * 82 + [1] * 18)
    outputs = best_constant(CrossEntropy().build(), targets, 2)
    torch.testing.assert_close(torch.softmax(outputs, dim=1), torch.tensor([[0.82, 0.18]]), atol=1e-4, rtol=0)
    entropy = -(0.82 * math.log(0.82) + 0.18 * math.log(0.18))
    assert constant_loss(CrossEntropy().build(), outputs, targets) == pytest.approx(entropy, abs=1e-6)
    single = best_constant(BCE().build(), targets[:, None].float(), 1)
    assert torch.sigmoid(single).item() == pytest.approx(0.18, abs=1e-4)


def test_for_values_it_is_the_mean_or_the_median() -> None:
    values = torch.tensor([[0.0], [1.0], [2.0], [3.0], [94.0]])
    assert best_constant(MSE().build(), values, 1).item() == pytest.approx(20.0, abs=1e-3)
    assert best_constant(MAE().build(), values, 1).item() == pytest.approx(2.0, abs=1e-3)
    assert 1.0 < best_constant(Huber().build(), values, 1).item() < 3.0


@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.name())
def test_no_other_constant_is_better(kind: type[Loss]) -> None:
    generator = torch.Generator().manual_seed(0)
    loss, targets = kind().build(), torch.multinomial(torch.tensor([0.6, 0.3, 0.1]), 200, replacement=True, generator=generator)
    if kind.one_hot:
        targets = torch.nn.functional.one_hot(targets, 3).float()
    best = best_constant(loss, targets, 3)
    least = constant_loss(loss, best, targets)
    for _ in range(200):
        other = best + torch.randn(1, 3, generator=generator) * 10 ** torch.empty(1).uniform_(-2, 1, generator=generator)
        assert constant_loss(loss, other, targets) >= 0.99 * least


def test_outputs_that_are_nan_have_an_infinite_loss() -> None:
    assert constant_loss(MSE().build(), torch.tensor([[math.nan]]), torch.ones(3, 1)) == math.inf
