"""The contract of every loss, and each loss compared with its definition."""

import math

import numpy as np
import pytest
import torch
from sklearn.metrics import hinge_loss, log_loss, mean_absolute_error, mean_squared_error
from sklearn.utils.class_weight import compute_class_weight
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.datasets import Circle, MnistSample, MultiGauss, Plane, ThreeBlobs
from playground.catalog.formulas import formula
from playground.catalog.losses import (
    BCE,
    LOSSES,
    MAE,
    MSE,
    Cosine,
    CrossEntropy,
    Dice,
    Focal,
    Hinge,
    Huber,
    KLDivergence,
    LogCosh,
    Loss,
    WeightedCrossEntropy,
)
from playground.catalog.readouts import readout_of
from playground.catalog.tasks import TASKS


def an_example(loss: Loss, samples: int = 12) -> tuple[Tensor, Tensor]:
    """Outputs that ask for a gradient, and targets, as the loss takes them."""
    generator = torch.Generator().manual_seed(1)
    dataset = next(each() for each in (MnistSample, Circle, Plane) if each.task.answer in loss.tasks)
    outputs = 0.3 * torch.randn(samples, loss.outputs(dataset), generator=generator)  # no example is right by a margin
    if dataset.classes:
        raw = torch.randint(len(dataset.classes), (samples,), generator=generator)
    else:
        raw = torch.randn(samples, loss.outputs(dataset), generator=generator)
    return outputs.requires_grad_(), readout_of(dataset.task, loss, outputs.shape[1]).encode(raw)


@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.name())
def test_runs_on_each_task_or_says_why_not(kind: type[Loss]) -> None:
    assert kind.tasks
    every = {task().answer for task in TASKS}
    assert kind.tasks | set(kind.elsewhere) | set(kind.refused) == every  # for each task exactly one of the three
    assert len(kind.tasks) + len(kind.elsewhere) + len(kind.refused) == len(every)
    assert all(kind.refused.values())


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
    assert {answer for loss in LOSSES for answer in loss.tasks} == {task().answer for task in TASKS}


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


CLASS_LOSSES = [kind for kind in LOSSES if "multiclass" in kind.tasks and kind.soft_targets]


@pytest.mark.parametrize("kind", CLASS_LOSSES, ids=lambda kind: kind.name())
def test_a_certain_target_as_probabilities_is_the_class_itself(kind: type[Loss]) -> None:
    outputs, targets = an_example(kind())
    loss = kind().build()
    torch.testing.assert_close(loss(outputs, F.one_hot(targets, 10).float()), loss(outputs, targets))


@pytest.mark.parametrize("kind", CLASS_LOSSES, ids=lambda kind: kind.name())
def test_targets_between_classes_are_learned(kind: type[Loss]) -> None:
    """Going down the gradient, the mixed example is answered by both its classes alike, and by no other."""
    mixed = torch.zeros(1, 4)
    mixed[0, 1] = mixed[0, 2] = 0.5
    outputs = torch.tensor([[0.3, 0.2, -0.1, 0.1]], requires_grad=True)
    loss = kind().build()
    optimizer = torch.optim.Adam([outputs], lr=0.05)
    for _ in range(400):
        optimizer.zero_grad()
        loss(outputs, mixed).backward()
        optimizer.step()
    assert outputs[0, 1].item() == pytest.approx(outputs[0, 2].item(), abs=0.02)
    assert outputs[0, [1, 2]].min() > outputs[0, [0, 3]].max() + 0.5


def test_mixed_targets_of_two_classes_are_mixed_losses() -> None:
    outputs = torch.tensor([[0.7], [-2.0]])
    share = torch.tensor([[0.3], [0.9]])
    loss = BCE().build()
    expected = [
        share[i] * loss(outputs[i : i + 1], torch.ones(1, 1)) + (1 - share[i]) * loss(outputs[i : i + 1], torch.zeros(1, 1)) for i in (0, 1)
    ]
    torch.testing.assert_close(loss(outputs, share), torch.stack(expected).mean())


def test_weights_are_those_of_scikit_learn() -> None:
    outputs, targets = an_example(WeightedCrossEntropy(), samples=40)
    counts = torch.bincount(targets, minlength=10)
    assert (counts > 0).all()
    weights = compute_class_weight("balanced", classes=np.arange(10), y=targets.numpy())
    probabilities = torch.softmax(outputs.detach().double(), dim=1).numpy()
    each = weights[targets.numpy()]
    # scikit-learn divides by the sum of the weights, which for balanced ones is the number of examples
    expected = log_loss(targets, probabilities, labels=range(10), sample_weight=each)
    assert WeightedCrossEntropy().build(counts.tolist())(outputs, targets).item() == pytest.approx(expected, abs=1e-6)


def test_weights_by_hand_multiply_the_losses_of_their_classes() -> None:
    outputs, targets = torch.tensor([[1.0, -1.0, 0.5], [0.2, 0.1, 0.0]]), torch.tensor([0, 2])
    each = F.cross_entropy(outputs, targets, reduction="none")
    found = WeightedCrossEntropy(weights=(2, 1, 5)).build((7, 7, 7))(outputs, targets)
    torch.testing.assert_close(found, (2 * each[0] + 5 * each[1]) / 2)


def test_a_class_without_examples_keeps_its_weight_and_without_counts_all_are_alike() -> None:
    outputs, targets = an_example(WeightedCrossEntropy())
    plain = CrossEntropy().build()(outputs, targets)
    torch.testing.assert_close(WeightedCrossEntropy().build()(outputs, targets), plain)
    torch.testing.assert_close(WeightedCrossEntropy().build([5] * 9 + [0])(outputs, targets), plain)


@pytest.mark.parametrize("weights", ["even", [], [1], [1, -1], [1, 0], [1, "2"], [1, True], 3, None, [1e9, 1], [1] * 1001, {"a": 1}])
def test_weights_that_make_no_sense_are_refused(weights: object) -> None:
    with pytest.raises(ValueError, match=r"must be “balanced” or a list|every weight must be a number above 0"):
        WeightedCrossEntropy.model_validate({"weights": weights})


def test_the_wrong_number_of_weights_says_how_many() -> None:
    with pytest.raises(ValueError, match="3 classes need 3 weights, got 2"):
        WeightedCrossEntropy(weights=(1, 2)).build((4, 4, 4))


@pytest.mark.parametrize("gamma", [0.0, 0.5, 2.0])
def test_focal_is_cross_entropy_times_a_power_of_what_is_missing(gamma: float) -> None:
    outputs, targets = an_example(Focal())
    right = torch.softmax(outputs.double(), dim=1).gather(1, targets[:, None]).squeeze(1)
    expected = ((1 - right) ** gamma * -right.log()).mean().item()
    assert Focal(gamma=gamma).build()(outputs, targets).item() == pytest.approx(expected, rel=1e-5)


def test_focal_of_two_classes_weighs_the_second_by_alpha() -> None:
    outputs = torch.tensor([[0.3, -0.4], [1.0, 2.0]])
    for target, weight in ((0, 0.75), (1, 0.25)):
        targets = torch.tensor([target] * 2)
        plain, weighed = (Focal(alpha=alpha).build()(outputs, targets) for alpha in (None, 0.25))
        torch.testing.assert_close(weighed, weight * plain)


@pytest.mark.parametrize("gamma", [0.0, 0.01, 0.5, 1.0, 5.0])
def test_focal_has_a_slope_where_the_answer_is_certain(gamma: float) -> None:
    outputs = torch.tensor([[200.0, 0.0], [0.0, 200.0], [40.0, 0.0]], requires_grad=True)
    loss = Focal(gamma=gamma).build()(outputs, torch.tensor([0, 0, 0]))
    loss.backward()
    assert outputs.grad is not None
    assert torch.isfinite(outputs.grad).all()
    assert loss.item() == pytest.approx(200 / 3, rel=1e-5)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 0.6])
def test_kl_divergence_is_cross_entropy_less_the_entropy_of_the_target(smoothing: float) -> None:
    outputs, targets = an_example(KLDivergence())
    wanted = [1 - smoothing + smoothing / 10] + [smoothing / 10] * 9
    entropy = -sum(y * math.log(y) for y in wanted if y)
    expected = F.cross_entropy(outputs, targets, label_smoothing=smoothing).item() - entropy
    assert KLDivergence(smoothing=smoothing).build()(outputs, targets).item() == pytest.approx(expected, abs=1e-6)


def test_hinge_of_two_classes_is_that_of_scikit_learn() -> None:
    outputs = torch.tensor([[0.3], [-0.4], [2.0], [-3.0]])
    targets = torch.tensor([[1.0], [1.0], [1.0], [0.0]])
    assert Hinge().outputs(Circle()) == 1
    expected = hinge_loss(targets.squeeze(1), outputs.squeeze(1))
    assert Hinge().build()(outputs, targets).item() == pytest.approx(expected, abs=1e-6)
    squares = [0.7**2, 1.4**2, 0, 0]
    assert Hinge(squared=True).build()(outputs, targets).item() == pytest.approx(sum(squares) / 4, abs=1e-6)


@pytest.mark.parametrize("squared", [False, True])
def test_hinge_of_several_classes_counts_every_other_within_the_margin(squared: bool) -> None:
    scores, margin = [0.5, 1.0, -2.0, 0.2], 0.7
    short = [max(0.0, margin - scores[0] + other) for other in scores[1:]]
    found = Hinge(margin=margin, squared=squared).build()(torch.tensor([scores]), torch.tensor([0]))
    assert found.item() == pytest.approx(sum(each ** (2 if squared else 1) for each in short) / 4, abs=1e-6)


def test_hinge_is_content_beyond_its_margin() -> None:
    assert Hinge().build()(torch.tensor([[2.0, 0.5, 0.9]]), torch.tensor([0])).item() == 0


def test_cosine_looks_at_the_direction_alone() -> None:
    loss = Cosine().build()
    values = torch.tensor([[3.0, 4.0]])
    for outputs, expected in (([[6.0, 8.0]], 0.0), ([[-3.0, -4.0]], 2.0), ([[-4.0, 3.0]], 1.0), ([[1.0, 0.0]], 0.4)):
        assert loss(torch.tensor(outputs), values).item() == pytest.approx(expected, abs=1e-6)
    outputs, targets = an_example(Cosine())
    same = F.cosine_embedding_loss(outputs, F.one_hot(targets, 10).float(), torch.ones(len(outputs)))
    torch.testing.assert_close(loss(outputs, targets), same)


@pytest.mark.parametrize("smooth", [0.0, 1.0])
def test_dice_is_twice_the_overlap_by_both_sizes(smooth: float) -> None:
    outputs, targets = an_example(Dice())
    expected = []
    for row, target in zip(torch.softmax(outputs.detach().double(), dim=1).tolist(), targets.tolist(), strict=True):
        expected.append(1 - (2 * row[target] + smooth) / (sum(p * p for p in row) + 1 + smooth))
    assert Dice(smooth=smooth).build()(outputs, targets).item() == pytest.approx(sum(expected) / len(expected), abs=1e-6)


def test_log_cosh_is_its_name_and_does_not_overflow() -> None:
    loss = LogCosh().build()
    for error in (0.0, 1e-4, 0.3, -2.0, 20.0):
        assert loss(torch.tensor([[error]]), torch.zeros(1, 1)).item() == pytest.approx(math.log(math.cosh(error)), abs=1e-6)
    assert loss(torch.tensor([[-1e6]]), torch.zeros(1, 1)).item() == pytest.approx(1e6 - math.log(2), rel=1e-6)


SETTINGS = [
    *(kind() for kind in LOSSES), CrossEntropy(label_smoothing=0.2), Focal(gamma=0.5),
    KLDivergence(smoothing=0), KLDivergence(smoothing=0.4), Hinge(margin=0.7, squared=True), Dice(smooth=0), Huber(delta=0.4),
]  # fmt: skip


@pytest.mark.parametrize("outputs", [1, 2, 3])
@pytest.mark.parametrize("loss", SETTINGS, ids=repr)
def test_the_formula_that_is_shown_gives_the_loss_and_its_slope_gives_the_gradient(loss: Loss, outputs: int) -> None:
    dataset = ThreeBlobs() if outputs == 3 else Circle()
    if outputs not in loss.accepts(dataset) or loss.refused.get(dataset.task.answer):
        pytest.skip("the loss does not take so many outputs")
    counts = (7, 2, 11)[: max(2, outputs)]
    encode = readout_of(dataset.task, loss, outputs).encode
    for label in range(len(dataset.classes)):
        raw = torch.tensor([[0.8, -1.7, 0.3][:outputs]], dtype=torch.double, requires_grad=True)
        target = encode(torch.tensor([label]))
        expected = loss.build(counts).double()(raw, target.double() if target.is_floating_point() else target)
        expected.backward()
        values = loss.values(raw.detach()[0], target[0], counts)
        assert formula(loss.formula()).value(values) == pytest.approx(expected.item(), rel=1e-6, abs=1e-9)
        assert raw.grad is not None
        for number in range(outputs if loss.slope() and (outputs, loss.activation) != (1, "softmax") else 0):
            own = {name: each[number] if isinstance(each, list) and len(each) == outputs else each for name, each in values.items()}
            assert formula(f"∂L/∂o = {loss.slope()}").value(own) == pytest.approx(raw.grad[0, number].item(), rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    "loss", [CrossEntropy(), BCE(), MSE(), MAE(), Huber(), LogCosh(), WeightedCrossEntropy(), KLDivergence()], ids=repr
)
def test_the_usual_losses_have_a_slope_to_show(loss: Loss) -> None:
    assert loss.slope()
