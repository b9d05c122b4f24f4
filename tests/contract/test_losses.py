"""What every loss must do, and that each is what its name says."""

import math

import pytest
import torch
from sklearn.metrics import log_loss, mean_absolute_error, mean_squared_error
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.datasets import Circle, MnistSample, MultiGauss, Plane, ThreeBlobs
from playground.catalog.losses import BCE, LOSSES, MAE, MSE, CrossEntropy, Huber, Loss
from playground.catalog.tasks import TASKS


def an_example(loss: Loss, samples: int = 12) -> tuple[Tensor, Tensor]:
    """Outputs that ask for a gradient, and targets, as the loss takes them."""
    generator = torch.Generator().manual_seed(1)
    dataset = next(each() for each in (MnistSample, Circle, Plane) if each.task.name() in loss.tasks)
    outputs = torch.randn(samples, loss.outputs(dataset), generator=generator)
    if dataset.classes:
        raw = torch.randint(len(dataset.classes), (samples,), generator=generator)
    else:
        raw = torch.randn(samples, 1, generator=generator)
    return outputs.requires_grad_(), dataset.task.encode(raw, outputs.shape[1])


@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.name())
def test_says_for_which_tasks_it_is_and_what_it_takes(kind: type[Loss]) -> None:
    assert kind.tasks
    assert kind.tasks <= set(TASKS.kinds())
    assert isinstance(kind.expects_logits, bool)


@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.name())
def test_is_a_mean_over_examples_with_a_gradient(kind: type[Loss]) -> None:
    outputs, targets = an_example(kind())
    loss = kind().build()
    whole = loss(outputs, targets)
    assert whole.shape == ()
    assert whole > 0
    alone = torch.stack([loss(outputs[i : i + 1], targets[i : i + 1]) for i in range(len(outputs))])
    torch.testing.assert_close(whole, alone.mean())
    whole.backward()
    assert outputs.grad is not None
    assert torch.isfinite(outputs.grad).all()
    assert (outputs.grad.abs().sum(dim=1) > 0).all()


@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.name())
def test_going_down_its_gradient_brings_outputs_to_their_targets(kind: type[Loss]) -> None:
    outputs, targets = an_example(kind())
    loss = kind().build()
    first = loss(outputs, targets).item()
    optimizer = torch.optim.Adam([outputs], lr=0.1)
    for _ in range(200):
        optimizer.zero_grad()
        loss(outputs, targets).backward()
        optimizer.step()
    assert loss(outputs, targets).item() < first / 20


def test_every_task_has_a_loss() -> None:
    assert {task for loss in LOSSES for task in loss.tasks} == set(TASKS.kinds())


def test_outputs_follow_from_data_and_loss() -> None:
    assert [CrossEntropy().outputs(data) for data in (MnistSample(), ThreeBlobs(), Circle())] == [10, 3, 2]
    assert BCE().outputs(Circle()) == 1
    assert [loss.outputs(MultiGauss()) for loss in (MSE(), MAE(), Huber())] == [1, 1, 1]


def test_cross_entropy_is_the_log_loss_of_softmax() -> None:
    outputs, targets = an_example(CrossEntropy())
    probabilities = torch.softmax(outputs.detach().double(), dim=1).numpy()
    assert CrossEntropy().build()(outputs, targets).item() == pytest.approx(log_loss(targets, probabilities, labels=range(10)), abs=1e-6)


def test_cross_entropy_of_a_guess_is_the_logarithm_of_the_number_of_classes() -> None:
    assert CrossEntropy().build()(torch.zeros(5, 10), torch.arange(5)).item() == pytest.approx(math.log(10), abs=1e-6)


def test_label_smoothing_mixes_the_target_with_the_uniform_one() -> None:
    outputs, targets = an_example(CrossEntropy())
    mixed = 0.7 * F.one_hot(targets, 10) + 0.3 / 10
    expected = -(mixed * torch.log_softmax(outputs, dim=1)).sum(dim=1).mean()
    torch.testing.assert_close(CrossEntropy(label_smoothing=0.3).build()(outputs, targets), expected)


def test_bce_is_the_log_loss_of_the_sigmoid_and_cross_entropy_of_two_outputs() -> None:
    outputs, targets = an_example(BCE())
    found = BCE().build()(outputs, targets)
    probabilities = torch.sigmoid(outputs.detach().double()).numpy()
    assert found.item() == pytest.approx(log_loss(targets, probabilities), abs=1e-6)
    both = torch.cat([torch.zeros_like(outputs), outputs], dim=1)
    torch.testing.assert_close(found, CrossEntropy().build()(both, targets.squeeze(1).long()))


def test_bce_does_not_overflow() -> None:
    assert BCE().build()(torch.tensor([[1e4]]), torch.tensor([[0.0]])).item() == pytest.approx(1e4)


def test_mse_and_mae_are_those_of_scikit_learn() -> None:
    outputs, targets = an_example(MSE())
    answers = outputs.detach()
    assert MSE().build()(outputs, targets).item() == pytest.approx(mean_squared_error(targets, answers), abs=1e-6)
    assert MAE().build()(outputs, targets).item() == pytest.approx(mean_absolute_error(targets, answers), abs=1e-6)


@pytest.mark.parametrize("delta", [0.5, 2.0])
def test_huber_is_squared_near_and_straight_far(delta: float) -> None:
    huber = Huber(delta=delta).build()
    for error in (0.0, 0.3 * delta, delta, 3 * delta):
        expected = error**2 / 2 if error <= delta else delta * (error - delta / 2)
        for sign in (-1, 1):
            assert huber(torch.tensor([[sign * error]]), torch.zeros(1, 1)).item() == pytest.approx(expected, abs=1e-6)
