"""Answers at every step, against PyTorch's own way to ignore targets and against the answers one by one."""

import numpy as np
import pytest
import torch
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.answers import IGNORED, StepLoss, answers, right_sequences
from playground.catalog.datasets import ThreeBlobs
from playground.catalog.datasets.difficulty import fewer, imbalanced, mislabeled
from playground.catalog.datasets.examples import Split
from playground.catalog.losses import LOSSES, CrossEntropy, Loss
from playground.catalog.readouts import readout_of
from playground.catalog.tasks import NextSymbol, StepClasses

CLASSES = 3


def example() -> tuple[Tensor, Tensor]:
    """Outputs (4, 5, 3) and classes (4, 5), some of them ignored."""
    generator = torch.Generator().manual_seed(0)
    targets = torch.randint(CLASSES, (4, 5), generator=generator)
    targets[0, 3:] = IGNORED
    targets[2, :4] = IGNORED
    outputs = 0.3 * torch.randn(4, 5, CLASSES, generator=generator)  # no answer is right by a margin
    return outputs.requires_grad_(), targets


def test_answers_are_the_steps_that_have_a_target_in_order() -> None:
    outputs, targets = example()
    flat, classes = answers(outputs, targets)
    rows = [(n, t) for n in range(4) for t in range(5) if targets[n, t] != IGNORED]
    assert classes.tolist() == [int(targets[row]) for row in rows]
    torch.testing.assert_close(flat, torch.stack([outputs[row] for row in rows]))


def test_without_padding_every_step_is_an_answer() -> None:
    outputs, targets = torch.randn(2, 3, 4), torch.arange(6).reshape(2, 3) % 4
    flat, classes = answers(outputs, targets)
    assert torch.equal(flat, outputs.reshape(6, 4))
    assert torch.equal(classes, targets.reshape(6))


@pytest.mark.parametrize("kind", [kind for kind in LOSSES if "multiclass" not in kind.refused], ids=lambda kind: kind.name())
def test_every_loss_of_classes_works_at_every_step(kind: type[Loss]) -> None:
    """The mean of the losses of the answers, each alone; what stands at ignored steps has no influence."""
    outputs, targets = example()
    readout = readout_of(StepClasses(classes=CLASSES), kind(), CLASSES)
    assert readout == readout_of(ThreeBlobs().task, kind(), CLASSES)
    plain = kind().build()
    loss = StepLoss(plain, readout.encode)(outputs, targets)
    flat, classes = answers(outputs, targets)
    alone = [plain(flat[index : index + 1], readout.encode(classes[index : index + 1])) for index in range(len(flat))]
    torch.testing.assert_close(loss, torch.stack(alone).mean())
    loss.backward()
    assert outputs.grad is not None
    assert not outputs.grad[targets == IGNORED].any()
    assert outputs.grad[targets != IGNORED].abs().sum(dim=1).min() > 0
    other = torch.where((targets == IGNORED)[..., None], 1e9, outputs.detach())
    assert torch.equal(StepLoss(plain, readout.encode)(other, targets), loss.detach())


def test_cross_entropy_is_pytorch_s() -> None:
    outputs, targets = example()
    readout = readout_of(NextSymbol(), CrossEntropy(), CLASSES)
    mine = StepLoss(CrossEntropy().build(), readout.encode)(outputs, targets)
    torch.testing.assert_close(mine, F.cross_entropy(outputs.transpose(1, 2), targets, ignore_index=IGNORED))


@pytest.mark.parametrize("kind", [kind for kind in LOSSES if "multiclass" not in kind.refused], ids=lambda kind: kind.name())
def test_outputs_at_every_step_are_read_like_single_ones(kind: type[Loss]) -> None:
    outputs, _ = example()
    readout = readout_of(StepClasses(classes=CLASSES), kind(), CLASSES)
    single = outputs.reshape(20, CLASSES)
    torch.testing.assert_close(readout.probabilities(outputs), readout.probabilities(single).reshape(4, 5, CLASSES))
    assert torch.equal(readout.predicted(outputs), readout.predicted(single).reshape(4, 5))


def test_two_classes_may_have_a_single_output_at_every_step() -> None:
    outputs, targets = torch.randn(2, 3, 1), torch.tensor([[0, 1, IGNORED], [1, IGNORED, IGNORED]])
    readout = readout_of(StepClasses(classes=2), LOSSES["bce"](), 1)
    loss = StepLoss(LOSSES["bce"]().build(), readout.encode)(outputs, targets)
    expected = F.binary_cross_entropy_with_logits(outputs[[0, 0, 1], [0, 1, 0], 0], torch.tensor([0.0, 1.0, 1.0]))
    torch.testing.assert_close(loss, expected)
    assert readout.probabilities(outputs).shape == (2, 3, 2)
    assert torch.equal(readout.predicted(outputs), (outputs[..., 0] > 0).long())


def test_a_sequence_is_right_if_all_its_answers_are() -> None:
    targets = torch.tensor([[1, 2, IGNORED], [0, IGNORED, IGNORED], [1, 1, 1]])
    correct = torch.tensor([True, False, True, True, True, True])
    assert right_sequences(correct, targets).tolist() == [False, True, True]


def test_the_answer_of_a_task_says_which_losses_suit_it() -> None:
    assert StepClasses(classes=2).answer == "binary"
    assert StepClasses(classes=9).answer == NextSymbol().answer == "multiclass"


def test_label_noise_changes_that_share_of_the_answers() -> None:
    targets = np.where(np.arange(60) % 10 < 7, 1, IGNORED)[None].repeat(50, axis=0)
    split = Split(np.zeros((50, 60)), targets)
    noisy = mislabeled(split, 3, 0.4, np.random.default_rng(0)).targets
    np.testing.assert_array_equal(noisy == IGNORED, targets == IGNORED)
    assert (noisy != targets).sum() == round(0.4 * 50 * 42)
    assert set(noisy[noisy >= 0]) == {0, 1, 2}
    assert np.array_equal(imbalanced(split, 3, 10.0, np.random.default_rng(0)).targets, targets)
    assert len(fewer(split, 7, np.random.default_rng(0))) == 7
    assert split.counts(3) == (0, 50 * 42, 0)
