"""Numbers of the tasks, against PyTorch's own functions and by hand."""

import math

import torch
from torch.nn import functional as F

from playground.catalog.tasks import Binary, Multiclass, Regression


def test_one_logit_and_two_logits_say_the_same() -> None:
    """A logit z stands for the pair (0, z): the same probabilities, the same loss, the same answers."""
    task, z, classes = Binary(), torch.tensor([[-3.0], [0.4], [2.0], [-0.1]]), torch.tensor([0, 1, 0, 1])
    pair = torch.cat([torch.zeros_like(z), z], dim=1)
    torch.testing.assert_close(task.probabilities(z), task.probabilities(pair))
    one, two = task.encode(classes, 1), task.encode(classes, 2)
    torch.testing.assert_close(F.binary_cross_entropy_with_logits(z, one), F.cross_entropy(pair, two))
    assert task.correct(z, one).tolist() == task.correct(pair, two).tolist() == [True, True, False, False]


def test_multiclass_by_hand() -> None:
    outputs = torch.tensor([[0.0, math.log(3)], [math.log(4), 0.0]])
    torch.testing.assert_close(Multiclass().probabilities(outputs), torch.tensor([[0.25, 0.75], [0.8, 0.2]]))
    assert Multiclass().correct(outputs, torch.tensor([1, 1])).tolist() == [True, False]


def test_values_in_a_row_become_a_column() -> None:
    assert Regression().encode(torch.tensor([1, 2, 3]), 1).tolist() == [[1.0], [2.0], [3.0]]
