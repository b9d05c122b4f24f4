"""Numbers of readouts, against PyTorch's own functions and by hand."""

import math

import torch
from torch.nn import functional as F

from playground.catalog.losses import BCE, MSE, CrossEntropy, Hinge
from playground.catalog.readouts import (
    BinaryEstimate,
    BinaryProbability,
    BinaryScore,
    ClassEstimates,
    ClassProbabilities,
    ClassScores,
    ConstantProbability,
    IndependentProbabilities,
    Readout,
    SigmoidValues,
    SoftmaxValues,
    Values,
    readout_of,
)
from playground.catalog.tasks import Binary, Multiclass, Regression


def test_one_logit_and_two_logits_mean_the_same() -> None:
    """A logit z stands for the pair (0, z): the same probabilities, the same loss, the same predictions."""
    z, classes = torch.tensor([[-3.0], [0.4], [2.0], [-0.1]]), torch.tensor([0, 1, 0, 1])
    pair = torch.cat([torch.zeros_like(z), z], dim=1)
    single, double = BinaryProbability(outputs=1), ClassProbabilities(outputs=2)
    torch.testing.assert_close(single.probabilities(z), double.probabilities(pair))
    one, two = single.encode(classes), double.encode(classes)
    torch.testing.assert_close(F.binary_cross_entropy_with_logits(z, one), F.cross_entropy(pair, two))
    assert single.correct(z, one).tolist() == double.correct(pair, two).tolist() == [True, True, False, False]


def test_class_probabilities_by_hand() -> None:
    outputs = torch.tensor([[0.0, math.log(3)], [math.log(4), 0.0]])
    readout = ClassProbabilities(outputs=2)
    torch.testing.assert_close(readout.probabilities(outputs), torch.tensor([[0.25, 0.75], [0.8, 0.2]]))
    assert readout.correct(outputs, torch.tensor([1, 1])).tolist() == [True, False]


def test_values_in_a_row_become_a_column() -> None:
    assert Values(outputs=1).encode(torch.tensor([1, 2, 3])).tolist() == [[1.0], [2.0], [3.0]]


def test_estimates_by_hand() -> None:
    shares = ClassEstimates(outputs=3).probabilities(torch.tensor([[0.9, -0.4, 0.3], [-1.0, -2.0, -3.0]]))
    torch.testing.assert_close(shares, torch.tensor([[0.75, 0.0, 0.25], [1 / 3, 1 / 3, 1 / 3]]))
    binary = BinaryEstimate(outputs=1)
    torch.testing.assert_close(binary.probabilities(torch.tensor([[0.3], [1.7], [-2.0]]))[:, 1], torch.tensor([0.3, 1.0, 0.0]))
    assert binary.predicted(torch.tensor([[0.4], [0.6]])).tolist() == [0, 1]


def test_softmax_over_one_output_always_predicts_the_second_class() -> None:
    readout = ConstantProbability(outputs=1)
    outputs = torch.tensor([[-9.0], [0.0], [9.0]])
    assert readout.probabilities(outputs).tolist() == [[0.0, 1.0]] * 3
    assert readout.predicted(outputs).tolist() == [1, 1, 1]


def test_values_are_read_through_what_the_loss_applies() -> None:
    outputs = torch.tensor([[0.0, math.log(3)]])
    torch.testing.assert_close(SigmoidValues(outputs=2).predicted(outputs), torch.tensor([[0.5, 0.75]]))
    torch.testing.assert_close(SoftmaxValues(outputs=2).predicted(outputs), torch.tensor([[0.25, 0.75]]))


def test_which_readout_belongs_to_which_loss() -> None:
    def kind(readout: Readout) -> type[Readout]:
        return type(readout)

    assert kind(readout_of(Multiclass(), CrossEntropy(), 10)) is ClassProbabilities
    assert kind(readout_of(Binary(), CrossEntropy(), 1)) is ConstantProbability
    assert kind(readout_of(Multiclass(), BCE(), 10)) is IndependentProbabilities
    assert kind(readout_of(Binary(), BCE(), 1)) is BinaryProbability
    assert kind(readout_of(Multiclass(), MSE(), 10)) is ClassEstimates
    assert kind(readout_of(Binary(), MSE(), 1)) is BinaryEstimate
    assert kind(readout_of(Multiclass(), Hinge(), 10)) is ClassScores
    assert kind(readout_of(Binary(), Hinge(), 1)) is BinaryScore
    assert kind(readout_of(Regression(), MSE(), 1)) is Values
    assert kind(readout_of(Regression(), BCE(), 1)) is SigmoidValues
    assert kind(readout_of(Regression(), CrossEntropy(), 1)) is SoftmaxValues
